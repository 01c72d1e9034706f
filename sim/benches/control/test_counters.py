# SPDX-License-Identifier: Apache-2.0
"""hgcn_counters: what they count, when they restart, when they stand still."""

from __future__ import annotations

import random
from typing import Any

import cocotb
from cocotb.triggers import RisingEdge, Timer

from hgcn.format.numbers import Counter

from ...bfm import device_under_test, start_clock
from ...runs.runner import Bench

_FILE = "hw/rtl/control/hgcn_counters.sv"

BENCH = Bench(
    module="benches.control.test_counters",
    top="hgcn_counters",
    sources=(_FILE,),
    presets=("tiny", "vck190"),
)

MUTANTS = [
    (_FILE, "& {Events{run_i}}", ""),
    (_FILE, "if (start_q) count_q[i] <= '0;\n      else if", "if"),
    (_FILE, "assign busy_o[i]    = count_q[i];", "assign busy_o[i]    = count_q[Counters+i];"),
    (_FILE, "count_q[2*Counters+1] << ByteShift", "count_q[2*Counters+1]"),
    (_FILE, "{written_beat_i, read_beat_i, 1'b1,", "{read_beat_i, written_beat_i, 1'b1,"),
]

ENGINES = len(Counter)
LATENCY_CYCLES = 2


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def counters_hold_the_events_of_the_last_run(dut: Any) -> None:
    rng = random.Random(cocotb.RANDOM_SEED)
    beat_bytes = device_under_test().axi_bytes
    dut.rst_ni.value = 0
    for name in ("start", "run", "busy", "stalled", "read_beat", "written_beat"):
        getattr(dut, f"{name}_i").value = 0
    await Timer(1, "ns")
    await start_clock(dut.clk_i, dut.rst_ni)

    for _ in range(5):
        busy, stalled = [0] * ENGINES, [0] * ENGINES
        read = written = 0
        cycles = rng.randrange(1, 400)
        dut.start_i.value = 1
        await RisingEdge(dut.clk_i)
        dut.start_i.value = 0
        dut.run_i.value = 1
        for cycle in range(cycles + 50):
            running = cycle < cycles
            dut.run_i.value = int(running)
            now_busy, now_stalled = rng.getrandbits(ENGINES), rng.getrandbits(ENGINES)
            reads, writes = rng.random() < 0.7, rng.random() < 0.2
            dut.busy_i.value, dut.stalled_i.value = now_busy, now_stalled
            dut.read_beat_i.value, dut.written_beat_i.value = int(reads), int(writes)
            await RisingEdge(dut.clk_i)
            for i in range(ENGINES if running else 0):
                busy[i] += now_busy >> i & 1
                stalled[i] += now_stalled >> i & 1
            read += running and reads
            written += running and writes
        for _ in range(LATENCY_CYCLES):
            await RisingEdge(dut.clk_i)

        def split(value: int) -> list[int]:
            return [value >> 64 * i & (1 << 64) - 1 for i in range(ENGINES)]

        assert int(dut.cycles_o.value) == cycles
        assert int(dut.read_bytes_o.value) == read * beat_bytes
        assert int(dut.written_bytes_o.value) == written * beat_bytes
        assert split(int(dut.busy_o.value)) == busy
        assert split(int(dut.stalled_o.value)) == stalled
