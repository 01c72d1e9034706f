# SPDX-License-Identifier: Apache-2.0
"""hgcn_ram: reads what was written, and keeps it while not enabled."""

from __future__ import annotations

import random
from typing import Any

import cocotb
from cocotb.triggers import RisingEdge

from ...bfm import parameters_under_test, start_clock
from ...runs.runner import Bench

_FILE = "hw/rtl/common/hgcn_ram.sv"

BENCH = Bench(
    module="benches.common.test_ram",
    top="hgcn_ram",
    sources=(_FILE,),
    parameters=({"Width": 64, "Depth": 5}, {"Width": 256, "Depth": 128}),
)

MUTANTS = [
    (_FILE, "if (wr_en_i) mem_q", "mem_q"),
    (_FILE, "if (rd_en_i) rd_data_o", "rd_data_o"),
    (_FILE, "<= mem_q[rd_addr_i];", "<= mem_q[wr_addr_i];"),
]


@cocotb.test()
async def reads_return_the_last_write(dut: Any) -> None:
    rng = random.Random(cocotb.RANDOM_SEED)
    parameters = parameters_under_test()
    depth, width = parameters["Depth"], parameters["Width"]
    memory: dict[int, int] = {}
    dut.wr_en_i.value = 0
    dut.rd_en_i.value = 0
    await start_clock(dut.clk_i, dut.rst_ni)
    expected: int | None = None

    for _ in range(2000):
        write, wr_addr, data = rng.random() < 0.5, rng.randrange(depth), rng.getrandbits(width)
        rd_addr = rng.randrange(depth)
        read = rng.random() < 0.5 and rd_addr in memory and not (write and wr_addr == rd_addr)
        dut.wr_en_i.value = int(write)
        dut.wr_addr_i.value = wr_addr
        dut.wr_data_i.value = data
        dut.rd_en_i.value = int(read)
        dut.rd_addr_i.value = rd_addr
        await RisingEdge(dut.clk_i)
        if expected is not None:
            assert int(dut.rd_data_o.value) == expected
        if read:
            expected = memory[rd_addr]
        if write:
            memory[wr_addr] = data
