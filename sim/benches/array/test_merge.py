# SPDX-License-Identifier: Apache-2.0
"""The merge unit: C packets of all PE rows into row-block sums, read back as the drain does."""

from __future__ import annotations

import random
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge

from ...bfm import device_under_test, start_clock, wait_for
from ...runs.runner import Bench
from ..engine.lines import drained
from .plio_model import Beats, Header, Int32, RowBlockSums, encode_c
from .ports import plio_sources, stream_beats

_FILE = "hw/rtl/array/hgcn_merge.sv"
_PART = "hw/rtl/array/hgcn_merge_part.sv"

BENCH = Bench(
    module="benches.array.test_merge",
    top="hgcn_merge",
    sources=(
        "hw/rtl/common/hgcn_ram.sv",
        "hw/rtl/array/hgcn_array_pkg.sv",
        _PART,
        _FILE,
    ),
    presets=("tiny", "kv260", "vck5000", "vek280"),
    variants=(*drained("tiny", 1, 4), *drained("vek280", 8)),
)

MUTANTS = [
    (_FILE, "row_active_q[o] && tag_q[o] == row_tag[r]", "1'b0"),
    (_PART, "if (valid_q && !fresh_q)", "if (valid_q)"),
    (_FILE, "fresh_q[r] <= !touched_q[buffer_q][header_tag];", "fresh_q[r] <= 1'b1;"),
    (_FILE, "if (cmd_fire && cmd_clear_i) touched_q", "if (cmd_fire) touched_q"),
    (_FILE, "touched_q[cmd_buffer_i] <= '0;", "touched_q[!cmd_buffer_i] <= '0;"),
    (_FILE, "packets_q == '0 && row_active_q == '0) active_q", "packets_q == '0) active_q"),
    (_FILE, "row_valid[r] = &plio_c_tvalid_i", "row_valid[r] = |plio_c_tvalid_i"),
    (_FILE, "/ BlockChunks % 4);", "% 4);"),
    (_FILE, "same != '1 || row_tag_bad[r]", "row_tag_bad[r]"),
    (_FILE, "same != '1 || row_tag_bad[r]", "same != '1"),
    (_FILE, "first.magic != PacketMagicC", "1'b0"),
    (_FILE, "row_active_q[r] ? ends != '1", "row_active_q[r] ? 1'b0"),
    (_FILE, "got_touched_q ? sums", "1'b1 ? sums"),
    (_FILE, "if (sum_ce_i) begin\n      got_rd_q", "if (1'b1) begin\n      got_rd_q"),
    (_FILE, "= stop_i || header[r]", "= header[r]"),
    (_FILE, "&& plio_c_tlast_i[p] &&", "&&"),
    (_FILE, "- UnderWayBits'(answered);", "- UnderWayBits'(answered && !stop_i);"),
    (_FILE, "assign cmd_ready_o = !active_q && !stop_i;", "assign cmd_ready_o = !active_q;"),
    (_FILE, "if (!rst_ni || stop_i) begin\n      active_q", "if (!rst_ni) begin\n      active_q"),
    (
        _FILE,
        "if (!rst_ni || stop_i) begin\n      row_active_q",
        "if (!rst_ni) begin\n      row_active_q",
    ),
    (_FILE, "(beat_q[r])) % DrainRows == i", "(beat_q[r])) % DrainRows == 0"),
    (_FILE, "&& chunk_of(beat_q[r]) == chunk_t'(q)", ""),
    (_FILE, "/ (T / DrainRows))", "/ (T / DrainRows) * 0)"),
    (_FILE, "2'b01 << sum_buffer_i", "2'b01"),
    (_PART, "takes = take && buffer_i == 1'(h)", "takes = take"),
    (_PART, "takes ? take_line", "take ? take_line"),
    (_PART, "valid_q && buffer_i == 1'(h)", "valid_q"),
    (_PART, "grant_o = pick(req_i, from_i);", "grant_o = valid_q ? '0 : pick(req_i, from_i);"),
]

LIMIT_CYCLES = 40_000
FILL_CYCLES = 12


