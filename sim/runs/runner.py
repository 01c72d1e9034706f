# SPDX-License-Identifier: Apache-2.0
"""Runs cocotb tests on a simulator of `hgcn_sim.builds.build`: unit benches and whole programs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from hgcn.arch.device import Device
from hgcn.arch.device_file import device_text
from hgcn.environment import path_variable
from hgcn.errors import BackendError

from ..builds.build import Build, BuildSpec, build
from ..builds.locate import SIM, hardware_root
from ..builds.process import run_kept

_TAIL_LINES = 60


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A unit bench: one module, its sources and the cocotb tests that check it.

    Parameters
    ----------
    module : str
        Python module of the tests, relative to this package, such as ``benches.common.hgcn_fifo``.
    top : str
        Top module.
    sources : tuple of str
        Paths relative to the hardware folder, in compile order.
    presets : tuple of str
        Device presets to run under; the default suits modules that do not read the package.
    variants : tuple of Device
        Other devices to run under, for sizes that no preset has.
    parameters : tuple of mapping
        One simulator per parameter set.
    timing : bool
        The top module makes its own clocks.
    """

    module: str
    top: str
    sources: tuple[str, ...]
    presets: tuple[str, ...] = ("tiny",)
    variants: tuple[Device, ...] = ()
    parameters: tuple[Mapping[str, int], ...] = ({},)
    timing: bool = False

    @property
    def name(self) -> str:
        """Short name: the last part of the module."""
        return self.module.rsplit(".", 1)[-1]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a simulation did: tests by name, the failed ones, its log and its wall time."""

    tests: tuple[str, ...]
    failed: tuple[str, ...]
    exit_code: int
    log: Path
    seconds: float
    seed: int
    timed_out: bool = field(default=False)

    @property
    def passed(self) -> bool:
        """Every test passed, no assertion fired, and there was at least one test."""
        return bool(self.tests) and not self.failed and self.exit_code == 0

    def explain(self) -> str:
        """Return the failed tests and the end of the log."""
        why = "ran into its time limit" if self.timed_out else f"exit {self.exit_code}"
        failed = ", ".join(self.failed) or "no test reported a failure"
        return f"{failed} ({why}, seed {self.seed}); log {self.log}:\n{log_tail(self.log)}"


def log_tail(log: Path, lines: int = _TAIL_LINES) -> str:
    """Return the last lines of a log, empty if there is none."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _cocotb_environment(top: str, test_module: str, results: Path, seed: int) -> dict[str, str]:
    from cocotb_tools import config
    from find_libpython import find_libpython

    library = path_variable("LIBPYTHON_LOC") or find_libpython()
    if library is None:
        raise BackendError(
            "libpython is missing: cocotb needs a Python with its shared library "
            "(apt install libpython3-dev, or set LIBPYTHON_LOC)"
        )
    return {
        # The parent's PYTHONOPTIMIZE would drop the asserts that benches are made of.
        **{name: value for name, value in os.environ.items() if name != "PYTHONOPTIMIZE"},
        "GPI_USERS": f"{library};{config.pygpi_entry_point()}",
        "PYGPI_PYTHON_BIN": sys.executable,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "COCOTB_TOPLEVEL": top,
        "COCOTB_TEST_MODULES": test_module,
        "COCOTB_RESULTS_FILE": str(results),
        "COCOTB_RANDOM_SEED": str(seed),
        "COCOTB_TRUST_INERTIAL_WRITES": "1",
        "COCOTB_ANSI_OUTPUT": "0",
        # By default every module imported in the simulator, numpy too, is compiled anew.
        "COCOTB_REWRITE_ASSERTION_FILES": "test_*.py *_bench.py",
        "TOPLEVEL_LANG": "verilog",
    }


