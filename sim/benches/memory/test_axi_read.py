# SPDX-License-Identifier: Apache-2.0
"""hgcn_axi_read: six clients' streams through one read master."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge, Timer

from hgcn.isa.checksum import stream_checksum

from ...bfm import device_under_test, start_clock, wait_for
from ...runs.runner import Bench
from .axi_memory import ReadMemory

_FILE = "hw/rtl/memory/hgcn_axi_read.sv"
_PACKAGE = "hw/rtl/memory/hgcn_axi_pkg.sv"
_FIFO = "hw/rtl/memory/hgcn_ram_fifo.sv"
_READER = "hw/rtl/memory/hgcn_stream_reader.sv"
_CHECKSUM = "hw/rtl/memory/hgcn_checksum.sv"

BENCH = Bench(
    module="benches.memory.test_axi_read",
    top="hgcn_axi_read",
    sources=(_PACKAGE, _FIFO, _READER, _CHECKSUM, _FILE),
    presets=("vck190", "tiny"),
)

MUTANTS = [
    (
        _FIFO,
        "out_valid_q <= read || (out_valid_q && !out_ready_i);",
        "out_valid_q <= read || out_valid_q;",
    ),
    (
        _READER,
        "assign to_boundary   = 5'd16 - {1'b0, line_q[3:0]};",
        "assign to_boundary   = 5'd16;",
    ),
    (
        _READER,
        "reserved_q <= count_t'(FifoBeats) - chunk_beats",
        "reserved_q <= count_t'(FifoBeats)",
    ),
    (_READER, "- count_t'(freed)", "- count_t'(in_valid_i)"),
    (_FILE, "order_pop   = r_valid_q && r_last_q", "order_pop   = r_valid_q"),
    (_FILE, "if (grant_fire) turn_q <= grant;", ""),
    (_FILE, "&client_idle && order_empty", "&client_idle"),
    (_FILE, "in_valid && r_error_q", "in_valid && !r_error_q"),
    (_FILE, "stop_i ? '0 : client_ready;", "client_ready;"),
    (_FILE, "arsize: BeatSize,", "arsize: '0,"),
    (_CHECKSUM, "s1_now * word_t'(Quads)", "s1_now"),
    (_CHECKSUM, "word_t'(Quads - i)", "word_t'(1)"),
    (_CHECKSUM, "s2_q[side2_q.stream] <= side2_q.last ? '0 : s2_d", "s2_q[side2_q.stream] <= s2_d"),
    (_CHECKSUM, "valid2_q && side2_q.last", "valid2_q"),
]

CLIENTS = 6
LINE = 64
MEMORY_LINES = 4096
COMMAND_TO_AR_CYCLES = 4
R_TO_OUT_CYCLES = 3


@dataclass(frozen=True)
class Stream:
    """A read command and its client."""

    client: int
    line: int
    lines: int
    tag: int
    s1: int = 0
    s2: int = 0


class ReadBench:
    """The reader, its memory, and what each client took."""

    def __init__(self, dut: Any, *, sink_stall: float) -> None:
        self.dut = dut
        self.rng = random.Random(cocotb.RANDOM_SEED)
        self.beat_bytes = device_under_test().axi_bytes
        seeded = np.random.default_rng(cocotb.RANDOM_SEED)
        self.data = seeded.integers(0, 256, MEMORY_LINES * LINE, dtype=np.uint8)
        self.sink_stall = [sink_stall] * CLIENTS
        self.taken: list[list[int]] = [[] for _ in range(CLIENTS)]
        self.out_cycles: list[int] = []
        self.checksum_errors: list[int] = []
        self.response_errors: list[int] = []
        self.command_cycles: list[int] = []
        self.memory: ReadMemory

    @classmethod
    async def start(
        cls, dut: Any, *, sink_stall: float = 0.0, error_at: int | None = None, **memory: Any
    ) -> ReadBench:
        bench = cls(dut, sink_stall=sink_stall)
        dut.cmd_valid_i.value = 0
        dut.stop_i.value = 0
        dut.out_ready_i.value = 0
        bench.memory = ReadMemory(
            dut, bench.data, beat_bytes=bench.beat_bytes, error_at=error_at, **memory
        )
        dut.rst_ni.value = 0
        await Timer(1, "ns")  # Registers and inputs start random; no edge may see them
        await start_clock(dut.clk_i, dut.rst_ni)
        cocotb.start_soon(bench._clients())
        return bench

    async def _clients(self) -> None:
        dut, ready = self.dut, 0
        while True:
            await RisingEdge(dut.clk_i)
            moved = int(dut.out_valid_o.value) & ready
            for client in range(CLIENTS):
                if moved >> client & 1:
                    self.taken[client].append(int(dut.out_data_o[client].value))
                    self.out_cycles.append(self.memory.cycle)
            if dut.bad_checksum_o.value == 1:
                self.checksum_errors.append(int(dut.bad_checksum_tag_o.value))
            if dut.bad_response_o.value == 1:
                self.response_errors.append(int(dut.bad_response_tag_o.value))
            ready = 0
            for client, stall in enumerate(self.sink_stall):
                ready |= int(stall == 0 or self.rng.random() >= stall) << client
            dut.out_ready_i.value = ready

    def bytes_of(self, stream: Stream) -> bytes:
        """The stream's bytes in memory."""
        return self.data[stream.line * LINE : (stream.line + stream.lines) * LINE].tobytes()

    def random_stream(self, client: int, tag: int, *, checked: bool = True) -> Stream:
        """A stream anywhere in memory, mostly short."""
        lines = self.rng.choice([1, 1, 2, 15, 16, 17, self.rng.randrange(1, 90)])
        line = self.rng.randrange(MEMORY_LINES - lines)
        plain = Stream(client, line, lines, tag)
        pair = stream_checksum(self.bytes_of(plain)) if checked else (0, 0)
        return Stream(client, line, lines, tag, *pair)

    def offer(self, stream: Stream) -> None:
        """Show a command; it may or may not be taken."""
        dut = self.dut
        dut.cmd_valid_i.value = 1 << stream.client
        dut.cmd_line_i.value, dut.cmd_lines_i.value = stream.line, stream.lines
        dut.cmd_s1_i.value, dut.cmd_s2_i.value = stream.s1, stream.s2
        dut.cmd_tag_i.value = stream.tag

    async def ask(self, stream: Stream) -> None:
        """Offer a command until its client takes it."""
        dut = self.dut
        self.offer(stream)
        ready = 0

        def taken() -> bool:
            nonlocal ready
            ready = int(dut.cmd_ready_o.value)
            return bool(ready >> stream.client & 1)

        await wait_for(dut.clk_i, taken, limit_cycles=20_000, what="cmd_ready_o")
        self.command_cycles.append(self.memory.cycle)
        dut.cmd_valid_i.value = 0

    def expected(self, streams: list[Stream], client: int) -> list[int]:
        """The beats the client gets."""
        data = b"".join(self.bytes_of(stream) for stream in streams if stream.client == client)
        size = self.beat_bytes
        chunks = (data[i : i + size] for i in range(0, len(data), size))
        return [int.from_bytes(chunk, "little") for chunk in chunks]

    async def finish(self, streams: list[Stream], clients: range = range(CLIENTS)) -> None:
        """Wait for every beat of ``clients``, and compare."""
        want = {client: self.expected(streams, client) for client in clients}

        def done() -> bool:
            return all(len(self.taken[client]) >= len(want[client]) for client in clients)

        await wait_for(self.dut.clk_i, done, limit_cycles=60_000, what="the last beat")
        for client in clients:
            assert self.taken[client] == want[client], f"client {client} got other beats"

    async def settle(self) -> None:
        """Wait until the reader is idle."""
        await wait_for(
            self.dut.clk_i, lambda: self.dut.idle_o.value == 1, limit_cycles=20_000, what="idle_o"
        )


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize(memory_stall=[0.0, 0.5], sink_stall=[0.0, 0.6])
async def every_client_gets_its_streams_in_order(
    dut: Any, memory_stall: float, sink_stall: float
) -> None:
    bench = await ReadBench.start(dut, sink_stall=sink_stall, stall=memory_stall, latency=20)
    clients = [bench.rng.randrange(CLIENTS) for _ in range(60)]
    streams = [
        bench.random_stream(client, tag, checked=bench.rng.random() < 0.8)
        for tag, client in enumerate(clients)
    ]

    for stream in streams:
        await bench.ask(stream)
    await bench.finish(streams)
    await bench.settle()

    assert bench.memory.beats == sum(s.lines for s in streams) * LINE // bench.beat_bytes
    assert bench.memory.outstanding == 0
    assert bench.checksum_errors == [] and bench.response_errors == []


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def a_wrong_checksum_is_found_and_named(dut: Any) -> None:
    bench = await ReadBench.start(dut, latency=5)
    wrong = set()
    streams: list[Stream] = []
    for tag in range(40):
        stream = bench.random_stream(bench.rng.randrange(CLIENTS), tag)
        if bench.rng.random() < 0.3:
            wrong.add(tag)
            flip = 1 << bench.rng.randrange(32)
            first = bench.rng.random() < 0.5
            s1, s2 = (stream.s1 ^ flip, stream.s2) if first else (stream.s1, stream.s2 ^ flip)
            stream = Stream(stream.client, stream.line, stream.lines, tag, s1, s2)
        streams.append(stream)

    for stream in streams:
        await bench.ask(stream)
    await bench.settle()

    assert set(bench.checksum_errors) == wrong
    assert len(bench.checksum_errors) == len(wrong)


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def idle_waits_for_the_verdict(dut: Any) -> None:
    bench = await ReadBench.start(dut, latency=5)
    await bench.ask(Stream(1, 7, 3, 99, 1, 2))

    await bench.settle()

    assert bench.checksum_errors == [99]


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def an_error_response_is_named(dut: Any) -> None:
    bench = await ReadBench.start(dut, latency=9, error_at=100 * LINE)
    await bench.ask(Stream(2, 90, 10, 41))
    await bench.ask(Stream(4, 99, 5, 42))
    await bench.ask(Stream(3, 101, 5, 43))
    await bench.settle()

    assert bench.response_errors == [42]


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def a_client_that_takes_nothing_blocks_no_other(dut: Any) -> None:
    bench = await ReadBench.start(dut, latency=10)
    for stalled in (2, 4):
        bench.sink_stall[stalled] = 1.0
    streams = [Stream(2, 0, 2000, 0), Stream(4, 2000, 2000, 1)]
    streams += [bench.random_stream(client, 2) for client in (1, 3, 5) * 3]

    for stream in streams:
        await bench.ask(stream)
    for client in (1, 3, 5):
        await bench.finish(streams, range(client, client + 1))

    # The stalled clients fill up; then no beat of theirs waits at the memory.
    for _ in range(2500):
        await RisingEdge(dut.clk_i)
    assert bench.memory.outstanding == 0
    for stalled in (2, 4):
        bench.sink_stall[stalled] = 0.0
    await bench.finish(streams)


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def bursts_of_busy_clients_take_turns(dut: Any) -> None:
    bench = await ReadBench.start(dut, latency=10)
    streams = [Stream(client, 600 * client, 320, client) for client in range(1, CLIENTS)]
    for stream in streams:
        await bench.ask(stream)
    await bench.finish(streams)

    middle = [address // LINE // 600 for _, address, _ in bench.memory.bursts[20:60]]
    counts = [middle.count(client) for client in range(1, CLIENTS)]
    assert max(counts) - min(counts) <= 1, f"bursts by client: {counts}"


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def latency_is_as_stated(dut: Any) -> None:
    bench = await ReadBench.start(dut, latency=10)
    await bench.settle()
    await bench.ask(Stream(1, 16, 1, 0))
    await bench.finish([Stream(1, 16, 1, 0)])

    # ARVALID is seen high by the memory one edge after the cycle it rises in
    assert bench.memory.bursts[0][0] - bench.command_cycles[0] == COMMAND_TO_AR_CYCLES
    first_r = bench.memory.bursts[0][0] + 10 + 1
    assert bench.out_cycles[0] - first_r == R_TO_OUT_CYCLES


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def one_client_reads_a_beat_every_cycle(dut: Any) -> None:
    bench = await ReadBench.start(dut, latency=100)
    stream = Stream(2, 16, 1600, 0)
    await bench.ask(stream)
    await bench.finish([stream])

    beats = stream.lines * LINE // bench.beat_bytes
    assert bench.out_cycles[-1] - bench.out_cycles[0] == beats - 1


@cocotb.test(timeout_time=4, timeout_unit="ms")
@cocotb.parametrize(memory_stall=[0.0, 0.5])
async def after_a_stop_it_works_as_new(dut: Any, memory_stall: float) -> None:
    bench = await ReadBench.start(dut, sink_stall=0.3, stall=memory_stall, latency=40)
    for trial in range(8):
        for tag in range(bench.rng.randrange(1, 12)):
            await bench.ask(bench.random_stream(bench.rng.randrange(CLIENTS), tag))
        for _ in range(bench.rng.randrange(120)):
            await RisingEdge(dut.clk_i)
        dut.stop_i.value = 1
        for _ in range(3):
            await RisingEdge(dut.clk_i)
        await bench.settle()
        assert bench.memory.outstanding == 0
        bench.taken = [[] for _ in range(CLIENTS)]
        dut.stop_i.value = 0
        await RisingEdge(dut.clk_i)

        streams = [bench.random_stream(bench.rng.randrange(CLIENTS), 50 + trial) for _ in range(10)]
        for stream in streams:
            await bench.ask(stream)
        await bench.finish(streams)
        await bench.settle()

    assert bench.checksum_errors == []


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def a_command_offered_as_the_stop_rises_is_not_taken(dut: Any) -> None:
    """The offer of the cycle before shows once more; its source is reset and forgets it."""
    bench = await ReadBench.start(dut, latency=10)
    streams = []
    for client in range(CLIENTS):
        for cycles in (1, 2, 7):
            bench.offer(bench.random_stream(client, 0))
            dut.stop_i.value = 1
            for _ in range(cycles):
                await RisingEdge(dut.clk_i)
                assert int(dut.cmd_ready_o.value) == 0 and dut.idle_o.value == 1
                dut.cmd_valid_i.value = 0
            dut.stop_i.value = 0

            streams.append(bench.random_stream(client, 1))
            await bench.ask(streams[-1])
            await bench.finish(streams)
            await bench.settle()
    assert bench.checksum_errors == []