class MergeBench:
    """The merge unit, sources on all its ports, and the model."""

    def __init__(self, dut: Any, stall: float) -> None:
        self.dut = dut
        self.device = device_under_test()
        self.rows, self.cols = self.device.array_rows, self.device.array_cols
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        self.model = RowBlockSums(self.device)
        self.bad_cycles = 0
        self.ports = plio_sources(
            dut,
            dut.clk_i,
            "plio_c",
            self.rows * self.cols,
            stall=stall,
            rng=random.Random(cocotb.RANDOM_SEED),
        )

    @staticmethod
    async def start(dut: Any, *, stall: float = 0.0) -> MergeBench:
        for name in ("cmd_valid_i", "cmd_buffer_i", "cmd_clear_i", "cmd_packets_i"):
            getattr(dut, name).value = 0
        for name in ("stop_i", "begun_i"):
            getattr(dut, name).value = 0
        for name in ("sum_ce_i", "sum_rd_i", "sum_buffer_i", "sum_line_i"):
            getattr(dut, name).value = 0
        bench = MergeBench(dut, stall)
        await start_clock(dut.clk_i, dut.rst_ni)
        cocotb.start_soon(bench._count_bad())
        return bench

    async def _count_bad(self) -> None:
        while True:
            await RisingEdge(self.dut.clk_i)
            self.bad_cycles += int(self.dut.bad_packet_o.value)

    @property
    def beats(self) -> int:
        """Data beats of a C packet."""
        return self.device.block_rows * self.device.pe_features // 4

    @property
    def blocks(self) -> int:
        """Row blocks of a row tile."""
        return self.device.tile_rows // self.device.block_rows

    @property
    def lines(self) -> int:
        """Lines of a row tile: the rows that are read in one cycle."""
        return self.device.tile_rows // self.device.drain_rows

    def packet(self, tag: int, slices: int = 3) -> list[Beats]:
        """Return a packet of every column, with random sums."""
        shape = (self.device.block_rows, self.device.pe_features)
        low, high = -(1 << 31), 1 << 31
        return [
            encode_c(
                self.rng.integers(low, high, shape).astype(np.int32),
                tag=tag,
                slices=slices,
                int8=False,
                n0=self.device.n0,
            )
            for _ in range(self.cols)
        ]

    def offer(self, buffer: int, clear: bool, packets: int) -> None:
        """Show a command; it may or may not be taken."""
        dut = self.dut
        dut.cmd_valid_i.value = 1
        dut.cmd_buffer_i.value = buffer
        dut.cmd_clear_i.value = int(clear)
        dut.cmd_packets_i.value = packets

    async def command(self, buffer: int, clear: bool, packets: int) -> None:
        """Give a command; it is taken when this returns."""
        dut = self.dut
        self.offer(buffer, clear, packets)
        await wait_for(
            dut.clk_i, lambda: dut.cmd_ready_o.value == 1, limit_cycles=LIMIT_CYCLES, what="command"
        )
        dut.cmd_valid_i.value = 0

    def send(self, packets: list[list[list[Beats]]]) -> None:
        """Offer packets, by PE row, packet and column; add them to no model."""
        for r, row in enumerate(packets):
            for c in range(self.cols):
                beats = stream_beats([packet[c] for packet in row])
                port = self.ports[r * self.cols + c]
                cocotb.start_soon(port.send(beats, limit_cycles=LIMIT_CYCLES))

    async def begin(self, packets: list[list[list[Beats]]]) -> None:
        """Tell the unit that these packets have been begun, as the gather unit does."""
        for turn in range(max(map(len, packets))):
            self.dut.begun_i.value = sum((turn < len(row)) << r for r, row in enumerate(packets))
            await RisingEdge(self.dut.clk_i)
        self.dut.begun_i.value = 0

    async def idle(self) -> int:
        """Wait until idle; return the cycles waited."""
        return await wait_for(
            self.dut.clk_i,
            lambda: self.dut.idle_o.value == 1,
            limit_cycles=LIMIT_CYCLES,
            what="idle",
        )

    async def run(self, buffer: int, clear: bool, packets: list[list[list[Beats]]]) -> int:
        """Run one command in hardware and model; return its cycles."""
        await self.command(buffer, clear, sum(map(len, packets)))
        await self.begin(packets)
        self.send(packets)
        cycles = await self.idle()
        assert self.dut.quiet_o.value == 1, "idle with packets under way"
        if clear:
            self.model.clear(buffer)
        for row in packets:
            for packet in row:
                self.model.merge(buffer, packet)
        return cycles

    async def read(self, buffer: int, lines: list[int], *, stall: float) -> list[Int32]:
        """Read lines of sums with a pipeline enable that is low now and then."""
        dut, pipe = self.dut, [False, False]
        rng = random.Random(cocotb.RANDOM_SEED)
        left = list(lines)
        shape = self.device.drain_rows, self.device.features
        sums: list[Int32] = []
        for _ in range(LIMIT_CYCLES):
            if len(sums) == len(lines):
                break
            enable, send = rng.random() >= stall, bool(left) and rng.random() >= stall
            dut.sum_ce_i.value = int(enable)
            dut.sum_rd_i.value = int(send)
            dut.sum_buffer_i.value = buffer if send else rng.randrange(2)
            dut.sum_line_i.value = left[0] if send else rng.randrange(self.lines)
            await RisingEdge(dut.clk_i)
            if enable:
                if pipe[1]:
                    raw = int(dut.sum_data_o.value).to_bytes(4 * shape[0] * shape[1], "little")
                    sums.append(np.frombuffer(raw, "<i4").reshape(shape))
                pipe = [send, pipe[0]]
                if send:
                    left.pop(0)
        dut.sum_rd_i.value = 0
        dut.sum_ce_i.value = 0
        assert len(sums) == len(lines), "reads did not come back in time"
        return sums

    async def check(self, buffer: int, *, stall: float = 0.3) -> None:
        """Compare every row of a buffer."""
        sums = await self.read(buffer, list(range(self.lines)), stall=stall)
        for row, got in enumerate(np.concatenate(sums)):
            assert np.array_equal(got, self.model.row(buffer, row)), f"row {row} of buffer {buffer}"

    def spread(self, tags: list[int]) -> list[list[list[Beats]]]:
        """Return a packet per tag, dealt to random PE rows."""
        packets: list[list[list[Beats]]] = [[] for _ in range(self.rows)]
        for tag in tags:
            packets[int(self.rng.integers(self.rows))].append(self.packet(tag))
        return packets


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.5])
async def sums_are_those_of_the_packets(dut: Any, stall: float) -> None:
    bench = await MergeBench.start(dut, stall=stall)
    count = 2 * bench.rows + 4
    for buffer, clear in [(0, True), (1, True), (0, False), (1, True), (0, True)]:
        tags = [int(tag) for tag in bench.rng.integers(0, bench.blocks, count)]
        await bench.run(buffer, clear, bench.spread(tags))
        await bench.check(buffer)
    await bench.check(1)

    assert bench.bad_cycles == 0


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.4])
async def packets_of_one_block_on_all_rows_add_up(dut: Any, stall: float) -> None:
    bench = await MergeBench.start(dut, stall=stall)
    packets = [[bench.packet(5) for _ in range(2)] for _ in range(bench.rows)]

    await bench.run(0, True, packets)

    await bench.check(0, stall=0.0)


