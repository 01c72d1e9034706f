# SPDX-License-Identifier: Apache-2.0
"""Runs the programs of a job on the accelerator: the cocotb side of `hgcn_sim.runs.inference`."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import First, RisingEdge, Timer
from numpy.typing import NDArray

from hgcn.errors import BackendError
from hgcn.isa.registers import COUNTERS

from ..builds.process import DISK_ERRORS
from ..dram import Dram
from .job import (
    GUARD_BYTE,
    IMAGE,
    INPUT,
    PROGRESS,
    Job,
    Run,
    RunResult,
    save_results,
)
from .mailbox import Mailbox

_RESET_CYCLES = 2_000_000
"""More than the array takes for the longest packet a damaged program can begin."""

_HANG_CYCLES = 30
"""A memory that hangs goes on this long after a soft reset has begun."""


class Accelerator:
    """The design under test with its memory: loads regions, starts runs, collects what came out."""

    def __init__(self, dut: Any, job: Job, folder: Path) -> None:
        self.dut, self.job, self.folder = dut, job, folder
        self.registers = Mailbox(dut)
        self.dram = Dram(
            Path(os.environ["HGCN_DRAM_LIBRARY"]),
            base=job.dram_base,
            size_bytes=job.dram_bytes,
            beat_bytes=job.beat_bytes,
        )
        self.dram.set_timing(
            latency_cycles=job.latency_cycles,
            outstanding=job.outstanding,
            bytes_per_cycle=job.bytes_per_cycle,
            stall_probability=job.stall_probability,
            seed=job.seed,
        )
        self.image = np.fromfile(folder / IMAGE, dtype=np.uint8)
        self._expected: NDArray[np.uint8] | None = None
        self._hung = False
        self._written: dict[str, int] = {}  # Pairs that keep their values from run to run

    def region(self, index: int) -> NDArray[np.uint8]:
        """Return the bytes of a region, as a view."""
        return self.dram.view(self.job.bases[index], self.job.sizes[index])

    def load(self, run: Run) -> None:
        """Fill memory for a run: guards, image, input, and noise where results will be."""
        self.dram.bytes[:] = GUARD_BYTE
        noise = np.random.default_rng(self.job.seed)
        for index in (2, 3):
            view = self.region(index)
            view[:] = noise.integers(0, 256, len(view), dtype=np.uint8)
        self.dram.view(self.job.bases[0], len(self.image))[:] = self.image
        if (self.folder / INPUT).exists():
            given = np.fromfile(self.folder / INPUT, dtype=np.uint8)
            self.dram.view(self.job.bases[1], len(given))[:] = given
        for flip in run.flips:
            self.dram.view(self.job.bases[0] + flip.offset, 1)[0] ^= flip.mask
        if run.fault_cycle == 0:
            self.inject(run)
        self._expected = self.dram.bytes.copy()

    def inject(self, run: Run) -> None:
        """Let the run's memory faults begin."""
        for fault in run.faults:
            self.dram.inject(
                self.job.bases[fault.region] + fault.offset,
                fault.size_bytes,
                response=fault.response,
                reads=fault.reads,
                writes=fault.writes,
            )

    def stray_writes(self) -> list[str]:
        """Return a line if a byte outside scratch and output changed."""
        assert self._expected is not None
        changed = self.dram.bytes != self._expected
        for index in (2, 3):
            start = self.job.bases[index] - self.job.dram_base
            changed[start : start + self.job.sizes[index]] = False
        places = np.flatnonzero(changed)
        if len(places) == 0:
            return []
        first = int(places[0]) + self.job.dram_base
        return [f"{len(places)} bytes outside scratch and output changed, first {first:#x}"]

    async def program_regions(self, run: Run) -> None:
        """Write the addresses and sizes of the regions."""
        wanted: dict[str, int] = {}
        for index in range(4):
            wanted[f"BASE[{index}]"] = self.job.bases[index]
            wanted[f"SIZE[{index}]"] = run.shrink.get(index, self.job.sizes[index])
        for name, value in wanted.items():
            if self._written.get(name) != value:
                await self.registers.write_pair(name, value)
        self._written = wanted

    def hang(self, on: bool) -> None:
        """Let the memory neither take nor answer anything, or go on."""
        self._hung = on
        self.dram.hang(on)

    async def cycles(self, count: int) -> None:
        """Let PL clock cycles pass."""
        if count > 0:
            await Timer(count * self.job.cycle_ps, "ps")

    async def disturb(self, run: Run) -> None:
        """After the start, do to the run what it names, each thing at its cycle."""
        deeds: list[tuple[int, Callable[[], None]]] = []
        if run.fault_cycle:
            deeds.append((run.fault_cycle, lambda: self.inject(run)))
        if run.hang_cycle is not None:
            deeds.append((run.hang_cycle, lambda: self.hang(True)))
        passed = 0
        for cycle, deed in sorted(deeds, key=lambda pair: pair[0]):
            await self.cycles(cycle - passed)
            passed = cycle
            deed()
        if run.abort_cycle is not None:
            await self.cycles(run.abort_cycle - passed)
            await self.soft_reset()

    async def soft_reset(self) -> None:
        """Give a soft reset and wait until the design says it is over."""
        start = int(self.dut.cycles_o.value)
        await self.registers.put("CTRL", soft_reset=1, irq_enable=1)
        if self._hung:
            await self.cycles(_HANG_CYCLES)
            self.hang(False)
        while (status := await self.registers.fields("STATUS"))["resetting"]:
            waited = int(self.dut.cycles_o.value) - start
            if waited >= _RESET_CYCLES:
                raise BackendError(f"the soft reset has not ended after {waited} cycles")
            await Timer(waited * self.job.cycle_ps // 8 + 1, "ps")
        for field, want in (("error", 0), ("busy", 0), ("idle", 0xF)):
            if status[field] != want:
                got = status[field]
                raise BackendError(f"{field} must be {want} after a soft reset, got {got}")

    async def wait_for_irq(self) -> None:
        """Wait for the interrupt; report progress; fail after the job's limit."""
        start = int(self.dut.cycles_o.value)
        while int(self.dut.irq_o.value) == 0:
            pause = Timer(self.job.progress_cycles * self.job.cycle_ps, "ps")
            await First(RisingEdge(self.dut.irq_o), pause)
            elapsed = int(self.dut.cycles_o.value) - start
            if int(self.dut.irq_o.value) == 0:
                command = await self.registers.read("COMMAND")
                (self.folder / PROGRESS).write_text(f"{elapsed} {command}")
                if elapsed >= self.job.timeout_cycles:
                    status = await self.registers.read("STATUS")
                    raise BackendError(
                        f"no interrupt after {elapsed} cycles; command {command}, "
                        f"status {status:#x}"
                    )

    async def run(self, run: Run) -> RunResult:
        """Load memory, start, wait for the end, and read everything back."""
        if run.soft_reset:
            await self.soft_reset()
        self.load(run)
        self.dram.clear_statistics()
        already = len(self.dram.violations())
        await self.program_regions(run)
        if run.watchdog_cycles is not None:
            await self.registers.write("WATCHDOG", run.watchdog_cycles)
        wall, start = time.monotonic(), int(self.dut.cycles_o.value)
        await self.registers.put("CTRL", start=1, irq_enable=1)
        await self.disturb(run)
        if run.abort_cycle is None:
            await self.wait_for_irq()
        cycles = int(self.dut.cycles_o.value) - start
        wall = time.monotonic() - wall
        error = await self.registers.read("ERROR")
        done = (await self.registers.fields("STATUS"))["done"] == 1
        names = COUNTERS if run.counters else ()
        counters = {name: await self.registers.read_pair(name) for name in names}
        self.dram.clear_injections()
        await self.registers.put("STATUS", done=1)
        if int(self.dut.irq_o.value) and not error:
            raise BackendError("irq is high after done was cleared")
        return RunResult(
            done=done,
            error_code=error & 0xFF,
            error_command=error >> 8,
            cycles=cycles,
            counters=counters,
            dram=dataclasses.asdict(self.dram.statistics()),
            faults=self.dram.violations()[already:] + self.stray_writes(),
            wall_seconds=wall,
        )


@cocotb.test()
async def every_run_of_the_job_ends(dut: Any) -> None:
    """Run the job of the folder in ``HGCN_JOB``; the parent judges the results."""
    folder = Path(os.environ["HGCN_JOB"])
    try:
        await _run_all(dut, folder)
    except OSError as fault:
        if fault.errno not in DISK_ERRORS:
            raise
        # The log cannot be written either: the status has to say it.
        os._exit(fault.errno)


async def _run_all(dut: Any, folder: Path) -> None:
    job = Job.load(folder)
    accelerator = Accelerator(dut, job, folder)
    await RisingEdge(dut.ready_o)
    results: list[RunResult] = []
    for index, run in enumerate(job.runs):
        cocotb.log.info("run %d: %s", index, run)
        results.append(await accelerator.run(run))
        accelerator.region(3).tofile(folder / RunResult.output_name(index))
    save_results(folder, results)
