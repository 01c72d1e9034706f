# SPDX-License-Identifier: Apache-2.0
"""Runs a program image on the simulated accelerator: `run_image`, and `run_job` for fault tests."""

from __future__ import annotations

import struct
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.errors import BackendError
from hgcn.format.numbers import ERROR_CODES, RECORD_WORDS

from ..builds.build import Build, BuildSpec, build
from ..builds.locate import hardware_root, listed_sources
from ..builds.process import DISK_ERRORS, disk_is_full
from ..builds.scratch import scratch
from ..dram import SOURCES
from ..top.job import IMAGE, INPUT, PAGE_BYTES, PLIO, PROGRESS, Job, Run, RunResult, load_results
from .runner import hardware_sources, log_tail, own_source, package_name, simulate

TOP = "hgcn_tb"
DRAM_BASE = 0x1_0000_0000
"""Above 4 GiB, so that the high words of the address registers are used."""

ProgressCallback = Callable[[int, int], None]
"""Called with (cycles so far, command being issued)."""


@dataclass(frozen=True, kw_only=True)
class SimResult:
    """What a run of a program gave.

    Parameters
    ----------
    output : bytes
        The OUTPUT region.
    counters : dict of str to int
        Performance counters by register name, as in `hgcn.isa.registers.COUNTERS`.
    cycles : int
        PL clock edges from the write that starts to the interrupt.
    error_code, error_command : int
        The ERROR register; code 0 means none.
    dram : dict of str to int
        What the memory saw: bursts, beats, bytes, errors.
    seconds : float
        Wall time of the run.
    """

    output: bytes
    counters: dict[str, int]
    cycles: int
    error_code: int
    error_command: int
    done: bool
    dram: dict[str, int]
    seconds: float

    @property
    def error(self) -> str:
        """Name of the error code."""
        return ERROR_CODES.get(self.error_code, f"code {self.error_code}")


def top_spec(
    device: Device, *, waves: bool = False, plio: bool = False, root: Path | None = None
) -> BuildSpec:
    """Return what the simulator of the whole accelerator is made from."""
    root = root or hardware_root()
    names = [str(path.relative_to(root)) for path in listed_sources(root)]
    testbench = ["testbench.vlt", "hgcn_mailbox.sv", "hgcn_dram_port.sv"]
    testbench += [*(["hgcn_plio_capture.sv"] if plio else []), "hgcn_tb.sv"]
    return BuildSpec(
        top=TOP,
        sources=[
            *hardware_sources(names, root),
            *(own_source(f"top/{name}") for name in testbench),
        ],
        device=device,
        libraries={"dram": SOURCES},
        defines={"HGCN_PLIO_CAPTURE": "1"} if plio else {},
        all_public=False,
        timing=True,
        waves=waves,
    )


