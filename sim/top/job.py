# SPDX-License-Identifier: Apache-2.0
"""What the parent asks of one simulator start, and what it gets back: JSON files in one folder."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

JOB = "job.json"
IMAGE = "image.bin"
INPUT = "input.bin"
RESULTS = "results.json"
PROGRESS = "progress"
PLIO = "plio.txt"

PAGE_BYTES = 4096
GUARD_BYTE = 0xA5
"""Memory between the regions is filled with it and must still be so after each run."""


@dataclass(frozen=True, kw_only=True)
class Flip:
    """XOR ``mask`` into byte ``offset`` of the image for one run."""

    offset: int
    mask: int = 0x01


@dataclass(frozen=True, kw_only=True)
class AxiFault:
    """Answer ``response`` (2 SLVERR, 3 DECERR) to beats touching these bytes, for one run."""

    region: int
    offset: int
    size_bytes: int = 1
    response: int = 2
    reads: bool = True
    writes: bool = True


@dataclass(frozen=True, kw_only=True)
class Run:
    """One start of the program.

    Parameters
    ----------
    flips, faults : tuple
        What is wrong in this run; both are undone after it.
    soft_reset : bool
        Give a soft reset first, and wait for its end.
    abort_cycle : int or None
        Give a soft reset this many cycles after the start instead of waiting for the end.
    shrink : mapping of int to int
        Sizes in bytes to write to the SIZE registers instead of the true ones, by region.
    watchdog_cycles : int or None
        Value of the WATCHDOG register, None to leave it.
    fault_cycle : int
        The faults begin this many cycles after the start, 0: before it.
    hang_cycle : int or None
        The memory neither takes nor answers anything from this many cycles after the start; it
        goes on, and answers all it owes, while the next soft reset waits for it.
    counters : bool
        Read the performance counters; they take as long as a small program.
    """

    flips: tuple[Flip, ...] = ()
    faults: tuple[AxiFault, ...] = ()
    soft_reset: bool = False
    abort_cycle: int | None = None
    shrink: dict[int, int] = field(default_factory=dict)
    watchdog_cycles: int | None = None
    fault_cycle: int = 0
    hang_cycle: int | None = None
    counters: bool = True


@dataclass(frozen=True, kw_only=True)
class Job:
    """One simulator start: memory, timing and the runs in order."""

    device: str
    beat_bytes: int
    bases: tuple[int, int, int, int]
    sizes: tuple[int, int, int, int]
    dram_base: int
    dram_bytes: int
    latency_cycles: int
    outstanding: int = 32
    stall_probability: float = 0.0
    bytes_per_cycle: float = 0.0
    seed: int = 1
    timeout_cycles: int
    cycle_ps: int
    progress_cycles: int = 1_000_000
    runs: tuple[Run, ...] = (Run(),)

    def save(self, folder: Path) -> None:
        """Write the job file."""
        (folder / JOB).write_text(json.dumps(dataclasses.asdict(self), indent=1))

    @staticmethod
    def load(folder: Path) -> Job:
        """Read the job file."""
        plain = json.loads((folder / JOB).read_text())
        runs = []
        for run in plain["runs"]:
            run["flips"] = tuple(Flip(**flip) for flip in run["flips"])
            run["faults"] = tuple(AxiFault(**fault) for fault in run["faults"])
            run["shrink"] = {int(region): size for region, size in run["shrink"].items()}
            runs.append(Run(**run))
        plain["runs"] = tuple(runs)
        plain["bases"] = tuple(plain["bases"])
        plain["sizes"] = tuple(plain["sizes"])
        return Job(**plain)


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """How one run ended; the output region is in the file `output_name`."""

    done: bool
    error_code: int
    error_command: int
    cycles: int
    counters: dict[str, int]
    dram: dict[str, int]
    faults: list[str]
    wall_seconds: float

    @staticmethod
    def output_name(index: int) -> str:
        """Return the file with the output region of run ``index``."""
        return f"output-{index}.bin"


def save_results(folder: Path, results: list[RunResult]) -> None:
    """Write the results file."""
    plain = [dataclasses.asdict(result) for result in results]
    (folder / RESULTS).write_text(json.dumps(plain, indent=1))


def load_results(folder: Path) -> list[RunResult]:
    """Read the results file."""
    return [RunResult(**plain) for plain in json.loads((folder / RESULTS).read_text())]
