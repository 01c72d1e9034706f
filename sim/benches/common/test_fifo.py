# SPDX-License-Identifier: Apache-2.0
"""hgcn_fifo: items come out in order, a full and an empty FIFO included."""

from __future__ import annotations

import random
from typing import Any

import cocotb
from cocotb.triggers import RisingEdge

from ...bfm import StreamSink, StreamSource, parameters_under_test, start_clock
from ...runs.runner import Bench

_FILE = "hw/rtl/common/hgcn_fifo.sv"

BENCH = Bench(
    module="benches.common.test_fifo",
    top="hgcn_fifo",
    sources=(_FILE,),
    parameters=({"Width": 8, "Depth": 1}, {"Width": 33, "Depth": 4}, {"Width": 128, "Depth": 5}),
)

MUTANTS = [
    (_FILE, "in_ready_o  = count_q != count_t'(Depth);", "in_ready_o  = 1'b1;"),
    (_FILE, "in_ready_o  = count_q != count_t'(Depth);", "in_ready_o  = count_q == '0;"),
    (_FILE, "out_valid_o = count_q != '0;", "out_valid_o = 1'b1;"),
    (_FILE, "rd_ptr_q == LastPtr ? '0 : rd_ptr_q + 1'b1", "rd_ptr_q + 1'b1"),
    (_FILE, "+ count_t'(in_fire) - count_t'(out_fire)", "+ count_t'(in_fire && !out_fire)"),
]

PERIOD_NS = 10
LATENCY_CYCLES = 1


def _streams(dut: Any, source_stall: float, sink_stall: float) -> tuple[StreamSource, StreamSink]:
    clock = dut.clk_i
    return (
        StreamSource(
            clock, dut.in_valid_i, dut.in_ready_o, {"data": dut.in_data_i}, stall=source_stall
        ),
        StreamSink(
            clock,
            dut.out_valid_o,
            dut.out_ready_i,
            {"data": dut.out_data_o},
            stall=sink_stall,
            reset=dut.rst_ni,
        ),
    )


@cocotb.test()
@cocotb.parametrize(source_stall=[0.0, 0.5], sink_stall=[0.0, 0.5, 0.9])
async def items_pass_in_order(dut: Any, source_stall: float, sink_stall: float) -> None:
    rng = random.Random(cocotb.RANDOM_SEED)
    parameters = parameters_under_test()
    source, sink = _streams(dut, source_stall, sink_stall)
    await start_clock(dut.clk_i, dut.rst_ni)
    items = [{"data": rng.getrandbits(parameters["Width"])} for _ in range(200)]

    await source.send(items)

    assert await sink.receive(len(items)) == items
    if source_stall == sink_stall == 0 and parameters["Depth"] > 1:
        assert sink.times_ns[-1] - sink.times_ns[0] == (len(items) - 1) * PERIOD_NS
        assert sink.times_ns[0] - source.times_ns[0] == LATENCY_CYCLES * PERIOD_NS


@cocotb.test()
async def count_is_items_held(dut: Any) -> None:
    depth = parameters_under_test()["Depth"]
    source, sink = _streams(dut, 0.0, 1.0)
    await start_clock(dut.clk_i, dut.rst_ni)

    await source.send([{"data": item} for item in range(depth)])
    await RisingEdge(dut.clk_i)

    assert int(dut.count_o.value) == depth
    assert dut.in_ready_o.value == 0
    sink.stall = 0.0
    await sink.receive(depth)
    await RisingEdge(dut.clk_i)
    assert int(dut.count_o.value) == 0
    assert dut.out_valid_o.value == 0
