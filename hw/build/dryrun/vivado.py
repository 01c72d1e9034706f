# SPDX-License-Identifier: Apache-2.0
"""Answers Vivado's Tcl commands; every call is recorded, an unknown name or option is an error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hgcn.errors import BackendError

from . import golden
from .catalog import CATALOG, IpCore
from .design import CELL, FACE, PIN, SEGMENT, SPACE, Design
from .packager import Package
from .packager_commands import PackagerCommands
from .project import Project
from .words import options, split_list

UNIQUE = "5eed1234"
"""Identifier of the boot image in the stand-in's PDI dumps."""


class Vivado(PackagerCommands):
    """One Vivado process: ``_do_<name>`` answers command ``<name>``, ``__`` stands for ``::``."""

    def __init__(self, *, version: str, repository: list[Package], parent: str = UNIQUE) -> None:
        super().__init__(repository)
        self.version = version
        self.parent = parent
        self.calls: list[tuple[str, ...]] = []
        self.projects: list[Project] = []
        self.generation = ""

    @classmethod
    def commands(cls) -> list[str]:
        """Return the Tcl commands that are known."""
        return [name[4:].replace("__", "::") for name in dir(cls) if name.startswith("_do_")]

    def answer(self, name: str, arguments: Sequence[str]) -> str:
        """Run one command."""
        self.calls.append((name, *arguments))
        handler: Callable[[Sequence[str]], str | None] = getattr(
            self, "_do_" + name.replace("::", "__")
        )
        try:
            return handler(arguments) or ""
        except BackendError as error:
            raise BackendError(f"{name}: {error}") from None
        except (KeyError, ValueError):
            raise BackendError(f"{name}: arguments are missing or too many: {arguments}") from None

    def _design(self) -> Design:
        if (design := self._open().design) is None:
            raise BackendError("no block design is open")
        return design

    # Projects, files, runs

    def _do_version(self, words: Sequence[str]) -> str:
        options(words, "short")
        return self.version

    def _do_create_project(self, words: Sequence[str]) -> str:
        given, (name, folder) = options(words, "force", "part")
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.project = Project(name=name, folder=Path(folder), part=given["part"])
        self.projects.append(self.project)
        return f"project:{name}"

    def _do_close_project(self, _: Sequence[str]) -> None:
        self._open()
        self.project = None

    def _do_current_project(self, _: Sequence[str]) -> str:
        return f"project:{self._open().name}"

    def _do_current_fileset(self, _: Sequence[str]) -> str:
        return f"fileset:{self._open().name}"

    def _do_get_files(self, words: Sequence[str]) -> str:
        added = any(file.name == words[0] for file in self._open().files)
        if not added and words[0] != f"{self._design().name}.bd":
            raise BackendError(f"no file {words[0]}")
        return f"file:{words[0]}"

    def _do_get_runs(self, words: Sequence[str]) -> str:
        if words[0] not in ("impl_1", "synth_1"):
            raise BackendError(f"no run {words[0]}")
        return f"run:{words[0]}"

    def _do_get_board_parts(self, words: Sequence[str]) -> str:
        _, (pattern,) = options(words, "latest_file_version")
        return pattern.replace("*", "any")

    def _do_add_files(self, words: Sequence[str]) -> None:
        _, rest = options(words, "norecurse", "fileset")
        self._open().add([name for word in rest for name in split_list(word)])

    def _do_update_compile_order(self, words: Sequence[str]) -> None:
        options(words, "", "fileset")

    def _do_update_ip_catalog(self, _: Sequence[str]) -> None:
        for path in split_list(self._open().properties.get("project:ip_repo_paths", "")):
            if not any(package.root.is_relative_to(path) for package in self.repository):
                raise BackendError(f"no core is packaged in {path}")

    def _do_launch_runs(self, words: Sequence[str]) -> None:
        given, (run,) = options(words, "", "to_step jobs")
        if run != "impl_1":
            raise BackendError(f"no run {run}")
        self._open().implement(given["to_step"])

    def _do_wait_on_run(self, words: Sequence[str]) -> None:
        self._do_get_runs(words)

    def _do_make_wrapper(self, words: Sequence[str]) -> str:
        given, _ = options(words, "top", "files")
        if given["files"] != f"file:{self._design().name}.bd":
            raise BackendError(f"no block design {given['files']}")
        return str(self._open().wrap())

    def _do_generate_target(self, words: Sequence[str]) -> None:
        if list(words) != ["all", f"file:{self._design().name}.bd"]:
            raise BackendError(f"cannot generate {' '.join(words)}")

    def _do_write_hw_platform(self, words: Sequence[str]) -> None:
        given, (name,) = options(words, "fixed include_bit force hw")
        extensible = self._open().properties.get("project:platform.extensible") == "true"
        if ("fixed" in given) is extensible:
            raise BackendError("-fixed and the project's platform.extensible contradict each other")
        Path(name).touch()

    def _do_pr_verify(self, words: Sequence[str]) -> None:
        given, _ = options(words, "full_check", "initial additional file")
        for name in (given["initial"], given["additional"]):
            if not Path(name).is_file():
                raise BackendError(f"{name} is missing")

    def _do_exec(self, words: Sequence[str]) -> str:
        if (
            list(words[:4]) != ["bootgen", "-arch", "versal", "-read"]
            or not Path(words[4]).is_file()
        ):
            raise BackendError(f"only bootgen may be run, on an image that is there: {words}")
        boot = words[4].endswith("_boot.pdi")
        unique, parent = (UNIQUE, "00000000") if boot else ("0badcafe", self.parent)
        head = f"id (0x18) : 0x18700000 unique_id (0x24) : 0x{unique}"
        return f"{head}\nparent_unique_id (0x28) : 0x{parent} function_id (0x2C) : 0x0"

    # Properties

    def _do_set_property(self, words: Sequence[str]) -> None:
        given, rest = options(words, "", "dict")
        pairs = split_list(given["dict"]) if "dict" in given else rest[:2]
        for handle in split_list(" ".join(rest[0 if "dict" in given else 2 :])):
            for name, value in zip(pairs[::2], pairs[1::2], strict=True):
                self._set(handle, name, value)

    def _set(self, handle: str, name: str, value: str) -> None:
        if handle.startswith("ipx:"):
            self._core().set(handle, name, value)
        elif not handle.startswith(CELL):
            self._open().set(handle, name, value)
        else:
            cell = self._design().cell(handle.removeprefix(CELL))
            key = name.removeprefix("CONFIG.")
            if name in ("PFM.CLOCK", "PFM.IRQ", "PFM.AXI_PORT"):
                kind = FACE if name == "PFM.AXI_PORT" else PIN
                for port in split_list(value)[::2]:
                    self._design().find(kind, f"{cell.name}/{port}")
                    cell.platform[f"{name}.{port}"] = value
            elif key == name or key not in cell.settings:
                raise BackendError(f"{cell.name} ({cell.vlnv}) has no property {name}")
            else:
                cell.settings[key] = value
                self._design().validated = False

    def _do_get_property(self, words: Sequence[str]) -> str:
        name, handle = words
        answers = {"STATUS": f"{self._open().done} Complete!", "STATS.WNS": "0.100"}
        if not handle.startswith("run:") or name not in answers:
            raise BackendError(f"{handle} has no property {name}")
        return answers[name]

    # Block design

    def _do_create_bd_design(self, words: Sequence[str]) -> None:
        self._open().design = Design(words[0])

    def _do_current_bd_design(self, _: Sequence[str]) -> str:
        return self._design().name

    def _do_create_bd_cell(self, words: Sequence[str]) -> str:
        given, (name,) = options(words, "", "type vlnv")
        if given["type"] != "ip":
            raise BackendError(f"type {given['type']} is not used here")
        return self._design().create(name, given["vlnv"], self._lookup(given["vlnv"]))

    def _lookup(self, vlnv: str) -> IpCore:
        paths = split_list(self._open().properties.get("project:ip_repo_paths", ""))
        for package in self.repository:
            inside = any(package.root.is_relative_to(path) for path in paths)
            if inside and package.vlnv == vlnv and package.saved:
                return package.core()
        name = ":".join(vlnv.split(":")[:3])
        if name not in CATALOG:
            raise BackendError(f"{vlnv} is not in the IP catalogue")
        return CATALOG[name]

    def _do_apply_bd_automation(self, words: Sequence[str]) -> None:
        given, (cell,) = options(words, "", "rule config")
        if given["rule"] != "xilinx.com:bd_rule:zynq_ultra_ps_e":
            raise BackendError(f"rule {given['rule']} is not used here")
        self._design().cell(cell.removeprefix(CELL))

    def _do_delete_bd_objs(self, words: Sequence[str]) -> None:
        for handle in words:
            self._design().delete(handle)

    def _do_get_bd_cells(self, words: Sequence[str]) -> str:
        given, (name,) = options(words, "quiet")
        if "quiet" in given and name not in self._design().cells:
            return ""
        return CELL + self._design().cell(name).name

    def _do_get_bd_pins(self, words: Sequence[str]) -> str:
        return self._design().find(PIN, words[0])

    def _do_get_bd_intf_pins(self, words: Sequence[str]) -> str:
        return self._design().find(FACE, words[0])

    def _do_get_bd_addr_spaces(self, words: Sequence[str]) -> str:
        return self._design().find(SPACE, words[0])

    def _do_get_bd_addr_segs(self, words: Sequence[str]) -> str:
        return self._design().find(SEGMENT, words[0])

    def _do_connect_bd_net(self, words: Sequence[str]) -> None:
        _, pins = options(words, "", "net")
        self._design().connect_pins(pins)

    def _do_connect_bd_intf_net(self, words: Sequence[str]) -> None:
        _, (one, other) = options(words, "", "intf_net")
        self._design().connect_faces(one, other)

    def _do_assign_bd_address(self, words: Sequence[str]) -> None:
        given, (segment,) = options(words, "force", "offset range target_address_space")
        offset, size = int(given["offset"], 0), int(given["range"], 0)
        self._design().assign(given["target_address_space"], segment, offset, size)

    def _do_validate_bd_design(self, _: Sequence[str]) -> None:
        self._design().validate()

    def _do_save_bd_design(self, _: Sequence[str]) -> None:
        self._design()

    def _do_dryrun_golden(self, words: Sequence[str]) -> None:
        self._open().design = Design("vck190_pynq")
        self.generation = words[0]
        golden.build(self._design(), words[0])

    # IP packager
