# SPDX-License-Identifier: Apache-2.0
"""hgcn_drain: sums of both engines to requantised rows, in the store and in memory."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.reference.requantise import Requantiser, requantise

from ...bfm import StreamSink, StreamSource, device_under_test, start_clock
from ...runs.runner import Bench
from .lines import drained, random_accumulators
from .memories import WriteStore, beats_of, pack, position_bits
from .test_requantise import random_scales, random_sums

_FILE = "hw/rtl/engine/hgcn_drain.sv"
_RECORDS = "hw/rtl/engine/hgcn_drain_records.sv"
_WRITER = "hw/rtl/engine/hgcn_row_writer.sv"
_LINES = "hw/rtl/engine/hgcn_line_beats.sv"
_TILES = "hw/rtl/engine/hgcn_tile_beats.sv"

BENCH = Bench(
    module="benches.engine.test_drain",
    top="hgcn_drain",
    sources=(
        "hw/rtl/common/hgcn_fifo.sv",
        "hw/rtl/common/hgcn_ram.sv",
        "hw/rtl/engine/hgcn_requantise.sv",
        _LINES,
        _TILES,
        _WRITER,
        _RECORDS,
        _FILE,
    ),
    presets=("tiny", "kv260", "vck190"),
    # Four rows are more than a beat of tiles has on tiny; eight are four beats of int16 on vck190.
    variants=(*drained("tiny", 1, 2, 4), *drained("vck190", 8)),
)

MUTANTS = [
    (
        _FILE,
        "pl_sum_data_i[i][32*f+:32] + array_sum_data_i",
        "pl_sum_data_i[i][32*f+:32] - array_sum_data_i",
    ),
    (_FILE, "sum_line_o <= line_q;", "sum_line_o <= line_q + 1'b1;"),
    (_FILE, "sum_buffer_o = buffer_q", "sum_buffer_o = !buffer_q"),
    (_FILE, "if (ce && fetch_q) arrive_scale_q", "if (fetch_q) arrive_scale_q"),
    (_FILE, "ce         = writer_ready;", "ce         = writer_ready || mem_valid_o;"),
    (_FILE, "line_leaves = row_valid[0] && ce;", "line_leaves = row_valid[0];"),
    (_FILE, "&& beats_done && writer_empty", "&& writer_empty"),
    (_FILE, "beats_done && writer_empty", "beats_done && (writer_empty || !tiled_q)"),
    (_FILE, "row_valid[0] && write_mem_q", "row_valid[0] && (write_mem_q || write_store_q)"),
    (_FILE, "line_leaves && write_store_q;\n    if", "line_leaves;\n    if"),
    (_FILE, "take_line  = ce && line_valid;", "take_line  = ce && line_valid && !read_q;"),
    (_FILE, "records[i].multiplier", "records[0].multiplier"),
    (_FILE, "position_q + PosBits'(DrainRows)", "position_q + 1'b1"),
    (_FILE, "/ DrainRows == b / DrainRows", "/ DrainRows >= b / DrainRows"),
    (_FILE, "write_rows_q[b%DrainRows]", "write_rows_q[0]"),
    (_RECORDS, "param_bias_q[p] + round_q", "param_bias_q[p] - round_q"),
    (_RECORDS, "63'(signed'(parameter_record.bias)) <<", "63'(parameter_record.bias) <<"),
    (_RECORDS, "{param_col_q, col_o[F-1:P]}", "{col_o[F-P-1:0], param_col_q}"),
    (_RECORDS, "in_ready_o    = !beats_done_o && fifo", "in_ready_o    = fifo"),
    (_RECORDS, "(line_take_i && line_last) || padding", "(line_take_i && line_last)"),
    (_RECORDS, "LineRecordBytes*index_q+:", "LineRecordBytes*0+:"),
    (_RECORDS, "FifoDepth = 2", "FifoDepth = 1"),
    (_WRITER, "room_for_two && rows_ready", "room_for_two"),
    (_WRITER, "(!tiled_i || tiles_ready)", "1'b1"),
    (_WRITER, "= held <= count_t'(FifoDepth - 2)", "= 1'b1"),
    (_LINES, "count_q == last[int16_i]", "count_q == last[0]"),
    (_LINES, "{line, keep_q[AxiBits-1:Bits]}", "{keep_q[AxiBits-Bits-1:0], line}"),
    (_LINES, "keep[w] = now[w] >> AxiBits", "keep[w] = now[w]"),
    (_LINES, "rest_q <= rest[int16_i];", "rest_q <= rest[1];"),
    (_LINES, "rest_q != '0 && room_i", "rest_q != '0"),
    (_LINES, "if (send_rest) keep_q <= keep_q >> AxiBits;", "if (send_rest) keep_q <= keep_q;"),
    (_TILES, "full_q[send_q] && room_i", "full_q[send_q] && room_i && !read_q"),
    (_TILES, "full_q[send_q] && room_i", "full_q[send_q]"),
    (_TILES, "line_ready_o = !full_q[fill_q]", "line_ready_o = 1'b1"),
    (_TILES, "read_group_q <= group_q;", "read_group_q <= group_t'(FGroups - 1) ^ group_q;"),
    (_TILES, "'(32'({fill_q, fill_row_q})", "'(32'({1'b0, fill_row_q})"),
    (_TILES, "% M / DrainRows == m / DrainRows", "% M / DrainRows >= m / DrainRows"),
    (_TILES, "line_i[m%DrainRows]", "line_i[0]"),
    (_TILES, "tile_data[32'(read_row_q)%M+q]", "tile_data[q]"),
]

PERIOD_NS = 10
RECORD_TO_IDLE_CYCLES = 12
LIMIT_CYCLES = 20_000


@dataclass(frozen=True, kw_only=True)
class Job:
    """One DRAIN; ``scales.bits`` says int16."""

    scales: Requantiser
    buffer: int
    store: int
    position: int
    accumulators: list[tuple[int, int]]
    write_store: bool
    write_mem: bool
    tiled: bool
    spare_lines: int  # Behind the records: taken and dropped

    @property
    def rows(self) -> int:
        return len(self.accumulators)

    def stream(self) -> bytes:
        """Return the records as in docs/program-format.md."""
        params = np.zeros((len(self.scales.col), 2), "<u4")
        params[:, 0] = self.scales.col
        params[:, 1] = self.scales.bias.view(np.uint32)
        records = np.zeros((self.rows, 2), "<u2")
        records[:, 0] = self.scales.row
        records[:, 1] = [lane << 9 | slot for lane, slot in self.accumulators]
        return params.tobytes() + records.tobytes()


def in_memory(rows: NDArray[np.int16], job: Job, device: Device) -> bytes:
    """Return the bytes a DRAIN writes to memory."""
    if job.scales.bits == 16:
        return rows.astype("<i2").tobytes()
    narrow = rows.astype(np.int8)
    if job.tiled:
        blocks = narrow.reshape(-1, device.block_rows, device.features // 8, 8)
        tiles: bytes = blocks.swapaxes(1, 2).tobytes()
        return tiles
    return narrow.tobytes()


class SumsModel:
    """Both engines' sums read ports: answer exactly two enabled cycles later, noise otherwise."""

    def __init__(self, dut: Any, device: Device) -> None:
        self.dut, self.device = dut, device
        self.rng = random.Random(cocotb.RANDOM_SEED)
        self.lanes = np.zeros((2, device.lanes, device.slots, device.features), np.int32)
        self.tile = np.zeros((2, device.tile_rows, device.features), np.int32)
        self.stopped = 0
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        dut = self.dut
        lines = range(self.device.drain_rows)
        noise = self.rng.getrandbits(32 * self.device.features * len(lines))
        asked: tuple[int, int] | None = None
        while True:
            await RisingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            if dut.sum_ce_o.value != 1:
                self.stopped += 1
                continue
            dut.pl_sum_data_i.value, dut.array_sum_data_i.value = asked or (noise, noise)
            asked = None
            if dut.sum_rd_o.value == 1:
                buffer, line = int(dut.sum_buffer_o.value), int(dut.sum_line_o.value)
                packed = int(dut.sum_accumulator_o.value)
                accumulators = [packed >> 15 * i & 0x7FFF for i in lines]
                pl_sums = self.lanes[
                    buffer, [p >> 9 for p in accumulators], [p & 511 for p in accumulators]
                ]
                array_sums = self.tile[buffer, line * len(lines) : (line + 1) * len(lines)]
                asked = (
                    int.from_bytes(pl_sums.tobytes(), "little"),
                    int.from_bytes(array_sums.tobytes(), "little"),
                )