@cocotb.test()
async def a_command_without_packets_only_clears(dut: Any) -> None:
    bench = await MergeBench.start(dut)
    await bench.run(1, True, bench.spread([0, 3, 3]))
    await bench.run(0, True, bench.spread([1]))
    await bench.run(1, False, bench.spread([]))
    await bench.check(1)
    await bench.run(1, True, bench.spread([]))
    await bench.check(1)
    await bench.check(0)


@cocotb.test()
async def a_buffer_is_read_while_the_other_merges(dut: Any) -> None:
    bench = await MergeBench.start(dut)
    await bench.run(1, True, bench.spread([0, 1, bench.blocks - 1]))
    packets = bench.spread([0, 1, 2, 2, 3, 4])
    await bench.command(0, True, 6)
    bench.send(packets)
    bench.model.clear(0)
    for row in packets:
        for packet in row:
            bench.model.merge(0, packet)

    await bench.check(1)
    await wait_for(dut.clk_i, lambda: dut.idle_o.value == 1, limit_cycles=LIMIT_CYCLES)
    await bench.check(0)


@cocotb.test()
async def one_pe_row_takes_its_beats(dut: Any) -> None:
    bench = await MergeBench.start(dut)
    packets: list[list[list[Beats]]] = [[] for _ in range(bench.rows)]
    packets[-1] = [bench.packet(tag) for tag in range(4)]

    cycles = await bench.run(0, True, packets)

    assert cycles >= 4 * (bench.beats + 1)
    assert cycles <= 4 * (bench.beats + 1) + FILL_CYCLES


@cocotb.test()
async def pe_rows_share_the_parts(dut: Any) -> None:
    """All PE rows together reach a beat a cycle of each part, or a beat each if they are fewer."""
    bench = await MergeBench.start(dut)
    each = 2
    packets = [[bench.packet(r * each + i) for i in range(each)] for r in range(bench.rows)]
    parts = bench.device.pe_features // 4 * bench.device.drain_rows
    side_by_side = min(bench.rows, parts)

    cycles = await bench.run(0, True, packets)

    ideal = bench.rows * each * (bench.beats + 1) / side_by_side
    assert cycles >= bench.rows * each * bench.beats / side_by_side
    assert cycles <= 1.15 * ideal + FILL_CYCLES, f"{cycles} cycles, ideal {ideal}"
    assert dut.idle_o.value == 1
    await bench.check(0)


