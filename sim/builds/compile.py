# SPDX-License-Identifier: Apache-2.0
"""Runs Verilator, compiles what it wrote, and links the simulator with cocotb."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hgcn.toolchain import compiler_accepts, compiler_identity, cxx_compiler, require_simulator

from .cache import cached
from .process import run_tool

TIMESCALE = "1ns/1ps"
"""Time unit and precision of every simulation."""

_UNIT_BYTES = 1_500_000
"""Generated C++ compiled as one unit: Verilator's headers cost more than its code, up to here."""


def has_fst() -> bool:
    """Return whether waves can be FST (needs the headers of lz4 and zlib), else VCD."""
    compiler = cxx_compiler()
    probe = "#include <lz4.h>\n#include <zlib.h>\n"
    command = [compiler, "-x", "c++", "-fsyntax-only", "-"]
    done = subprocess.run(command, input=probe, text=True, capture_output=True, check=False)
    return done.returncode == 0


class Compiler:
    """One build: the folder it happens in and the options all its parts share."""

    def __init__(self, work: Path, *, waves: bool, timing: bool, fast: bool) -> None:
        self.work = work
        self.timing = timing
        self.fst = waves and has_fst()
        self.waves = waves
        self.verilator = require_simulator()
        self.cxx = cxx_compiler()
        self.generated = work / "verilated"
        self.generated.mkdir()
        self.native = [flag for flag in ("-march=native",) if compiler_accepts(self.cxx, flag)]
        self.fast = ["-O3", *self.native] if fast else ["-O1"]
        self.launcher = ["ccache"] if shutil.which("ccache") else []

    # -- Verilator ---------------------------------------------------------------------------

    def lint(self, options: Sequence[str], sources: Sequence[str]) -> None:
        """Check the design before anything is made public: public signals are never unused."""
        command = [str(self.verilator.binary), "--lint-only", "-Wall", "--quiet"]
        command += ["--timescale", TIMESCALE, "--timing" if self.timing else "--no-timing"]
        run_tool("verilator", [*command, *options, *sources], self.work, self._environment)

    @property
    def _environment(self) -> dict[str, str]:
        return self.verilator.environment()

    def verilate(self, options: Sequence[str], sources: Sequence[str]) -> None:
        """Translate the design; warnings are errors and assertions are on."""
        command = [str(self.verilator.binary), "--cc", "--vpi", "--prefix", "Vtop"]
        command += ["-Wall", "--assert", "--timescale", TIMESCALE, "--Mdir", str(self.generated)]
        # Registers without reset start random (seeded), so that nothing relies on zeros.
        command += ["--x-assign", "unique", "--x-initial", "unique", "--quiet"]
        command += ["--timing" if self.timing else "--no-timing"]
        if self.waves:
            command += ["--trace-fst" if self.fst else "--trace-vcd", "--trace-structs"]
        command += [*options, *sources]
        run_tool("verilator", command, self.work, self._environment)

    def _classes(self) -> dict[str, list[str]]:
        text = (self.generated / "Vtop_classes.mk").read_text()
        lists: dict[str, list[str]] = {}
        for name, body in re.findall(r"^(VM_\w+) \+= \\\n((?:  .*\\\n)*)", text, re.MULTILINE):
            lists[name] = body.replace("\\", " ").split()
        return lists

    def _flags(self) -> list[str]:
        include = self.verilator.root / "include"
        on = {
            "VM_COVERAGE": 0,
            "VM_SC": 0,
            "VM_TIMING": int(self.timing),
            "VM_TRACE": int(self.waves),
            "VM_TRACE_FST": int(self.fst),
            "VM_TRACE_VCD": int(self.waves and not self.fst),
            "VM_TRACE_SAIF": 0,
        }
        flags = ["-std=gnu++20", f"-I{include}", f"-I{include}/vltstd", "-DVERILATOR=1"]
        flags += ["-fPIC", "-Wno-bool-operation", "-Wno-sign-compare", "-fcf-protection=none"]
        flags = [flag for flag in flags if flag != "-fcf-protection=none" or self._has(flag)]
        flags += ["-fcoroutines"] if self._has("-fcoroutines") else []
        return flags + [f"-D{name}={value}" for name, value in on.items()]

    def _has(self, flag: str) -> bool:
        return compiler_accepts(self.cxx, flag)

    # -- C++ ---------------------------------------------------------------------------------

    def _compile(self, source: Path, target: Path, flags: Sequence[str]) -> None:
        command = [*self.launcher, self.cxx, *flags, "-c", str(source), "-o", str(target)]
        run_tool(f"compiling {source.name}", command, source.parent, dict(os.environ))

    def library(self, name: str, sources: Sequence[Path]) -> str:
        """Build ``lib<name>.so`` beside the simulator; return the name."""
        target = self.work / f"lib{name}.so"
        command = [self.cxx, "-shared", "-fPIC", "-std=c++17", "-Wall", "-Wextra", "-Werror"]
        command += [*self.fast, "-o", str(target), *(str(path.resolve()) for path in sources)]
        run_tool(f"compiling lib{name}", command, self.work, dict(os.environ))
        return name

    def _unit(self, name: str, classes: Sequence[str]) -> Path:
        path = self.generated / f"{name}.cpp"
        path.write_text("".join(f'#include "{entry}.cpp"\n' for entry in classes))
        return path

    def _units(self, name: str, classes: Sequence[str]) -> list[Path]:
        groups: list[list[str]] = [[]]
        size = 0
        for entry in classes:
            length = (self.generated / f"{entry}.cpp").stat().st_size
            if groups[-1] and size + length > _UNIT_BYTES:
                groups.append([])
                size = 0
            groups[-1].append(entry)
            size += length
        return [self._unit(f"{name}_{i}", group) for i, group in enumerate(groups) if group]

    def link(self, simulator: Path, libraries: Sequence[str]) -> None:
        """Compile everything and link the executable."""
        from cocotb_tools import config  # Only here: the parent needs no cocotb to import this

        lists = self._classes()
        fast = lists.get("VM_CLASSES_FAST", []) + lists.get("VM_SUPPORT_FAST", [])
        slow = lists.get("VM_CLASSES_SLOW", []) + lists.get("VM_SUPPORT_SLOW", [])
        main = self.generated / "cocotb_main.cpp"
        main.write_text((config.share_dir / "lib" / "verilator" / "verilator.cpp").read_text())
        flags = self._flags()
        jobs = [(path, [*flags, *self.fast]) for path in self._units("fast", fast)]
        jobs += [(path, [*flags, "-O1"]) for path in [*self._units("slow", slow), main]]
        targets = [path.with_suffix(".o") for path, _ in jobs]
        runtime_names = lists.get("VM_GLOBAL_FAST", []) + lists.get("VM_GLOBAL_SLOW", [])
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            runtime_job = pool.submit(self._runtime, runtime_names, flags)
            list(
                pool.map(lambda job: self._compile(job[0], job[0].with_suffix(".o"), job[1]), jobs)
            )
            runtime = runtime_job.result()
        command = [self.cxx, "-o", str(simulator), *map(str, [*targets, *runtime])]
        command += [f"-L{self.work}", *(f"-l{name}" for name in libraries), "-Wl,-rpath,$ORIGIN"]
        command += [
            f"-L{config.libs_dir}",
            "-lcocotbvpi_verilator",
            f"-Wl,-rpath,{config.libs_dir}",
        ]
        command += ["-lz", "-llz4"] if self.fst else []
        command += ["-pthread", "-ldl"]
        run_tool("linking the simulator", command, self.work, dict(os.environ))
        shutil.rmtree(self.generated)

    def _runtime(self, names: Sequence[str], flags: Sequence[str]) -> list[Path]:
        """Return Verilator's own objects, compiled once for all builds with the same options."""
        options = [*flags, *self.fast]
        about = [self.verilator.version, compiler_identity(self.cxx), *options, *names]
        key = hashlib.sha256("\n".join(about).encode()).hexdigest()[:16]

        def make(work: Path) -> None:
            for name in names:
                source = self.verilator.root / "include" / f"{name}.cpp"
                self._compile(source, work / f"{name}.o", options)

        folder, _ = cached(f"runtime-{key}", make)
        return [folder / f"{name}.o" for name in names]
