# SPDX-License-Identifier: Apache-2.0
"""hgcn_axi_write: commands and beats to AXI4 write bursts."""

from __future__ import annotations

import random
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge, Timer

from ...bfm import StreamSource, device_under_test, start_clock, wait_for
from ...runs.runner import Bench
from .axi_memory import WriteMemory

_FILE = "hw/rtl/memory/hgcn_axi_write.sv"
_PACKAGE = "hw/rtl/memory/hgcn_axi_pkg.sv"
_FIFO = "hw/rtl/memory/hgcn_ram_fifo.sv"

BENCH = Bench(
    module="benches.memory.test_axi_write",
    top="hgcn_axi_write",
    sources=(_PACKAGE, _FIFO, _FILE),
    presets=("tiny", "vck190"),
)

MUTANTS = [
    (_FILE, "assign to_boundary = 5'd16 - {1'b0, line_q[3:0]};", "assign to_boundary = 5'd16;"),
    (_FILE, "unclaimed_q >= chunk_beats", "unclaimed_q != '0"),
    (_FILE, "!order_full && !stop_i && (!aw", "!stop_i && (!aw"),
    (_FILE, "!order_full && !stop_i && (!aw", "!order_full && (!aw"),
    (
        _FILE,
        "!aw_valid_q && order_write_q == order_b_q && !b_valid_q",
        "!aw_valid_q && order_write_q == order_w_q",
    ),
    (
        _FILE,
        "assign w_last     = w_beat_q == w_burst.len;",
        "assign w_last     = w_beat_q == 8'd15;",
    ),
    (_FILE, "w_last ? '0 : w_beat_q", "w_beat_q"),
    (_FILE, "b_valid_q && b_error_q", "b_valid_q && !b_error_q"),
    (_FILE, "unclaimed_q <= '0;", ""),
    (_FILE, "cmd_ready_o = !stop_i && cmd_write_q", "cmd_ready_o = cmd_write_q"),
    (
        _FILE,
        "assign in_ready_o = fifo_ready && !stop_i;",
        "assign in_ready_o = fifo_ready;",
    ),
    (_FILE, "line_q <= line_q + line_t'(chunk)", "line_q <= line_q + line_t'(16)"),
    (_FILE, "awburst: BurstIncr,", "awburst: '0,"),
    (_FIFO, "(!out_valid_q || out_ready_i)", "!out_valid_q"),
]

LINE = 64
MEMORY_LINES = 4096
LAST_BEAT_TO_AW_CYCLES = 2


