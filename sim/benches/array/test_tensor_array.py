# SPDX-License-Identifier: Apache-2.0
"""The tensor array: packets in on A and B, packets out on C, across two clocks."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge, Timer

from hgcn.arch.device import K0

from ...bfm import device_under_test
from ...runs.runner import Bench
from .plio_model import Beats, encode_a, encode_b, tensor_pe
from .ports import cut_packets, plio_sinks, plio_sources, stream_beats

_PE = "hw/rtl/array/hgcn_tensor_pe.sv"
_ARRAY = "hw/rtl/array/hgcn_tensor_array.sv"

BENCH = Bench(
    module="benches.array.test_tensor_array",
    top="hgcn_tensor_array",
    sources=("hw/rtl/common/hgcn_fifo.sv", "hw/rtl/common/hgcn_async_fifo.sv", _PE, _ARRAY),
    presets=("tiny", "kv260", "vek280"),
)

MUTANTS = [
    (_PE, "assign slice_done = issue && n_end && m_q ==", "assign slice_done = issue && m_q =="),
    (_PE, "(blk_meta_q.int8 || m_q[1:0] == 2'd3)", "(blk_meta_q.int8 || m_q[1:0] == 2'd2)"),
    (_PE, "{a_data_i, lo_q}", "{lo_q, a_data_i}"),
    (_PE, "a_op_q[8*i+:8] <= 8'(bits[i])", "a_op_q[8*i+:8] <= {8{bits[i]}}"),
    (_PE, "s1_first_q ? 32'd0 :", "1'b0 ? 32'd0 :"),
    (_PE, "32'($signed(dot_q[e]))", "32'(dot_q[e])"),
    (_PE, "(!blk_last_q || room_q != '0)", "1'b1"),
    (_PE, "!blk_valid_q || blk_done;", "!blk_valid_q;"),
    (_PE, "b_head_q || !b_full_q[b_wr_q]", "b_head_q || b_full_q == '0"),
    (_PE, "c_header.int8   = out_meta.int8;", "c_header.int8   = 1'b0;"),
    (_PE, "c_last_q <= out_pop &&", "c_last_q <= out_go &&"),
    (_PE, "localparam int unsigned DotBits = 19;", "localparam int unsigned DotBits = 18;"),
    (_ARRAY, "assign a_ready[c] = pe_a_ready && next_ready;", "assign a_ready[c] = pe_a_ready;"),
]

LIMIT_CYCLES = 30_000
FILL_CYCLES = 30
"""Crossings, pipeline and systolic skew of one packet, `array_clk_i` or `clk_i` cycles."""


@dataclass
class Work:
    """Packets of one PE row, and what its columns must answer."""

    a: list[Beats]
    b: list[list[Beats]]  # By column
    c: list[list[Beats]]


class ArrayBench:
    """The array between sources and sinks of all its ports."""

    def __init__(self, dut: Any, stalls: tuple[float, float]) -> None:
        self.dut = dut
        self.device = device_under_test()
        rows, cols = self.device.array_rows, self.device.array_cols
        self.rows, self.cols = rows, cols
        rng = random.Random(cocotb.RANDOM_SEED)
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        clock = dut.clk_i
        self.a = plio_sources(dut, clock, "plio_a", rows, stall=stalls[0], rng=rng)
        self.b = plio_sources(dut, clock, "plio_b", rows * cols, stall=stalls[0], rng=rng)
        self.c = plio_sinks(
            dut, clock, "plio_c", rows * cols, stall=stalls[1], rng=rng, reset=dut.rst_ni
        )

    @staticmethod
    async def start(
        dut: Any,
        *,
        stalls: tuple[float, float] = (0.0, 0.0),
        periods_ns: tuple[float, float] = (10.0, 8.0),
    ) -> ArrayBench:
        dut.rst_ni.value = 0
        dut.array_rst_ni.value = 0
        bench = ArrayBench(dut, stalls)
        Clock(dut.clk_i, periods_ns[0], unit="ns").start()
        await Timer(1.7, unit="ns")
        Clock(dut.array_clk_i, periods_ns[1], unit="ns").start()
        await Timer(10 * max(periods_ns), unit="ns")
        await RisingEdge(dut.array_clk_i)
        dut.array_rst_ni.value = 1
        await RisingEdge(dut.clk_i)
        dut.rst_ni.value = 1
        return bench

    def packet(self, slices: int, int8: bool, *, extreme: bool = False) -> tuple[Beats, ...]:
        """Return an A packet, then the B packet of each column, with one random tag."""
        device, tag = self.device, int(self.rng.integers(0, 1 << 16))
        shape = (device.block_rows, K0 * slices)
        features = device.pe_features
        if extreme:
            left = np.full(shape, -128 if int8 else 1, np.int8)
            rights = [np.full((shape[1], features), -128, np.int8)] * self.cols
        else:
            low, high = (-128, 128) if int8 else (0, 2)
            left = self.rng.integers(low, high, shape).astype(np.int8)
            rights = [
                self.rng.integers(-128, 128, (shape[1], features)).astype(np.int8)
                for _ in range(self.cols)
            ]
        b = (encode_b(right, tag=tag, int8=int8, n0=device.n0) for right in rights)
        return (encode_a(left, tag=tag, int8=int8), *b)

    def work(self, packets: list[tuple[Beats, ...]]) -> Work:
        """Return the work of one PE row."""
        columns = range(1, self.cols + 1)
        return Work(
            a=[packet[0] for packet in packets],
            b=[[packet[c] for packet in packets] for c in columns],
            c=[[tensor_pe(p[0], p[c], self.device) for p in packets] for c in columns],
        )

    def send(self, work: list[Work]) -> None:
        """Offer everything on every port."""
        for r, row in enumerate(work):
            limit = LIMIT_CYCLES
            cocotb.start_soon(self.a[r].send(stream_beats(row.a), limit_cycles=limit))
            for c in range(self.cols):
                source = self.b[r * self.cols + c]
                cocotb.start_soon(source.send(stream_beats(row.b[c]), limit_cycles=limit))

    async def check(self, work: list[Work]) -> None:
        """Wait for the answers of all PEs and compare them; nothing else may come."""
        for r, row in enumerate(work):
            for c in range(self.cols):
                beats = sum(map(len, row.c[c]))
                await self.c[r * self.cols + c].receive(beats, limit_cycles=LIMIT_CYCLES)
        await Timer(500, unit="ns")
        for r, row in enumerate(work):
            for c in range(self.cols):
                assert cut_packets(self.c[r * self.cols + c].beats) == row.c[c], f"PE {r}, {c}"

    @property
    def steps(self) -> int:
        """Array cycles of a slice."""
        return self.device.steps_per_slice


@cocotb.test()
@cocotb.parametrize(
    stalls=[(0.0, 0.0), (0.6, 0.0), (0.0, 0.7), (0.4, 0.4)],
    periods_ns=[(10.0, 8.0), (10.0, 2.3), (7.0, 13.1)],
)
async def packets_are_products(
    dut: Any, stalls: tuple[float, float], periods_ns: tuple[float, float]
) -> None:
    bench = await ArrayBench.start(dut, stalls=stalls, periods_ns=periods_ns)
    shapes = [(1, False), (3, True), (1, True), (1, True), (5, False), (2, False), (1, False)]
    work = []
    for _ in range(bench.rows):
        order = bench.rng.permutation(len(shapes))
        work.append(bench.work([bench.packet(*shapes[i]) for i in order]))

    bench.send(work)

    await bench.check(work)


@cocotb.test()
async def the_largest_sums_are_exact(dut: Any) -> None:
    bench = await ArrayBench.start(dut)
    packets = [bench.packet(3, int8, extreme=True) for int8 in (True, False)]
    work = [bench.work(packets) for _ in range(bench.rows)]

    bench.send(work)

    await bench.check(work)


@cocotb.test()
@cocotb.parametrize(int8=[False, True])
async def a_slice_takes_its_steps(dut: Any, int8: bool) -> None:
    """A fast PL clock keeps the streams up: then only the PEs' steps count."""
    pl_ns, array_ns = 2.0, 20.0
    bench = await ArrayBench.start(dut, periods_ns=(pl_ns, array_ns))
    device, slices = bench.device, 24
    work = [bench.work([bench.packet(slices, int8)]) for _ in range(bench.rows)]
    a_beats = device.block_rows // (2 if int8 else 16)
    per_slice = max(bench.steps, a_beats, device.pe_features // 2)

    bench.send(work)
    await bench.check(work)

    first = min(source.times_ns[0] for source in bench.a)
    for sink in bench.c:
        took = (sink.times_ns[0] - first) / array_ns
        assert took >= (slices - 1) * per_slice, f"{took} array cycles for {slices} slices"
        assert took <= slices * per_slice + FILL_CYCLES, f"{took} array cycles"


@cocotb.test()
async def a_packet_of_many_slices_hides_the_last_ones_output(dut: Any) -> None:
    """From n0 + 1 slices on, packets follow each other at S * Steps cycles."""
    array_ns = 20.0
    bench = await ArrayBench.start(dut, periods_ns=(2.0, array_ns))
    device, packets = bench.device, 6
    slices = device.n0 + 2
    per_slice = max(bench.steps, device.pe_features // 2)
    per_packet = max(slices * per_slice, slices * device.pe_features // 2 + 1)
    work = [
        bench.work([bench.packet(slices, False) for _ in range(packets)]) for _ in range(bench.rows)
    ]

    bench.send(work)
    await bench.check(work)

    for sink, row in zip(bench.c, np.repeat(np.array(work, object), bench.cols), strict=True):
        size = len(row.c[0][0])
        took = (sink.times_ns[(packets - 1) * size] - sink.times_ns[0]) / array_ns
        assert took <= (packets - 1) * per_packet + FILL_CYCLES, f"{took} array cycles"
