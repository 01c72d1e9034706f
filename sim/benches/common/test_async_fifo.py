# SPDX-License-Identifier: Apache-2.0
"""The clock-crossing FIFO against a list, with unrelated clocks and stalls on both sides."""

from __future__ import annotations

import random
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge, Timer

from ...bfm import StreamSink, StreamSource, wait_for
from ...runs.runner import Bench

_FILE = "hw/rtl/common/hgcn_async_fifo.sv"

BENCH = Bench(
    module="benches.common.test_async_fifo",
    top="hgcn_async_fifo",
    sources=(_FILE,),
    parameters=({}, {"Width": 129, "Depth": 32}),
)

MUTANTS = [
    (_FILE, "wgray_meta_q <= wgray_q;", "wgray_meta_q <= wptr_q;"),
    (_FILE, "wgray_sync_q <= wgray_meta_q;", "wgray_sync_q <= wgray_q;"),
    (_FILE, "wgray_q <= gray(wptr_next);", "wgray_q <= wptr_next;"),
    (_FILE, "mem_q[wptr_q[AddrBits-1:0]] <=", "mem_q[rptr_q[AddrBits-1:0]] <="),
    (_FILE, "{~rgray_sync_q[AddrBits:AddrBits-1]", "{rgray_sync_q[AddrBits:AddrBits-1]"),
    (_FILE, "full_q <= gray(wptr_next) ==", "full_q <= wgray_q =="),
    (_FILE, "valid_q <= gray(rptr_next) !=", "valid_q <= rgray_q !="),
    (_FILE, "!= wgray_sync_q;", "!= wgray_sync_q && !pop;"),
    (_FILE, "if (!out_rst_ni) begin\n      rptr_q <= '0;", "if (!out_rst_ni) begin"),
]

PERIODS_NS = ((10.0, 7.3), (7.3, 10.0), (10.0, 2.4), (10.0, 10.0))
LATENCY_EDGES = 4  # Of the receiving clock, from the edge that took the beat to the one it is taken


async def _start(
    dut: Any, periods: tuple[float, float], stalls: tuple[float, float]
) -> tuple[StreamSource, StreamSink]:
    rng = random.Random(cocotb.RANDOM_SEED)
    dut.in_rst_ni.value = 0
    dut.out_rst_ni.value = 0
    source = StreamSource(
        dut.in_clk_i,
        dut.in_valid_i,
        dut.in_ready_o,
        {"data": dut.in_data_i},
        stall=stalls[0],
        rng=rng,
    )
    Clock(dut.in_clk_i, periods[0], unit="ns").start()
    await Timer(3.1, unit="ns")
    Clock(dut.out_clk_i, periods[1], unit="ns").start()
    sink = StreamSink(
        dut.out_clk_i,
        dut.out_valid_o,
        dut.out_ready_i,
        {"data": dut.out_data_o},
        stall=stalls[1],
        rng=rng,
        reset=dut.out_rst_ni,
    )
    await Timer(60, unit="ns")
    await RisingEdge(dut.out_clk_i)
    dut.out_rst_ni.value = 1
    await RisingEdge(dut.in_clk_i)
    dut.in_rst_ni.value = 1
    return source, sink


def _beats(dut: Any, count: int) -> list[dict[str, int]]:
    rng = random.Random(cocotb.RANDOM_SEED + 7)
    return [{"data": rng.getrandbits(len(dut.in_data_i))} for _ in range(count)]


@cocotb.test()
@cocotb.parametrize(
    periods=PERIODS_NS, stalls=[(0.0, 0.0), (0.6, 0.0), (0.0, 0.6), (0.4, 0.4), (0.0, 0.95)]
)
async def every_beat_crosses_in_order(
    dut: Any, periods: tuple[float, float], stalls: tuple[float, float]
) -> None:
    source, sink = await _start(dut, periods, stalls)
    beats = _beats(dut, 150)

    sending = cocotb.start_soon(source.send(beats, limit_cycles=20_000))
    received = await sink.receive(len(beats), limit_cycles=20_000)
    await sending
    await Timer(200, unit="ns")

    assert received == beats
    assert len(sink.beats) == len(beats)


@cocotb.test()
@cocotb.parametrize(periods=PERIODS_NS)
async def crosses_at_the_slower_clock(dut: Any, periods: tuple[float, float]) -> None:
    source, sink = await _start(dut, periods, (0.0, 0.0))
    beats = _beats(dut, 200)

    sending = cocotb.start_soon(source.send(beats, limit_cycles=5_000))
    await sink.receive(len(beats), limit_cycles=5_000)
    await sending

    taken_ns = sink.times_ns[-1] - sink.times_ns[40]
    assert taken_ns <= (len(beats) - 41) * max(periods) + 2 * max(periods)


@cocotb.test()
@cocotb.parametrize(periods=PERIODS_NS)
async def a_beat_shows_at_the_third_edge(dut: Any, periods: tuple[float, float]) -> None:
    source, sink = await _start(dut, periods, (0.0, 0.0))

    for count, beat in enumerate(_beats(dut, 10), start=1):
        await source.send([beat], limit_cycles=100)
        await sink.receive(count, limit_cycles=100)
        took_ns = sink.times_ns[-1] - source.times_ns[-1]
        assert took_ns <= LATENCY_EDGES * periods[1], f"{took_ns} ns"
        assert took_ns > (LATENCY_EDGES - 1) * periods[1], f"{took_ns} ns"


@cocotb.test()
async def a_full_fifo_holds_depth_beats(dut: Any) -> None:
    source, sink = await _start(dut, (10.0, 7.3), (0.0, 1.0))
    depth = int(dut.Depth.value)
    beats = _beats(dut, depth)

    await source.send(beats, limit_cycles=100)
    for _ in range(20):
        await RisingEdge(dut.in_clk_i)

    assert dut.in_ready_o.value == 0
    sink.stall = 0.0
    assert await sink.receive(depth, limit_cycles=200) == beats
    await wait_for(
        dut.in_clk_i, lambda: dut.in_ready_o.value == 1, limit_cycles=20, what="room again"
    )


@cocotb.test()
async def comes_up_empty_after_a_reset_of_both(dut: Any) -> None:
    source, sink = await _start(dut, (10.0, 7.3), (0.0, 1.0))
    await source.send(_beats(dut, 9), limit_cycles=100)
    dut.in_rst_ni.value = 0
    dut.out_rst_ni.value = 0
    await Timer(100, unit="ns")
    sink.stall = 0.0
    await RisingEdge(dut.in_clk_i)
    dut.in_rst_ni.value = 1
    await RisingEdge(dut.out_clk_i)
    dut.out_rst_ni.value = 1
    beats = _beats(dut, 5)

    await source.send(beats, limit_cycles=100)
    await sink.receive(len(beats), limit_cycles=100)
    await Timer(200, unit="ns")

    assert sink.beats == beats