@cocotb.test()
async def busy_counts_the_cycles_with_a_beat(dut: Any) -> None:
    bench = await MergeBench.start(dut, stall=0.5)
    busy = stalled = 0

    async def count() -> None:
        nonlocal busy, stalled
        while True:
            await RisingEdge(dut.clk_i)
            busy += int(dut.busy_o.value)
            stalled += int(dut.stalled_o.value)
            assert not (dut.busy_o.value and dut.stalled_o.value)

    counting = cocotb.start_soon(count())
    packets: list[list[list[Beats]]] = [[] for _ in range(bench.rows)]
    packets[0] = [bench.packet(1), bench.packet(2)]
    cycles = await bench.run(0, True, packets)
    counting.cancel()

    assert busy == 2 * bench.beats
    assert abs(busy + stalled - cycles) <= 2


def _with_header(packet: list[Beats], column: int, **fields: object) -> list[Beats]:
    header = Header.parse(packet[column][0])
    values = {"port": "C", "tag": header.tag, "slices": header.slices, "int8": header.int8}
    changed = list(packet)
    changed[column] = [Header(**(values | fields)).beat(), *packet[column][1:]]  # type: ignore[arg-type]
    return changed


@cocotb.test()
async def a_bad_packet_is_reported(dut: Any) -> None:
    bench = await MergeBench.start(dut)
    last = bench.cols - 1
    tag_columns = range(bench.cols)

    async def report(packet: list[Beats]) -> int:
        before = bench.bad_cycles
        await bench.command(0, True, 1)
        bench.send([[packet]])
        await bench.idle()
        await RisingEdge(dut.clk_i)
        await RisingEdge(dut.clk_i)
        return bench.bad_cycles - before

    assert await report(bench.packet(3)) == 0
    assert await report(_with_header(bench.packet(3), 0, port="B")) == 1
    out_of_range = bench.packet(3)
    for column in tag_columns:
        out_of_range = _with_header(out_of_range, column, tag=bench.blocks)
    assert await report(out_of_range) == 1
    if last:
        assert await report(_with_header(bench.packet(3), last, tag=4)) == 1
        assert await report(_with_header(bench.packet(3), last, port="A")) == 1
    early = bench.packet(3)
    before = bench.bad_cycles
    await bench.command(0, True, 1)
    for c in range(bench.cols):
        beats = stream_beats([early[c]])
        if c == last:
            beats[-2]["last"], beats[-1]["last"] = 1, 0
        cocotb.start_soon(bench.ports[c].send(beats, limit_cycles=LIMIT_CYCLES))
    await bench.idle()
    await RisingEdge(dut.clk_i)
    assert bench.bad_cycles - before == 2


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.5])
async def a_stop_takes_what_still_comes(dut: Any, stall: float) -> None:
    """Stopped at any moment it takes all answers to the packets begun, then works as new."""
    bench = await MergeBench.start(dut, stall=stall)
    for turn in range(10):
        packets = [
            [bench.packet((r + i) % bench.blocks) for i in range(3)] for r in range(bench.rows)
        ]
        if turn % 2:  # An array that ends a packet early, on one port
            packets[0][1][-1] = packets[0][1][-1][:-2]
        await bench.command(turn % 2, True, 3 * bench.rows)
        await bench.begin(packets)
        assert dut.quiet_o.value == 0
        bench.send(packets)
        for _ in range(int(bench.rng.integers(1, 3 * bench.beats))):
            await RisingEdge(dut.clk_i)
        dut.stop_i.value = 1
        await wait_for(
            dut.clk_i, lambda: dut.quiet_o.value == 1, limit_cycles=LIMIT_CYCLES, what="quiet"
        )
        assert not any(bench.dut.plio_c_tvalid_i.value), "quiet with beats still to come"
        dut.stop_i.value = 0
        await RisingEdge(dut.clk_i)
        assert dut.idle_o.value == 1

        await bench.run(0, True, bench.spread([0, 1, 1]))
        await bench.check(0)


@cocotb.test()
async def a_stop_before_any_packet_leaves_it_idle(dut: Any) -> None:
    bench = await MergeBench.start(dut)
    await bench.command(0, True, 3)
    dut.stop_i.value = 1
    await RisingEdge(dut.clk_i)
    await RisingEdge(dut.clk_i)
    assert dut.quiet_o.value == 1 and dut.idle_o.value == 1
    dut.stop_i.value = 0

    await bench.run(1, True, bench.spread([2, 5]))
    await bench.check(1)


@cocotb.test()
async def a_command_offered_as_the_stop_rises_is_not_taken(dut: Any) -> None:
    """The offer of the cycle before shows once more; its source is reset and forgets it."""
    bench = await MergeBench.start(dut)
    for cycles in (1, 2, 7):
        bench.offer(1, True, 3)
        dut.stop_i.value = 1
        for _ in range(cycles):
            await RisingEdge(dut.clk_i)
            assert dut.cmd_ready_o.value == 0 and dut.idle_o.value == 1
            dut.cmd_valid_i.value = 0
        dut.stop_i.value = 0

        await bench.run(0, True, bench.spread([0, 4, 4]))
        await bench.check(0)
