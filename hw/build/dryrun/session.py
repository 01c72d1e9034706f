# SPDX-License-Identifier: Apache-2.0
"""Runs a target's scripts in order, each in its own stand-in, as the Makefile does in Vivado."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hgcn.errors import BackendError

from ..boards import Board
from ..generate import HARDWARE, generate
from .interpreter import run_script
from .packager import Package
from .project import Project
from .vivado import UNIQUE, Vivado

TCL = Path(__file__).resolve().parents[1] / "tcl"
GOLDEN_FILES = ("golden_noc.ncr", "golden_routed.dcp", "golden_boot.pdi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What the scripts of a target did.

    Parameters
    ----------
    folder : Path
        Build folder.
    packages : list of Package
        Packaged cores.
    project : Project or None
        Project of the block design, if the target has one.
    generation : str
        Golden generation it was built against, else empty.
    calls : list of tuple of str
        Every vendor command of the board script, with its arguments.
    """

    folder: Path
    packages: list[Package]
    project: Project | None
    generation: str = ""
    calls: list[tuple[str, ...]] = field(default_factory=list)


class Session:
    """The stand-in's processes of one target; they share the build folder and the IP repository."""

    def __init__(
        self,
        target: Board,
        folder: Path,
        *,
        hardware: Path = HARDWARE,
        scripts: Path = TCL,
        shell: str | None = None,
    ) -> None:
        self.target = target
        self.folder = folder.resolve()
        self.hardware = hardware
        self.scripts = scripts
        self.shell = shell
        self.repository: list[Package] = []
        generate(target, self.folder, hardware)

    def run(self, script: str, *arguments: object, parent: str = UNIQUE) -> Vivado:
        """Run one script of ``tcl/`` with the settings and further arguments."""
        process = Vivado(version=self.target.vivado, repository=self.repository, parent=parent)
        try:
            run_script(
                self.scripts / script,
                [self.folder / "settings.tcl", *arguments],
                commands=process.commands(),
                answer=process.answer,
                folder=self.folder,
                shell=self.shell,
            )
        except BackendError as error:
            raise BackendError(f"{script}: {error}") from None
        return process

    def golden(self, generation: str) -> Path:
        """Make a golden folder whose ``golden.tcl`` creates the boundary of a generation."""
        folder = self.folder / f"golden_{generation}"
        folder.mkdir(exist_ok=True)
        (folder / "golden.tcl").write_text(f"dryrun_golden {generation}\n")
        for name in GOLDEN_FILES:
            (folder / name).touch()
        return folder

    def package(self) -> None:
        """Package the target's core."""
        self.run("package_ip.tcl", self.target.core)

    def build(self, generation: str = "", *, parent: str = UNIQUE) -> Build:
        """Package and build the target, on a golden design where it uses one."""
        if not self.repository:
            self.package()
        process = None
        if self.target.name == "kv260":
            process = self.run("kv260.tcl")
        elif self.target.name == "vck190-pynq":
            process = self.run("vck190_pynq.tcl", self.golden(generation), parent=parent)
        return self._result(process, generation)

    def platform(self, generation: str) -> Build:
        """Build the experimental platform, and check a linked image against the golden design."""
        golden = self.golden(generation)
        process = self.run("vck190_platform.tcl", golden)
        linked = self.folder / "linked"
        linked.mkdir(exist_ok=True)
        for name in ("hgcn_routed.dcp", "hgcn.pdi"):
            (linked / name).touch()
        self.run("vck190_verify.tcl", golden, linked, linked / "hgcn.pdi")
        return self._result(process, generation)

    def _result(self, process: Vivado | None, generation: str) -> Build:
        return Build(
            folder=self.folder,
            packages=list(self.repository),
            project=process.projects[-1] if process else None,
            generation=generation,
            calls=process.calls if process else [],
        )
