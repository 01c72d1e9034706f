# SPDX-License-Identifier: Apache-2.0
"""Projects, files and runs of the stand-in; what a run would leave on disk is made empty."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hgcn.errors import BackendError

from .design import Design

PROPERTIES = {
    "project:": {
        *("board_part", "ip_repo_paths", "segmented_configuration", "platform.extensible"),
        *(f"platform.design_intent.{name}" for name in ("embedded", "server_managed")),
        *(f"platform.design_intent.{name}" for name in ("external_host", "datacenter")),
        "platform.default_output_type",
    },
    "run:": {"NOC_SOLUTION_FILE", "strategy"},
    "fileset:": {"include_dirs", "top"},
    "file:": {"PFM_NAME", "used_in_synthesis", "processing_order"},
}


@dataclass(slots=True, kw_only=True)
class Project:
    """An open project."""

    name: str
    folder: Path
    part: str
    files: list[Path] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    design: Design | None = None
    wrapped: bool = False
    done: str | None = None

    def set(self, handle: str, name: str, value: str) -> None:
        """Set a property of the project, a run, a file set or a file."""
        kind = handle[: handle.index(":") + 1]
        if name not in PROPERTIES.get(kind, ()):
            raise BackendError(f"{handle} has no property {name}")
        if name == "NOC_SOLUTION_FILE" and not Path(value).is_file():
            raise BackendError(f"NOC_SOLUTION_FILE {value} is missing")
        self.properties[f"{kind}{name}"] = value

    def add(self, names: list[str]) -> None:
        """Add source files, which must be there."""
        for name in names:
            if not Path(name).is_file():
                raise BackendError(f"source {name} is missing")
            self.files.append(Path(name))

    def wrap(self) -> Path:
        """Write the HDL wrapper of the block design and its hardware description."""
        if self.design is None or not self.design.validated:
            raise BackendError("the block design is not validated")
        place = self.folder / f"{self.name}.gen" / "sources_1" / "bd" / self.design.name
        wrapper = place / "hdl" / f"{self.design.name}_wrapper.v"
        for file in (wrapper, place / "hw_handoff" / f"{self.design.name}.hwh"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        self.wrapped = True
        return wrapper

    def implement(self, step: str) -> None:
        """Leave the files of an implementation run."""
        top = self.properties.get("fileset:top")
        if self.design is None or not self.wrapped or top != f"{self.design.name}_wrapper":
            raise BackendError(f"the wrapper of the block design is not the top, but {top}")
        versal = self.part.startswith("xcv")
        if step != ("write_device_image" if versal else "write_bitstream"):
            raise BackendError(f"{self.part} has no step {step}")
        split = self.properties.get("project:segmented_configuration") == "true"
        images = ("_boot.pdi", "_pld.pdi") if split else (".pdi",)
        runs = self.folder / f"{self.name}.runs" / "impl_1"
        runs.mkdir(parents=True, exist_ok=True)
        for suffix in ("_routed.dcp", *(images if versal else (".bit",))):
            (runs / f"{top}{suffix}").touch()
        self.done = step
