# SPDX-License-Identifier: Apache-2.0
"""Builds the virtual board's model: hgcn_top in Verilator as a shared library, without cocotb."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.emit.systemverilog import systemverilog_package
from hgcn.toolchain import compiler_identity

from ..builds.build import SIMULATOR, BuildSpec
from ..builds.cache import cached
from ..builds.compile import TIMESCALE, Compiler
from ..builds.locate import hardware_root, listed_sources
from ..builds.process import run_tool
from ..dram import SOURCES as DRAM_SOURCES
from ..runs.runner import hardware_sources
from .training import train

TOP = "hgcn_top"
_HERE = Path(__file__).resolve().parent
_MODEL = (_HERE / "board_model.cc", _HERE / "board.cc")
_MEMORY = next(path for path in DRAM_SOURCES if path.name == "axi_memory.cc")
_STOPS = ["-DVL_USER_FINISH", "-DVL_USER_STOP", "-DVL_USER_FATAL"]
"""The model turns $finish, $stop and $fatal into exceptions: they must not end Python."""
_COUNT = ["-fprofile-generate", "-fno-gcse", "-fno-tree-pre"]
"""Code that counts itself, without the optimisations that cost most to compile."""


class BoardCompiler(Compiler):
    """The simulator's compiler, for a library without cocotb, VPI and assertions."""

    def verilate(self, options: Sequence[str], sources: Sequence[str]) -> None:
        """Translate the design; the rtl backend checks the assertions, here speed counts."""
        command = [str(self.verilator.binary), "--cc", "--prefix", "Vtop", "-Wall"]
        command += ["--no-assert", "--no-timing", "--timescale", TIMESCALE]
        command += ["--Mdir", str(self.generated), "-O3", "--quiet"]
        command += ["--x-assign", "unique", "--x-initial", "unique"]
        if self.waves:
            command += ["--trace-fst" if self.fst else "--trace-vcd", "--trace-structs"]
        run_tool(
            "verilator", [*command, *options, *sources], self.work, self.verilator.environment()
        )

    def shared(self, target: Path, device: Device) -> None:
        """Compile what Verilator wrote with the model and the memory, and link the library.

        Twice, where the compiler can learn from a run: that makes the board faster by a quarter.
        """
        lists = self._classes()
        fast = lists.get("VM_CLASSES_FAST", []) + lists.get("VM_SUPPORT_FAST", [])
        slow = lists.get("VM_CLASSES_SLOW", []) + lists.get("VM_SUPPORT_SLOW", [])
        # Without this no function of a shared library is inlined into another of it.
        own_symbols = ["-fno-semantic-interposition"]
        flags = [*self._flags(), *_STOPS, *(flag for flag in own_symbols if self._has(flag))]
        units, own = self._units("fast", fast), [*_MODEL, _MEMORY]
        runtime_names = lists.get("VM_GLOBAL_FAST", []) + lists.get("VM_GLOBAL_SLOW", [])
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            runtime = pool.submit(self._runtime, runtime_names, flags)
            flags = [*flags, f"-I{self.generated}"]
            rest = self._objects(pool, self._units("slow", slow), [*flags, "-O1"])
            rest += [*self._objects(pool, own, [*flags, *self.fast]), *runtime.result()]
            optimised = [*flags, *self.fast]
            if self._learns:
                # With a profile -O3 is no faster than -O2, and takes longer to compile.
                optimised = [*flags, *self.native, "-O2"]
                counting = self._objects(pool, units, [*optimised, *_COUNT])
                self._link(self.work / "training.so", [*counting, *rest], _COUNT)
                train(self.work / "training.so", device, self.work)
                # Objects of the same names: the counts are found by them.
                optimised.append("-fprofile-use")
            self._link(target, [*self._objects(pool, units, optimised), *rest], [])

    @property
    def _learns(self) -> bool:
        """Whether to take a profile: GCC's way (Clang's needs more tools), and not for waves."""
        return not self.waves and "clang" not in compiler_identity(self.cxx).lower()

    def _objects(
        self, pool: ThreadPoolExecutor, sources: Sequence[Path], flags: Sequence[str]
    ) -> list[Path]:
        targets = [self.generated / f"{source.stem}.o" for source in sources]
        list(pool.map(lambda source, made: self._compile(source, made, flags), sources, targets))
        return targets

    def _link(self, target: Path, objects: Sequence[Path], options: Sequence[str]) -> None:
        command = [self.cxx, "-shared", "-Wl,-Bsymbolic", *options, "-o", str(target)]
        command += [*map(str, objects), *(["-lz", "-llz4"] if self.fst else []), "-pthread"]
        run_tool("linking the virtual board", command, self.work, dict(os.environ))


def board_spec(device: Device, *, waves: bool = False) -> BuildSpec:
    """Return what the virtual board of ``device`` is made from."""
    root = hardware_root()
    names = [str(path.relative_to(root)) for path in listed_sources(root)]
    return BuildSpec(
        top=TOP,
        sources=hardware_sources(names, root),
        device=device,
        libraries={"board": [*_MODEL, _MEMORY]},
        all_public=False,
        waves=waves,
    )


def build_board(
    device: Device, *, waves: bool = False, progress: Callable[[str], None] | None = None
) -> Path:
    """Return the shared library of the board's model, from the cache if it is there.

    Raises
    ------
    BackendError
        If a tool is missing, or the design has warnings or errors; the message ends with them.
    """
    spec = board_spec(device, waves=waves)
    own = "".join((_HERE / name).read_text() for name in ("build.py", "training.py"))
    about = f"{spec.key()} {own}"
    digest = hashlib.sha256(about.encode()).hexdigest()
    name = f"board-{device.name}-{digest[:20]}"

    def starting() -> None:
        if progress is not None:
            progress(f"building the virtual board of {device.name}")

    folder, _ = cached(name, lambda work: _make(spec, device, work), starting)
    return folder / SIMULATOR


def _make(spec: BuildSpec, device: Device, work: Path) -> None:
    compiler = BoardCompiler(work, waves=spec.waves, timing=False, fast=True)
    package, waiver = work / "hgcn_pkg.sv", work / "hgcn_pkg.vlt"
    package.write_text(systemverilog_package(device))
    waiver.write_text('`verilator_config\nlint_off -rule UNUSEDPARAM -file "*/hgcn_pkg.sv"\n')
    sources = [str(path.resolve()) for path in spec.sources]
    options = ["--top-module", TOP, *(f"-I{path.resolve()}" for path in spec.include_path())]
    compiler.verilate(options, [str(waiver), str(package), *sources])
    compiler.shared(work / SIMULATOR, device)
    shutil.rmtree(compiler.generated)
    (work / "training.so").unlink(missing_ok=True)