def _pages(size_bytes: int) -> int:
    return -(-max(size_bytes, 1) // PAGE_BYTES) * PAGE_BYTES


def place_regions(
    image: bytes, input_bytes: int | None
) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int], int]:
    """Return bases, sizes (of program, input, scratch, output) and the DRAM size they need.

    Regions start on pages and a guard page follows each. Without ``input_bytes`` the input lies in
    the image.
    """
    if len(image) < 4 * RECORD_WORDS:
        raise BackendError(f"the image has {len(image)} bytes: no header")
    words = struct.unpack_from(f"<{RECORD_WORDS}I", image)
    wanted = [len(image), input_bytes or 0, LINE_BYTES * words[25], LINE_BYTES * words[26]]
    sizes = [-(-size // LINE_BYTES) * LINE_BYTES for size in wanted]
    bases: list[int] = []
    place = DRAM_BASE + PAGE_BYTES
    for size in sizes:
        bases.append(place)
        place += _pages(size) + PAGE_BYTES
    if input_bytes is None:
        bases[1], sizes[1] = bases[0], sizes[0]
    b, s = bases, sizes
    return (b[0], b[1], b[2], b[3]), (s[0], s[1], s[2], s[3]), place - DRAM_BASE


def build_top(device: Device, *, waves: bool = False, plio: bool = False) -> Build:
    """Return the simulator of the whole accelerator for ``device``, cached if it can be."""
    return build(top_spec(device, waves=waves, plio=plio))


def run_job(
    image: bytes,
    device: Device,
    runs: Sequence[Run] = (Run(),),
    *,
    latency_cycles: int | None = None,
    stall_probability: float = 0.0,
    bytes_per_cycle: float | None = None,
    seed: int = 1,
    waves: Path | None = None,
    plio: Path | None = None,
    timeout_cycles: int = 100_000_000,
    progress: ProgressCallback | None = None,
    input_data: bytes | None = None,
) -> list[SimResult]:
    """Run ``image`` once for each of ``runs``, one after another in the same simulation.

    Parameters
    ----------
    latency_cycles, bytes_per_cycle : optional
        Memory timing in PL cycles; by default the device's.
    stall_probability : float
        Share of cycles in which each memory channel stalls at random.
    waves, plio : Path or None
        Files for the waves (FST or VCD) and for a copy of every PLIO beat.
    input_data : bytes or None
        The INPUT region; None if it lies in the image.

    Raises
    ------
    BackendError
        If the simulation cannot be built or does not end well: an assertion, a protocol violation,
        a stray write, no interrupt in time. Errors the accelerator reports are results, not raised.
    """
    input_bytes = None if input_data is None else len(input_data)
    bases, sizes, dram_bytes = place_regions(image, input_bytes)
    rate = device.dram_bytes_per_cycle if bytes_per_cycle is None else bytes_per_cycle
    job = Job(
        device=device.name,
        beat_bytes=device.axi_bytes,
        bases=bases,
        sizes=sizes,
        dram_base=DRAM_BASE,
        dram_bytes=dram_bytes,
        latency_cycles=device.dram_latency_cycles if latency_cycles is None else latency_cycles,
        stall_probability=stall_probability,
        bytes_per_cycle=0.0 if rate >= 2 * device.axi_bytes else rate,
        seed=seed,
        timeout_cycles=timeout_cycles,
        cycle_ps=2 * device.pl_half_ps,
        progress_cycles=min(1_000_000, max(1000, timeout_cycles)),
        runs=tuple(runs),
    )
    made = build_top(device, waves=waves is not None, plio=plio is not None)
    # Not in the cache: that may be read-only, or shared.
    with scratch("hgcn-job-") as folder:
        try:
            job.save(folder)
            (folder / IMAGE).write_bytes(image)
            if input_data is not None:
                (folder / INPUT).write_bytes(input_data)
            return _collect(made, job, device, folder, waves, plio, progress)
        except OSError as fault:
            raise BackendError(
                f"cannot use {fault.filename or folder}: {fault.strerror or fault}"
            ) from None


def _collect(
    made: Build,
    job: Job,
    device: Device,
    folder: Path,
    waves: Path | None,
    plio: Path | None,
    progress: ProgressCallback | None,
) -> list[SimResult]:
    # Beats reach an engine before their checksum's verdict: a flip breaks the rules of streams.
    damaged = any(run.flips for run in job.runs)
    plusargs = [
        f"+pl_half_ps={device.pl_half_ps}",
        f"+array_half_ps={device.array_half_ps}",
        f"+plio_file={folder / PLIO}",
        *(["+hgcn_damaged"] if damaged else []),
    ]
    with _Watch(folder / PROGRESS, progress):
        outcome = simulate(
            made,
            TOP,
            f"{package_name()}.top.inference",
            work=folder,
            seed=job.seed,
            waves=waves,
            plusargs=plusargs,
            remove=folder,
            environment={
                "HGCN_JOB": str(folder),
                "HGCN_DRAM_LIBRARY": str(made.folder / "libdram.so"),
            },
        )
    if plio is not None and (folder / PLIO).exists():
        plio.write_bytes((folder / PLIO).read_bytes())
    if not outcome.passed:
        if outcome.exit_code in DISK_ERRORS or disk_is_full(folder):
            raise BackendError(
                f"the simulation of {device.name} stopped: no space left in {folder.parent}"
            )
        raise BackendError(
            f"the simulation of {device.name} failed (exit {outcome.exit_code}, "
            f"seed {job.seed}); log {_kept(outcome.log)}, its end:\n{log_tail(outcome.log)}"
        )
    results = load_results(folder)
    for index, result in enumerate(results):
        if result.faults:
            raise BackendError(f"run {index} on {device.name}: " + "; ".join(result.faults[:5]))
    return [_result(folder, index, result) for index, result in enumerate(results)]


def _kept(log: Path) -> str:
    """Copy a log out of the job's folder, which goes; return where to."""
    try:
        handle, name = tempfile.mkstemp(prefix="hgcn-failed-", suffix=".log")
        with open(handle, "wb") as copy:
            copy.write(log.read_bytes())
    except OSError as fault:
        return f"lost ({fault.strerror})"
    return name


def _result(folder: Path, index: int, result: RunResult) -> SimResult:
    return SimResult(
        output=(folder / RunResult.output_name(index)).read_bytes(),
        counters=result.counters,
        cycles=result.cycles,
        error_code=result.error_code,
        error_command=result.error_command,
        done=result.done,
        dram=result.dram,
        seconds=result.wall_seconds,
    )


def run_image(
    image: bytes,
    device: Device,
    *,
    latency_cycles: int | None = None,
    stall_probability: float = 0.0,
    seed: int = 1,
    waves: Path | None = None,
    timeout_cycles: int = 100_000_000,
    progress: ProgressCallback | None = None,
    input_data: bytes | None = None,
) -> SimResult:
    """Run ``image`` once; arguments and errors are those of `run_job`."""
    return run_job(
        image,
        device,
        latency_cycles=latency_cycles,
        stall_probability=stall_probability,
        seed=seed,
        waves=waves,
        timeout_cycles=timeout_cycles,
        progress=progress,
        input_data=input_data,
    )[0]


class _Watch:
    """Reads the progress file now and then and tells the callback."""

    def __init__(self, path: Path, callback: ProgressCallback | None) -> None:
        self._path, self._callback = path, callback
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)

    def _poll(self) -> None:
        last = ""
        while not self._stop.wait(0.5):
            text = self._path.read_text() if self._path.exists() else ""
            words = text.split()
            # A file that is just being written may hold less.
            if len(words) == 2 and text != last and self._callback is not None:
                self._callback(int(words[0]), int(words[1]))
            last = text

    def __enter__(self) -> None:
        if self._callback is not None:
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