def simulate(
    made: Build,
    top: str,
    test_module: str,
    *,
    work: Path,
    seed: int = 1,
    waves: Path | None = None,
    plusargs: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    timeout_seconds: float | None = None,
    remove: Path | None = None,
) -> Outcome:
    """Run the cocotb tests of ``test_module`` in a subprocess; log in ``work/simulation.log``.

    It ends with this process, however that ends, and the folder ``remove`` goes with it.
    """
    work.mkdir(parents=True, exist_ok=True)
    results, log = work / "results.xml", work / "simulation.log"
    results.unlink(missing_ok=True)
    env = _cocotb_environment(top, test_module, results, seed) | dict(environment or {})
    command = [str(made.simulator), f"+verilator+seed+{seed % 2**31 or 1}"]
    command += ["+verilator+rand+reset+2", *plusargs]
    if waves is not None:
        command += ["--trace", "--trace-file", str(waves.resolve())]
    start = time.monotonic()
    timed_out = False
    with log.open("wb") as output:
        try:
            exit_code = run_kept(
                command,
                cwd=work,
                env=env,
                output=output,
                timeout_seconds=timeout_seconds,
                remove=remove,
            )
        except subprocess.TimeoutExpired:
            exit_code, timed_out = -1, True
    tests, failed = _read_results(results)
    return Outcome(
        tests=tests,
        failed=failed,
        exit_code=exit_code,
        log=log,
        seconds=time.monotonic() - start,
        seed=seed,
        timed_out=timed_out,
    )


def _read_results(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return (), ()
    ran = [case for case in cases if case.find("skipped") is None]
    failed = [c for c in ran if c.find("failure") is not None or c.find("error") is not None]
    return tuple(c.get("name", "?") for c in ran), tuple(c.get("name", "?") for c in failed)


def hardware_sources(names: Sequence[str], root: Path | None = None) -> list[Path]:
    """Return lint waivers, the instruction set's package, then the files named below ``hw``."""
    root = root or hardware_root()
    waivers = [root / "rtl" / "lint.vlt", root / "regs" / "hgcn_regs.vlt"]
    paths = [root / name.removeprefix("hw/") for name in names]
    package = root / "rtl" / "isa" / "hgcn_isa_pkg.sv"
    if package.exists() and package not in paths:
        paths.insert(0, package)
    return [path for path in waivers if path.exists() and path not in paths] + paths


def bench_spec(
    bench: Bench,
    device: Device,
    parameters: Mapping[str, int],
    root: Path | None = None,
    *,
    lenient: bool = False,
    waves: bool = False,
) -> BuildSpec:
    """Return what the bench's simulator is made from; ``root`` is another copy of ``hw``."""
    return BuildSpec(
        top=bench.top,
        sources=hardware_sources(bench.sources, root),
        device=device,
        parameters=parameters,
        timing=bench.timing,
        lenient=lenient,
        waves=waves,
    )


def run_bench(
    bench: Bench,
    device: Device,
    parameters: Mapping[str, int] | None = None,
    *,
    seed: int = 1,
    root: Path | None = None,
    work: Path | None = None,
    timeout_seconds: float = 900,
    lenient: bool = False,
    waves: Path | None = None,
) -> Outcome:
    """Build the bench for one device and parameter set and run all its tests.

    The tests find the device's file in ``HGCN_DEVICE`` and the parameters as JSON in
    ``HGCN_PARAMETERS``. ``waves`` is the file the signals are recorded into.
    """
    parameters = dict(parameters or {})
    recorded = waves is not None
    made = build(bench_spec(bench, device, parameters, root, lenient=lenient, waves=recorded))
    folder = work or Path(tempfile.mkdtemp(prefix=f"hgcn-{bench.name}-{device.name}-"))
    folder.mkdir(parents=True, exist_ok=True)
    device_file = folder / "device.toml"
    device_file.write_text(device_text(device))
    outcome = simulate(
        made,
        bench.top,
        f"{package_name()}.{bench.module}",
        work=folder,
        seed=seed,
        waves=waves,
        environment={"HGCN_DEVICE": str(device_file), "HGCN_PARAMETERS": json.dumps(parameters)},
        timeout_seconds=timeout_seconds,
    )
    if work is None and outcome.passed:
        shutil.rmtree(folder, ignore_errors=True)  # The log of a failure is still to be read
    return outcome


def package_name() -> str:
    """Return the name this package is imported by."""
    return __name__.split(".", 1)[0]


def own_source(name: str) -> Path:
    """Return a file of this package, by its path within it."""
    return SIM / name