class WriteBench:
    """The writer, its memory, and what the memory should hold."""

    def __init__(self, dut: Any, *, source_stall: float) -> None:
        self.dut = dut
        self.rng = random.Random(cocotb.RANDOM_SEED)
        self.beat_bytes = device_under_test().axi_bytes
        self.data = np.zeros(MEMORY_LINES * LINE, dtype=np.uint8)
        self.want = np.zeros_like(self.data)
        self.errors: list[int] = []
        self.source_stall = source_stall
        self.memory: WriteMemory
        self.source: StreamSource

    @classmethod
    async def start(
        cls, dut: Any, *, source_stall: float = 0.0, error_at: int | None = None, **memory: Any
    ) -> WriteBench:
        bench = cls(dut, source_stall=source_stall)
        dut.cmd_valid_i.value = 0
        dut.stop_i.value = 0
        bench.memory = WriteMemory(
            dut, bench.data, beat_bytes=bench.beat_bytes, error_at=error_at, **memory
        )
        bench.source = StreamSource(
            dut.clk_i,
            dut.in_valid_i,
            dut.in_ready_o,
            {"data": dut.in_data_i},
            stall=source_stall,
            rng=bench.rng,
        )
        dut.rst_ni.value = 0
        await Timer(1, "ns")  # Registers and inputs start random; no edge may see them
        await start_clock(dut.clk_i, dut.rst_ni)
        cocotb.start_soon(bench._watch())
        return bench

    async def _watch(self) -> None:
        while True:
            await RisingEdge(self.dut.clk_i)
            if self.dut.bad_response_o.value == 1:
                self.errors.append(int(self.dut.bad_response_tag_o.value))

    def beats(self, line: int, lines: int) -> list[dict[str, int]]:
        """Random beats for a range; notes what memory then holds."""
        body = self.rng.randbytes(lines * LINE)
        start = line * LINE
        self.want[start : start + len(body)] = np.frombuffer(body, dtype=np.uint8)
        size = self.beat_bytes
        chunks = (body[i : i + size] for i in range(0, len(body), size))
        return [{"data": int.from_bytes(chunk, "little")} for chunk in chunks]

    def offer(self, line: int, lines: int, tag: int = 0) -> None:
        """Show a command; it may or may not be taken."""
        dut = self.dut
        dut.cmd_valid_i.value = 1
        dut.cmd_line_i.value, dut.cmd_lines_i.value, dut.cmd_tag_i.value = line, lines, tag

    async def command(self, line: int, lines: int, tag: int = 0) -> None:
        """Offer a command until it is taken."""
        dut = self.dut
        self.offer(line, lines, tag)
        await wait_for(
            dut.clk_i, lambda: dut.cmd_ready_o.value == 1, limit_cycles=20_000, what="cmd_ready_o"
        )
        dut.cmd_valid_i.value = 0

    def ranges(self, count: int) -> list[tuple[int, int]]:
        """Random ranges one after the other, with gaps, mostly short."""
        found, line = [], self.rng.randrange(64)
        for _ in range(count):
            lines = self.rng.choice([1, 1, 2, 15, 16, 17, self.rng.randrange(1, 70)])
            found.append((line, lines))
            line += lines + self.rng.randrange(20)
        assert line < MEMORY_LINES
        return found

    async def write(self, ranges: list[tuple[int, int]]) -> None:
        """Issue commands and beats side by side."""
        beats = [beat for line, lines in ranges for beat in self.beats(line, lines)]

        async def commands() -> None:
            for tag, (line, lines) in enumerate(ranges):
                await self.command(line, lines, tag)

        task = cocotb.start_soon(commands())
        try:
            await self.source.send(beats, limit_cycles=200_000)
            await task
        finally:  # Whoever is cancelled offers no more commands
            task.cancel()

    async def settle(self) -> None:
        """Wait until the writer is idle."""
        await wait_for(
            self.dut.clk_i, lambda: self.dut.idle_o.value == 1, limit_cycles=20_000, what="idle_o"
        )


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize(source_stall=[0.0, 0.5], memory_stall=[0.0, 0.6])
async def memory_holds_what_was_sent(dut: Any, source_stall: float, memory_stall: float) -> None:
    bench = await WriteBench.start(dut, source_stall=source_stall, stall=memory_stall, latency=30)

    await bench.write(bench.ranges(40))
    await bench.settle()

    assert bench.memory.responses == len(bench.memory.bursts), "idle before the last response"
    assert np.array_equal(bench.data, bench.want)
    assert bench.errors == []


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def no_more_bursts_are_outstanding_than_it_can_note(dut: Any) -> None:
    bench = await WriteBench.start(dut, latency=3000)

    await bench.write([(20 * i, 1) for i in range(40)])
    await bench.settle()

    assert bench.memory.responses == len(bench.memory.bursts) == 40
    assert np.array_equal(bench.data, bench.want)


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def an_error_response_is_named(dut: Any) -> None:
    bench = await WriteBench.start(dut, latency=9, error_at=100 * LINE)

    await bench.write([(10, 30), (98, 5), (200, 3)])
    await bench.settle()

    assert bench.errors == [1]


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def a_burst_never_waits_for_data(dut: Any) -> None:
    bench = await WriteBench.start(dut, source_stall=0.7)

    await bench.write([(0, 64)])
    await bench.settle()

    beats = 16 * LINE // bench.beat_bytes
    for burst in range(4):
        cycles = bench.memory.w_cycles[burst * beats : (burst + 1) * beats]
        assert cycles[-1] - cycles[0] == beats - 1


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def it_writes_a_beat_every_cycle(dut: Any) -> None:
    bench = await WriteBench.start(dut, latency=20)

    await bench.write([(0, 400)])
    await bench.settle()

    cycles = bench.memory.w_cycles
    assert cycles[-1] - cycles[0] == len(cycles) - 1


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def latency_is_as_stated(dut: Any) -> None:
    bench = await WriteBench.start(dut)
    await bench.command(5, 1)
    for _ in range(5):
        await RisingEdge(dut.clk_i)
    await bench.source.send(bench.beats(5, 1))
    sent = bench.memory.cycle
    await bench.settle()

    assert bench.memory.bursts[0][0] - sent == LAST_BEAT_TO_AW_CYCLES
    assert bench.memory.w_cycles[0] - sent == LAST_BEAT_TO_AW_CYCLES


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize(memory_stall=[0.0, 0.6])
async def a_stop_ends_bursts_properly_and_forgets_the_rest(dut: Any, memory_stall: float) -> None:
    bench = await WriteBench.start(dut, stall=memory_stall, latency=15)
    for _ in range(10):
        bench.source.stall = bench.rng.choice([0.0, 0.5])
        task = cocotb.start_soon(bench.write(bench.ranges(6)))
        bench.memory.held = bench.rng.random() < 0.5
        for _ in range(bench.rng.randrange(1, 250)):
            await RisingEdge(dut.clk_i)
        dut.stop_i.value = 1
        task.cancel()
        dut.cmd_valid_i.value = 0
        dut.in_valid_i.value = 0
        bench.source.valid.value = 0
        bench.memory.held = False
        await RisingEdge(dut.clk_i)
        asked = len(bench.memory.bursts)
        for _ in range(3):
            await RisingEdge(dut.clk_i)
        await bench.settle()
        assert len(bench.memory.bursts) <= asked + 2, "bursts start in spite of the stop"
        assert bench.memory.responses == len(bench.memory.bursts)
        dut.stop_i.value = 0
        await RisingEdge(dut.clk_i)

        bench.data[:] = 0
        bench.want[:] = 0
        await bench.write(bench.ranges(5))
        await bench.settle()
        assert np.array_equal(bench.data, bench.want)


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def what_is_offered_as_the_stop_rises_is_not_taken(dut: Any) -> None:
    """The offers of the cycle before show once more; their sources are reset and forget them."""
    bench = await WriteBench.start(dut)
    for cycles in (1, 2, 7):
        bench.offer(7, 3)
        dut.in_valid_i.value = 1
        dut.stop_i.value = 1
        for _ in range(cycles):
            await RisingEdge(dut.clk_i)
            assert dut.cmd_ready_o.value == 0 and dut.in_ready_o.value == 0
            assert dut.idle_o.value == 1
            dut.cmd_valid_i.value = dut.in_valid_i.value = 0
        dut.stop_i.value = 0

        await bench.write(bench.ranges(3))
        await bench.settle()
    assert bench.memory.responses == len(bench.memory.bursts)
    assert np.array_equal(bench.data, bench.want)
