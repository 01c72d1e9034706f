# SPDX-License-Identifier: Apache-2.0
"""The accelerator with its memory in Python: the usual cocotb bench, as a measure for the others.

cocotbext-axi's `AxiRam` and `AxiLiteMaster` on the bare ``hgcn_top``, clocks from cocotb.
`simulate_with_python_memory` starts the simulator; the cocotb test below runs in it. The simulator
is optimised and shows its ports only, which is faster than what cocotb's own builds give. The
memory answers at once, so a program takes other cycles than with the device's latency; its output
is the same.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge, with_timeout
from cocotbext.axi import AxiBus, AxiRam
from hgcn_sim.bfm.registers import Registers
from hgcn_sim.board.build import TOP, board_spec
from hgcn_sim.builds.build import build
from hgcn_sim.runs.inference import DRAM_BASE, place_regions
from hgcn_sim.runs.runner import simulate
from hgcn_sim.top.job import IMAGE, Job, Run, RunResult, load_results, save_results

from hgcn.arch.device import Device
from hgcn.arch.presets import device as preset
from hgcn.isa.registers import COUNTERS

LIMIT_CYCLES = 10_000_000


def simulate_with_python_memory(
    image: bytes, device: Device, runs: int
) -> tuple[list[RunResult], bytes]:
    """Run ``image`` so many times in one simulation; return how they ended, and the last output."""
    bases, sizes, dram_bytes = place_regions(image, None)
    job = Job(
        device=device.name,
        beat_bytes=device.axi_bytes,
        bases=bases,
        sizes=sizes,
        dram_base=DRAM_BASE,
        dram_bytes=dram_bytes,
        latency_cycles=1,
        timeout_cycles=LIMIT_CYCLES,
        cycle_ps=_period_ps(device.pl_hz),
        runs=(Run(),) * runs,
    )
    made = build(dataclasses.replace(board_spec(device), libraries={}))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job.save(folder)
        (folder / IMAGE).write_bytes(image)
        environment = {"HGCN_JOB": str(folder)}
        outcome = simulate(made, TOP, __name__, work=folder, environment=environment)
        assert outcome.passed, outcome.explain()
        output = (folder / RunResult.output_name(runs - 1)).read_bytes()
        return load_results(folder), output


def _period_ps(hertz: float) -> int:
    return 2 * round(0.5e12 / hertz)


@cocotb.test()
async def a_program_runs_with_its_memory_in_python(dut: Any) -> None:
    folder = Path(os.environ["HGCN_JOB"])
    job = Job.load(folder)
    device = preset(job.device)
    for clock, hertz in ((dut.clk_i, device.pl_hz), (dut.array_clk_i, device.array_hz)):
        Clock(clock, _period_ps(hertz), unit="ps").start()
    ram = AxiRam(
        AxiBus.from_prefix(dut, "m_axi"),
        dut.clk_i,
        dut.rst_ni,
        reset_active_level=False,
        size=job.dram_base + job.dram_bytes,
    )
    for channel in (ram.write_if, ram.read_if):
        channel.log.setLevel(logging.WARNING)
    registers = Registers(dut, dut.clk_i, dut.rst_ni)
    dut.rst_ni.value = dut.array_rst_ni.value = 0
    await ClockCycles(dut.clk_i, 8)
    for reset in (dut.rst_ni, dut.array_rst_ni):
        reset.value = 1
        await ClockCycles(dut.clk_i, 8)
    ram.write(job.bases[0], (folder / IMAGE).read_bytes())
    for index in range(4):
        await registers.write_pair(f"BASE[{index}]", job.bases[index])
        await registers.write_pair(f"SIZE[{index}]", job.sizes[index])

    results = []
    for _ in job.runs:
        ram.write(job.bases[3], bytes(job.sizes[3]))
        results.append(await run(dut, registers, job))
    output = ram.read(job.bases[3], job.sizes[3])
    (folder / RunResult.output_name(len(results) - 1)).write_bytes(bytes(output))
    save_results(folder, results)


async def run(dut: Any, registers: Registers, job: Job) -> RunResult:
    start = time.perf_counter()
    await registers.put("CTRL", start=1, irq_enable=1)
    await with_timeout(RisingEdge(dut.irq_o), job.timeout_cycles * job.cycle_ps, "ps")
    seconds = time.perf_counter() - start
    error = await registers.read("ERROR")
    counters = {name: await registers.read_pair(name) for name in COUNTERS}
    done = await registers.get("STATUS", "done") == 1
    await registers.put("STATUS", done=1)
    return RunResult(
        done=done,
        error_code=error & 0xFF,
        error_command=error >> 8,
        cycles=counters["CYCLES"],
        counters=counters,
        dram={},
        faults=[],
        wall_seconds=seconds,
    )
