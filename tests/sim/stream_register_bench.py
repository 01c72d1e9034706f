# SPDX-License-Identifier: Apache-2.0
"""Beats through the one-beat register come out in order, whatever stalls."""

from __future__ import annotations

import random
from typing import Any

import cocotb
from hgcn_sim.bfm import StreamSink, StreamSource, parameters_under_test, start_clock

MUTANTS = [
    ("assign in_ready_o  = !valid_q || out_ready_i;", "assign in_ready_o  = 1'b1;"),
    ("if (in_ready_o) out_data_o <= in_data_i;", "if (in_valid_i) out_data_o <= in_data_i;"),
]


@cocotb.test()
@cocotb.parametrize(source_stall=[0.0, 0.5], sink_stall=[0.0, 0.5])
async def beats_pass_in_order(dut: Any, source_stall: float, sink_stall: float) -> None:
    rng = random.Random(cocotb.RANDOM_SEED)
    source = StreamSource(
        dut.clk_i, dut.in_valid_i, dut.in_ready_o, {"data": dut.in_data_i}, stall=source_stall
    )
    sink = StreamSink(
        dut.clk_i,
        dut.out_valid_o,
        dut.out_ready_i,
        {"data": dut.out_data_o},
        stall=sink_stall,
        reset=dut.rst_ni,
    )
    await start_clock(dut.clk_i, dut.rst_ni)
    width = parameters_under_test().get("Width", 8)
    beats = [{"data": rng.getrandbits(width)} for _ in range(200)]

    await source.send(beats)

    assert await sink.receive(200) == beats
    if source_stall == sink_stall == 0:
        assert sink.times_ns[-1] - sink.times_ns[0] == 199 * 10