class DrainBench:
    """The unit between its sums, its store and its memory."""

    def __init__(self, dut: Any, *, source_stall: float, sink_stall: float) -> None:
        self.dut, self.device = dut, device_under_test()
        self.rng = random.Random(cocotb.RANDOM_SEED)
        dut.cmd_valid_i.value = 0
        clock = dut.clk_i
        self.source = StreamSource(
            clock, dut.in_valid_i, dut.in_ready_o, {"data": dut.in_data_i}, stall=source_stall
        )
        self.sink = StreamSink(
            clock,
            dut.mem_valid_o,
            dut.mem_ready_i,
            {"data": dut.mem_data_o},
            stall=sink_stall,
            reset=dut.rst_ni,
        )
        self.store = WriteStore(dut, self.device)
        self.sums = SumsModel(dut, self.device)
        self.fed: list[Job] = []
        self.due = 0  # Beats that should be taken by the end of the command

    @classmethod
    async def start(
        cls, dut: Any, *, source_stall: float = 0.0, sink_stall: float = 0.0
    ) -> DrainBench:
        bench = cls(dut, source_stall=source_stall, sink_stall=sink_stall)
        await start_clock(dut.clk_i, dut.rst_ni)
        return bench

    def random_job(
        self, *, int16: bool = False, store: bool = False, mem: bool = False, tiled: bool = False,
        blocks: int | None = None, spare_lines: int | None = None,
    ) -> Job:  # fmt: skip
        """Return a DRAIN of random accumulators with random scales."""
        device, rng = self.device, self.rng
        rows = device.block_rows * (blocks or rng.randint(1, 5))
        buffer = rng.getrandbits(1)
        last = (device.store_rows - rows) // device.banks
        return Job(
            scales=random_scales(rng, rows, device.features, int16=int16),
            buffer=buffer,
            store=rng.getrandbits(1),
            position=rng.randint(0, last) * device.banks,
            accumulators=random_accumulators(rng, device, rows),
            write_store=store,
            write_mem=mem,
            tiled=tiled,
            spare_lines=rng.randint(0, 3) if spare_lines is None else spare_lines,
        )

    def expect(self, job: Job) -> NDArray[np.int16]:
        """Give the sums random values; return the rows of the reference. int32 sums wrap."""
        device, buffer = self.device, job.buffer
        accumulators = device.lanes * device.slots
        self.sums.lanes[buffer] = random_sums(self.rng, accumulators, device.features).reshape(
            self.sums.lanes[buffer].shape
        )
        self.sums.tile[buffer] = random_sums(self.rng, device.tile_rows, device.features)
        lanes = np.array(
            [self.sums.lanes[job.buffer, lane, slot] for lane, slot in job.accumulators]
        )
        sums = lanes + self.sums.tile[job.buffer, : job.rows]
        return requantise(sums, job.scales)

    def beats(self, job: Job) -> list[dict[str, int]]:
        """Return the beats of the command's stream, spare lines included."""
        noise = random.Random(job.rows).randbytes(64 * job.spare_lines)
        size = self.device.axi_bytes
        return beats_of(job.stream(), size) + beats_of(noise, size)

    def feed(self, jobs: Sequence[Job]) -> None:
        """Start sending the streams of commands to come: they wait at the unit's door."""
        self.fed += jobs
        beats = [beat for job in jobs for beat in self.beats(job)]
        cocotb.start_soon(self.source.send(beats, limit_cycles=100_000))

    async def run(self, job: Job) -> int:
        """Give the command, and its records if not fed; return cycles from first beat to idle."""
        dut, scales = self.dut, job.scales
        beats = self.beats(job)
        self.due += len(beats)
        dut.cmd_i.value = pack(
            (int(scales.relu), 1),
            (int(scales.bits == 16), 1),
            (job.buffer, 1),
            (job.store, 1),
            (int(job.write_store), 1),
            (int(job.write_mem), 1),
            (int(job.tiled), 1),
            (job.position, position_bits(self.device)),
            (job.rows, 32),
            (scales.shift, 6),
            (scales.bias_shift, 5),
            (len(beats), 32),
        )
        dut.cmd_valid_i.value = 1
        assert dut.cmd_ready_o.value == 1
        await RisingEdge(dut.clk_i)
        dut.cmd_valid_i.value = 0
        self.sink.beats.clear()
        self.sink.times_ns.clear()
        self.store.times_ns.clear()
        self.sums.stopped = 0
        if not any(job is fed for fed in self.fed):
            self.feed([job])
        cycles, first = 0, None
        for _ in range(LIMIT_CYCLES):
            await RisingEdge(dut.clk_i)
            cycles += 1
            if first is None and dut.in_valid_i.value == 1 and dut.in_ready_o.value == 1:
                first = cycles
            if dut.idle_o.value == 1:
                break
        assert dut.idle_o.value == 1, f"not idle within {LIMIT_CYCLES} cycles"
        assert len(self.source.times_ns) == self.due, "idle, but not just its own beats taken"
        return cycles - (first or 0)

    async def check(self, job: Job) -> int:
        """Run and compare store and memory; return the cycles taken."""
        want = self.expect(job)
        rows, written = self.store.rows.copy(), self.store.written.copy()
        if job.write_store:
            span = slice(job.position, job.position + job.rows)
            rows[job.store, span] = want.astype(np.int8)
            written[job.store, span] += 1
        cycles = await self.run(job)
        np.testing.assert_array_equal(self.store.written, written)
        np.testing.assert_array_equal(self.store.rows, rows)
        got = b"".join(
            beat["data"].to_bytes(self.device.axi_bytes, "little") for beat in self.sink.beats
        )
        assert got == (in_memory(want, job, self.device) if job.write_mem else b"")
        return cycles


