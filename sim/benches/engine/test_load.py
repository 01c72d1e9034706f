# SPDX-License-Identifier: Apache-2.0
"""hgcn_load: the rows of a stream land at consecutive positions, nowhere else."""

from __future__ import annotations

import random
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from cocotb.utils import get_sim_time
from numpy.typing import NDArray

from ...bfm import StreamSource, device_under_test, start_clock, wait_for
from ...runs.runner import Bench
from .memories import WriteStore, beats_of, pack, position_bits

_FILE = "hw/rtl/engine/hgcn_load.sv"

BENCH = Bench(
    module="benches.engine.test_load",
    top="hgcn_load",
    sources=(_FILE,),
    presets=("tiny", "kv260", "vck190", "vck5000"),
)

MUTANTS = [
    (_FILE, "if (group_q == group_t'(Groups - 1)) addr_q", "if (group_q == '0) addr_q"),
    (_FILE, "cmd_i.position[BankBits-1:0] >> RowInBeatBits", "cmd_i.position[BankBits-1:0] >> 3"),
    (_FILE, "addr_q     <= cmd_i.position[PosBits-1:BankBits]", "addr_q     <= '0"),
    (_FILE, "wr_store_o <= cmd_i.store", "wr_store_o <= !cmd_i.store"),
    (_FILE, "write_q <= in_fire", "write_q <= in_valid_i"),
    (_FILE, "in_ready_o  = beats_left_q != '0", "in_ready_o  = active_q"),
    (_FILE, "in_ready_o  = beats_left_q != '0", "in_ready_o  = beats_left_q != '0 && !write_q"),
    (_FILE, "if (beats_left_q == '0) active_q", "if (beats_left_q <= 1) active_q"),
]

PERIOD_NS = 10
WRITE_CYCLES = 1  # Beat taken to write; idle follows the write at once


@cocotb.test()
@cocotb.parametrize(source_stall=[0.0, 0.5])
async def rows_land_at_consecutive_positions(dut: Any, source_stall: float) -> None:
    device = device_under_test()
    rng = random.Random(cocotb.RANDOM_SEED)
    seeded = np.random.default_rng(cocotb.RANDOM_SEED)
    dut.cmd_valid_i.value = 0
    source = StreamSource(
        dut.clk_i, dut.in_valid_i, dut.in_ready_o, {"data": dut.in_data_i}, stall=source_stall
    )
    store = WriteStore(dut, device)
    await start_clock(dut.clk_i, dut.rst_ni)
    line_rows = 64 // device.features
    want = store.rows.copy()
    writes = store.written.copy()

    jobs: list[tuple[int, int, NDArray[np.int8]]] = []
    for number in range(12):
        lines = rng.randint(1, 30) if number else 0
        count = lines * line_rows
        position = rng.randrange((device.store_rows - count) // line_rows + 1) * line_rows
        if number == 1:  # The last rows of the store
            position = device.store_rows - count
        chosen = rng.getrandbits(1)
        rows = seeded.integers(-128, 128, (count, device.features), dtype=np.int8)
        jobs.append((chosen, position, rows))
    streams = [beats_of(rows.tobytes(), device.axi_bytes) for _, _, rows in jobs]
    # All at once: the next command's beats wait at the door while the unit is idle.
    cocotb.start_soon(source.send([beat for beats in streams for beat in beats]))
    due = 0

    for (chosen, position, rows), beats in zip(jobs, streams, strict=True):
        count = len(rows)
        for _ in range(rng.randrange(3)):
            await RisingEdge(dut.clk_i)
        dut.cmd_i.value = pack((chosen, 1), (position, position_bits(device)), (len(beats), 32))
        dut.cmd_valid_i.value = 1
        assert dut.cmd_ready_o.value == 1
        await RisingEdge(dut.clk_i)
        dut.cmd_valid_i.value = 0
        want[chosen, position : position + count] = rows
        writes[chosen, position : position + count] += 1
        store.times_ns.clear()
        waited = await wait_for(dut.clk_i, lambda: dut.idle_o.value == 1, limit_cycles=5000)

        due += len(beats)
        assert len(source.times_ns) == due, "idle, but not just its own beats taken"
        # An idle unit has written everything.
        np.testing.assert_array_equal(store.written, writes)
        np.testing.assert_array_equal(store.rows, want)
        if beats:
            assert store.times_ns[-1] == get_sim_time("ns") - PERIOD_NS, "idle after the last write"
        if source_stall == 0 and beats:
            assert store.times_ns[-1] - store.times_ns[0] == (len(beats) - 1) * PERIOD_NS
            assert waited == len(beats) + 1 + WRITE_CYCLES


@cocotb.test()
async def busy_counts_beats(dut: Any) -> None:
    device = device_under_test()
    dut.cmd_valid_i.value = 0
    source = StreamSource(
        dut.clk_i, dut.in_valid_i, dut.in_ready_o, {"data": dut.in_data_i}, stall=0.5
    )
    await start_clock(dut.clk_i, dut.rst_ni)
    beats = beats_of(bytes(64 * 16), device.axi_bytes)
    dut.cmd_i.value = pack((0, 1), (0, position_bits(device)), (len(beats), 32))
    dut.cmd_valid_i.value = 1
    await RisingEdge(dut.clk_i)
    dut.cmd_valid_i.value = 0
    cocotb.start_soon(source.send(beats, limit_cycles=1000))
    busy = stalled = active = 0
    for _ in range(1000):
        await RisingEdge(dut.clk_i)
        busy += int(dut.busy_o.value)
        stalled += int(dut.stalled_o.value)
        active += 1 - int(dut.idle_o.value)
        if dut.idle_o.value == 1:
            break
    assert busy == len(beats)
    assert busy + stalled == active
