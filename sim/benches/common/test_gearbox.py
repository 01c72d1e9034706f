# SPDX-License-Identifier: Apache-2.0
"""hgcn_gearbox: the bytes taken are the bytes sent, whatever is taken at a time."""

from __future__ import annotations

import random
from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from ...bfm import StreamSource, parameters_under_test, start_clock
from ...runs.runner import Bench

_FILE = "hw/rtl/common/hgcn_gearbox.sv"

BENCH = Bench(
    module="benches.common.test_gearbox",
    top="hgcn_gearbox",
    sources=(_FILE,),
    parameters=(
        {"InBytes": 16, "OutBytes": 24, "Granule": 1},
        {"InBytes": 16, "OutBytes": 8, "Granule": 4},
        {"InBytes": 64, "OutBytes": 64, "Granule": 16},
    ),
)

MUTANTS = [
    (_FILE, "held_q <= held_t'(Hold - In) && !clear_i", "held_q <= held_t'(Hold) && !clear_i"),
    (_FILE, "held_q <= held_t'(Hold - In) && !clear_i", "held_q == '0 && !clear_i"),
    (_FILE, "kept | (bytes_t'(in_data_i)", "data_q | (bytes_t'(in_data_i)"),
    (_FILE, "<< (32'(kept_count) * GranuleBits)", "<< (32'(held_q) * GranuleBits)"),
    (_FILE, "    end else if (take_i) begin\n      data_q <= kept;\n", ""),
    (_FILE, "HoldBytes = InBytes + 2 * OutBytes", "HoldBytes = InBytes + OutBytes"),
    (
        _FILE,
        "    if (!rst_ni || clear_i) begin\n      held_q",
        "    if (!rst_ni) begin\n      held_q",
    ),
]

LATENCY_CYCLES = 1


class GearboxBench:
    """A source of random bytes, and a consumer that takes as many as ``choose`` says."""

    def __init__(self, dut: Any, *, source_stall: float) -> None:
        self.dut = dut
        self.rng = random.Random(cocotb.RANDOM_SEED)
        parameters = parameters_under_test()
        self.in_bytes, self.out_bytes = parameters["InBytes"], parameters["OutBytes"]
        self.granule = parameters["Granule"]
        dut.take_i.value = 0
        dut.take_bytes_i.value = self.granule
        dut.clear_i.value = 0
        self.source = StreamSource(
            dut.clk_i,
            dut.in_valid_i,
            dut.in_ready_o,
            {"data": dut.in_data_i},
            stall=source_stall,
        )

    def feed(self, beats: int) -> bytes:
        """Start sending random bytes; return them."""
        data = self.rng.randbytes(beats * self.in_bytes)
        chunks = [data[i : i + self.in_bytes] for i in range(0, len(data), self.in_bytes)]
        sent = [{"data": int.from_bytes(chunk, "little")} for chunk in chunks]
        cocotb.start_soon(self.source.send(sent))
        return data

    async def take(self, size: int) -> bytes:
        """Wait for half a cycle; take ``size`` bytes in the coming edge if they are held."""
        await FallingEdge(self.dut.clk_i)
        taken = b""
        if size and int(self.dut.out_count_o.value) >= size:
            self.dut.take_i.value = 1
            self.dut.take_bytes_i.value = size
            shown = int(self.dut.out_data_o.value) & ((1 << 8 * size) - 1)
            taken = shown.to_bytes(size, "little")
        await RisingEdge(self.dut.clk_i)
        self.dut.take_i.value = 0
        return taken


@cocotb.test()
@cocotb.parametrize(source_stall=[0.0, 0.5], idle=[0.0, 0.5])
async def bytes_pass_in_order(dut: Any, source_stall: float, idle: float) -> None:
    bench = GearboxBench(dut, source_stall=source_stall)
    await start_clock(dut.clk_i, dut.rst_ni)
    data = bench.feed(100)
    got = b""

    for _ in range(20_000):
        most = min(bench.out_bytes, len(data) - len(got)) // bench.granule
        size = bench.rng.randint(1, most) * bench.granule
        got += await bench.take(0 if bench.rng.random() < idle else size)
        if len(got) == len(data):
            break

    assert got == data


@cocotb.test()
async def full_takes_never_wait(dut: Any) -> None:
    """One full-size take per cycle if no more leaves than comes in."""
    bench = GearboxBench(dut, source_stall=0.0)
    await start_clock(dut.clk_i, dut.rst_ni)
    size = min(bench.out_bytes, bench.in_bytes)
    size -= size % (3 * bench.granule) if size > 3 * bench.granule else 0  # Not a divisor of a beat
    takes = 60
    bench.feed(takes * size // bench.in_bytes + 1)
    for _ in range(10):  # Filled up: the worst start, no beat fits
        await RisingEdge(dut.clk_i)

    taken = [await bench.take(size) for _ in range(takes)]

    assert all(len(part) == size for part in taken)


@cocotb.test()
async def a_beat_shows_one_cycle_later(dut: Any) -> None:
    bench = GearboxBench(dut, source_stall=0.0)
    await start_clock(dut.clk_i, dut.rst_ni)
    data = bench.feed(1)
    await RisingEdge(dut.clk_i)  # The beat is taken in this edge
    await FallingEdge(dut.clk_i)

    assert int(dut.out_count_o.value) == bench.in_bytes
    shown = min(bench.in_bytes, bench.out_bytes)
    mask = (1 << 8 * shown) - 1
    assert int(dut.out_data_o.value) & mask == int.from_bytes(data[:shown], "little")


@cocotb.test()
async def clear_drops_everything(dut: Any) -> None:
    bench = GearboxBench(dut, source_stall=0.0)
    await start_clock(dut.clk_i, dut.rst_ni)
    bench.feed(1)
    for _ in range(3):
        await RisingEdge(dut.clk_i)
    dut.clear_i.value = 1
    await RisingEdge(dut.clk_i)
    dut.clear_i.value = 0
    await RisingEdge(dut.clk_i)
    assert int(dut.out_count_o.value) == 0
    data = bench.feed(1)
    got = b""
    for _ in range(100):
        got += await bench.take(bench.granule)
        if len(got) == len(data):
            break
    assert got == data