LAYOUTS = {
    "store": {"store": True},
    "rows": {"mem": True},
    "rows_and_store": {"mem": True, "store": True},
    "rows16": {"mem": True, "int16": True},
    "tiled": {"mem": True, "tiled": True},
    "tiled_and_store": {"mem": True, "tiled": True, "store": True},
    "nowhere": {},
}


@cocotb.test()
@cocotb.parametrize(source_stall=[0.0, 0.5], sink_stall=[0.0, 0.4, 0.9])
async def rows_match_reference(dut: Any, source_stall: float, sink_stall: float) -> None:
    bench = await DrainBench.start(dut, source_stall=source_stall, sink_stall=sink_stall)
    layouts = list(LAYOUTS.values()) * 2
    bench.rng.shuffle(layouts)
    jobs = [bench.random_job(**layout) for layout in layouts]
    bench.feed(jobs)
    for job in jobs:
        await bench.check(job)


@cocotb.test()
@cocotb.parametrize(layout=list(LAYOUTS))
async def keeps_the_stated_rate(dut: Any, layout: str) -> None:
    bench = await DrainBench.start(dut)
    device, options = bench.device, LAYOUTS[layout]
    job = bench.random_job(**options, blocks=4, spare_lines=0)
    cycles = await bench.check(job)
    lines = job.rows // device.drain_rows
    start = device.features * 8 // device.axi_bytes + RECORD_TO_IDLE_CYCLES
    row_bytes = device.features * job.scales.bits // 8
    beats = job.rows * row_bytes // device.axi_bytes
    line_beats = max(1, device.drain_rows * row_bytes // device.axi_bytes)
    if not job.write_mem:
        assert cycles == start + lines
    elif job.tiled:  # The last block leaves after its last row
        block = device.block_rows * device.features // device.axi_bytes
        first = device.block_rows // device.drain_rows
        assert cycles <= start + max(lines + block, first + beats) + 8
    else:
        assert start + max(lines, beats) - 1 <= cycles <= start + max(lines, beats) + 2
    if not job.write_mem or beats <= lines:
        assert bench.sums.stopped == 0
    elif not job.tiled:
        assert bench.sums.stopped >= (lines - 1) * (line_beats - 1)
    if job.write_store and not bench.sums.stopped:
        span = bench.store.times_ns[-1] - bench.store.times_ns[0]
        assert span == (lines - 1) * PERIOD_NS


@cocotb.test()
async def every_cycle_is_busy_or_stalled(dut: Any) -> None:
    bench = await DrainBench.start(dut, sink_stall=0.8)
    busy = stalled = 0

    async def count() -> None:
        nonlocal busy, stalled
        while True:
            await RisingEdge(dut.clk_i)
            busy += dut.busy_o.value == 1
            stalled += dut.stalled_o.value == 1
            both = dut.busy_o.value == 1 and dut.stalled_o.value == 1
            assert not both
            if dut.idle_o.value == 0:
                assert dut.busy_o.value == 1 or dut.stalled_o.value == 1

    counting = cocotb.start_soon(count())
    job = bench.random_job(mem=True)
    await bench.check(job)
    counting.cancel()
    assert busy >= job.rows // bench.device.drain_rows
    assert stalled > 0
