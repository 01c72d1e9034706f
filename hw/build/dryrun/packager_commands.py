# SPDX-License-Identifier: Apache-2.0
"""The ``ipx::`` commands and ``package_xo`` of the stand-in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hgcn.errors import BackendError

from .packager import Package, check_kernel, read_wrapper
from .project import Project
from .words import options


class PackagerCommands:
    """Commands on the core that is being packaged; see `Vivado` for the naming."""

    def __init__(self, repository: list[Package]) -> None:
        self.repository = repository
        self.project: Project | None = None
        self.package: Package | None = None

    def _open(self) -> Project:
        if self.project is None:
            raise BackendError("no project is open")
        return self.project

    def _core(self) -> Package:
        if self.package is None:
            raise BackendError("no core is being packaged")
        return self.package

    def _do_ipx__package_project(self, words: Sequence[str]) -> None:
        given, _ = options(
            words, "import_files force", "root_dir vendor library taxonomy set_current"
        )
        if (given["vendor"], given["library"]) != ("hgcn", "hgcn"):
            raise BackendError(f"vendor and library must be hgcn, got {given}")
        root = Path(given["root_dir"])
        root.mkdir(parents=True, exist_ok=True)
        top = self._open().properties["fileset:top"]
        self.package = read_wrapper(root, top, self._open().files)

    def _do_ipx__current_core(self, _: Sequence[str]) -> str:
        self._core()
        return "ipx:core"

    def _get(self, words: Sequence[str], kind: str, parent: str) -> str:
        given, (name,) = options(words, "", "of_objects")
        if not given["of_objects"].startswith(parent):
            raise BackendError(f"a {kind} does not belong to {given['of_objects']}")
        handle = f"ipx:{kind}:{name}"
        return handle if handle in self._core().objects else ""

    def _do_ipx__get_bus_interfaces(self, words: Sequence[str]) -> str:
        return self._get(words, "bus", "ipx:core")

    def _do_ipx__get_memory_maps(self, words: Sequence[str]) -> str:
        return self._get(words, "map", "ipx:core")

    def _do_ipx__get_address_blocks(self, words: Sequence[str]) -> str:
        return self._get(words, "block", "ipx:map:")

    def _add(self, words: Sequence[str], kind: str, parent: str) -> str:
        name, owner = words
        if not owner.startswith(parent):
            raise BackendError(f"a {kind} does not belong to {owner}")
        inner = {
            "field": f"{owner.rsplit(':', 1)[-1]}:{name}",
            "parameter": owner.rsplit(":", 1)[-1],
        }
        return self._core().make(f"ipx:{kind}:{inner.get(kind, name)}")

    def _do_ipx__add_memory_map(self, words: Sequence[str]) -> str:
        return self._add(words, "map", "ipx:core")

    def _do_ipx__add_address_block(self, words: Sequence[str]) -> str:
        return self._add(words, "block", "ipx:map:")

    def _do_ipx__add_register(self, words: Sequence[str]) -> str:
        return self._add(words, "register", "ipx:block:")

    def _do_ipx__add_field(self, words: Sequence[str]) -> str:
        return self._add(words, "field", "ipx:register:")

    def _do_ipx__add_register_parameter(self, words: Sequence[str]) -> str:
        return self._add(words, "parameter", "ipx:register:")

    def _do_ipx__associate_bus_interfaces(self, words: Sequence[str]) -> None:
        given, _ = options(words, "", "busif clock reset")
        self._core().associate(given.get("busif"), given["clock"], given.get("reset"))

    def _do_ipx__create_xgui_files(self, _: Sequence[str]) -> None:
        self._core()

    def _do_ipx__update_checksums(self, _: Sequence[str]) -> None:
        self._core()

    def _do_ipx__check_integrity(self, _: Sequence[str]) -> None:
        core = self._core()
        if len({register.offset for register in core.registers()}) != len(core.registers()):
            raise BackendError("two registers share an offset")

    def _do_ipx__save_core(self, _: Sequence[str]) -> None:
        self._core().saved = True
        self.repository.append(self._core())

    def _do_package_xo(self, words: Sequence[str]) -> None:
        valued = "xo_path kernel_name ctrl_protocol ip_directory"
        given, _ = options(words, "force", valued)
        if Path(given["ip_directory"]) != self._core().root:
            raise BackendError(f"no core is packaged in {given['ip_directory']}")
        check_kernel(self._core(), given["ctrl_protocol"])
        Path(given["xo_path"]).touch()
