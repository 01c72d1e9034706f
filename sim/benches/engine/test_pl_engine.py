# SPDX-License-Identifier: Apache-2.0
"""hgcn_pl_engine: the sums of random legal schedules, bundle by bundle and slot by slot."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from numpy.typing import NDArray

from hgcn.arch.device import MAX_TILE_POSITIONS

from ...bfm import StreamSource, device_under_test, start_clock, wait_for
from ...runs.runner import Bench
from .lines import drained
from .memories import ReadStore, beats_of, pack, position_bits

_FILE = "hw/rtl/engine/hgcn_pl_engine.sv"
_LANE = "hw/rtl/engine/hgcn_lane.sv"
_CROSSBAR = "hw/rtl/engine/hgcn_lane_crossbar.sv"

BENCH = Bench(
    module="benches.engine.test_pl_engine",
    top="hgcn_pl_engine",
    sources=(
        "hw/rtl/common/hgcn_ram.sv",
        "hw/rtl/common/hgcn_gearbox.sv",
        _CROSSBAR,
        _LANE,
        _FILE,
    ),
    presets=("tiny", "kv260", "vck190"),
    variants=(*drained("tiny", 1, 4), *drained("vck190", 8)),
)

MUTANTS = [
    (_LANE, "forward_q <= add_q && slot_q == slot_i;", "forward_q <= 1'b0;"),
    (_LANE, "forward_q <= add_q && slot_q == slot_i;", "forward_q <= slot_q == slot_i;"),
    (_LANE, "fresh_q   <= !touched_q[buffer_i][slot_i];", "fresh_q   <= 1'b0;"),
    (_LANE, "else if (add_q && buffer_i == 1'(h)) touched_q", "else if (add_q) touched_q"),
    (_LANE, "clear_i[h]) touched_q", "clear_i[0]) touched_q"),
    (_LANE, "touched_q[sum_buffer_i][sum_slot_i]", "touched_q[buffer_i][sum_slot_i]"),
    (_LANE, "drain_rd = sum_rd_i && sum_ce_i", "drain_rd = sum_rd_i && (sum_ce_i || !valid_i)"),
    (_LANE, "16'(signed'(row_i[8*f+:8]))", "16'(row_i[8*f+:8])"),
    (_CROSSBAR, "addr_d |= group_addr[g];", "addr_d = group_addr[g];"),
    (_CROSSBAR, "rd_data_i[bank_read_q[lane]]", "rd_data_i[bank_read_q[L-1-lane]]"),
    (_FILE, "{8'd1, bundle[BinaryBits*lane", "{8'd2, bundle[BinaryBits*lane"),
    (_FILE, "base_q + PosBits'", "PosBits'"),
    (_FILE, "FlightCycles = 4", "FlightCycles = 3"),
    (_FILE, "FlightCycles = 4", "FlightCycles = 5"),
    (_FILE, "beats_left_q == '0 && flight_q", "flight_q"),
    (_FILE, "(padding || gearbox_ready)", "gearbox_ready"),
    (
        _FILE,
        "in_ready_o = beats_left_q != '0 &&",
        "in_ready_o = (active_q || beats_left_q != '0) &&",
    ),
    (_FILE, "if (sum_ce_i) begin", "begin"),
    (_FILE, "if (sum_ce_i && sum_read_q)", "if (sum_read_q)"),
    (_FILE, "slot_t'(sum_accumulator_i[i].slot)", "slot_t'(sum_accumulator_i[0].slot)"),
    (_FILE, "sum_rd_i && lane_read[lane])", "sum_rd_i && sum_lane[0] == lane_t'(lane))"),
    (_FILE, "lane_sums[sum_lane_q[i]] : '0", "lane_sums[sum_lane_q[0]] : '0"),
    (_FILE, "{cmd_i.buffer, !cmd_i.buffer}", "{!cmd_i.buffer, cmd_i.buffer}"),
    (_FILE, "lane_touched[sum_lane_q[i]] ? lane", "lane_touched[0] ? lane"),
]

LAST_BEAT_TO_IDLE_CYCLES = 7
LIMIT_CYCLES = 5000


@dataclass(frozen=True, kw_only=True)
class Job:
    """One command. Entries are (position, slot, value) by bundle and lane, None where invalid."""

    store: int
    buffer: int
    clear: bool
    int8: bool
    base: int
    bundles: Sequence[Sequence[tuple[int, int, int] | None]]
    spare_lines: int  # Behind the bundles: taken and dropped

    def stream(self) -> bytes:
        """Return the bundles as in docs/program-format.md, not padded."""
        size = 4 if self.int8 else 3
        data = bytearray()
        for bundle in self.bundles:
            for entry in bundle:
                # What an invalid entry says must not matter.
                position, slot, value = entry or (0x2AAA, 0x155, 7)
                bits = position | slot << 14 | (entry is not None) << 23 | (value & 0xFF) << 24
                data += bits.to_bytes(4, "little")[:size]
        return bytes(data)


class EngineBench:
    """The engine on a random store, the expected sums, and a reader of sums."""

    def __init__(self, dut: Any) -> None:
        self.dut = dut
        self.device = device_under_test()
        self.rng = random.Random(cocotb.RANDOM_SEED)
        device = self.device
        seeded = np.random.default_rng(cocotb.RANDOM_SEED)
        shape = (2, device.store_rows, device.features)
        self.rows = seeded.integers(-128, 128, shape, dtype=np.int8)
        self.sums = np.zeros((2, device.lanes, device.slots, device.features), np.int32)
        self.fed: list[Job] = []
        self.due = 0  # Beats that should be taken by the end of the command
        # The same slots in every command: what a command leaves behind must not reach the next.
        self.few = self.rng.sample(range(device.slots), 60)
        self.source: StreamSource

    @classmethod
    async def start(cls, dut: Any, *, source_stall: float = 0.0) -> EngineBench:
        bench = cls(dut)
        for name in ("cmd_valid_i", "sum_ce_i", "sum_rd_i", "sum_buffer_i", "sum_accumulator_i"):
            getattr(dut, name).value = 0
        bench.source = StreamSource(
            dut.clk_i,
            dut.in_valid_i,
            dut.in_ready_o,
            {"data": dut.in_data_i},
            stall=source_stall,
        )
        ReadStore(dut, bench.device, bench.rows, cocotb.RANDOM_SEED)
        await start_clock(dut.clk_i, dut.rst_ni)
        return bench

    def random_job(
        self,
        bundles: int,
        *,
        buffer: int,
        clear: bool,
        int8: bool,
        slots: int = 3,
        fill: float = 0.8,
        spare_lines: int | None = None,
    ) -> Job:
        """Return a legal command on few ``slots``, so that sums meet in the adder."""
        device, rng = self.device, self.rng
        tile = min(device.store_rows, MAX_TILE_POSITIONS)
        base = rng.randrange(device.store_rows // device.banks) * device.banks
        tile = min(tile, device.store_rows - base)
        few = self.few[:slots]
        listed = []
        for _ in range(bundles):
            banks = rng.sample(range(device.banks), device.lanes)
            bundle = [
                (
                    rng.randrange(tile // device.banks) * device.banks + bank,
                    rng.choice(few),
                    rng.choice((-128, 127, rng.randint(-128, 127))) if int8 else 1,
                )
                if rng.random() < fill
                else None
                for bank in banks
            ]
            listed.append(bundle)
        return Job(
            store=rng.getrandbits(1),
            buffer=buffer,
            clear=clear,
            int8=int8,
            base=base,
            bundles=listed,
            spare_lines=rng.randint(0, 3) if spare_lines is None else spare_lines,
        )

    def expect(self, job: Job) -> None:
        """Add what the command adds."""
        if job.clear:
            self.sums[job.buffer] = 0
        for bundle in job.bundles:
            for lane, entry in enumerate(bundle):
                if entry is not None:
                    position, slot, value = entry
                    row = self.rows[job.store, job.base + position].astype(np.int32)
                    self.sums[job.buffer, lane, slot] += value * row

    def beats(self, job: Job) -> list[dict[str, int]]:
        """Return the beats of the command's stream, spare lines included."""
        noise = random.Random(len(job.bundles)).randbytes(64 * job.spare_lines)
        size = self.device.axi_bytes
        return beats_of(job.stream(), size) + beats_of(noise, size)

    def feed(self, jobs: Sequence[Job]) -> None:
        """Start sending the streams of commands to come: they wait at the engine's door."""
        self.fed += jobs
        beats = [beat for job in jobs for beat in self.beats(job)]
        cocotb.start_soon(self.source.send(beats, limit_cycles=100_000))

    async def run(self, job: Job) -> int:
        """Give the command, and its stream if not fed; return cycles from first beat to idle."""
        dut, device = self.dut, self.device
        beats = self.beats(job)
        self.due += len(beats)
        dut.cmd_i.value = pack(
            (int(job.clear), 1),
            (int(job.int8), 1),
            (job.buffer, 1),
            (job.store, 1),
            (job.base, position_bits(device)),
            (len(job.bundles), 32),
            (len(beats), 32),
        )
        dut.cmd_valid_i.value = 1
        assert dut.cmd_ready_o.value == 1
        await RisingEdge(dut.clk_i)
        dut.cmd_valid_i.value = 0
        self.expect(job)
        if job not in self.fed:
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

    async def read_sums(
        self, buffer: int, accumulators: Sequence[tuple[int, int]], *, stall: float = 0.0
    ) -> NDArray[np.int32]:
        """Read sums at (lane, slot), a line at a time, with the enable low at random."""
        dut, rng = self.dut, self.rng
        lines, waiting = [], list(accumulators)
        while waiting:
            line: dict[int, int] = {}  # Slot by lane: one of each lane, others fill it
            for accumulator in list(waiting):
                if len(line) < self.device.drain_rows and accumulator[0] not in line:
                    line[accumulator[0]] = accumulator[1]
                    waiting.remove(accumulator)
            others = [lane for lane in range(self.device.lanes) if lane not in line]
            for lane in rng.sample(others, self.device.drain_rows - len(line)):
                line[lane] = rng.randrange(self.device.slots)
            lines.append(line)
        asked = 0
        got: dict[tuple[int, int], NDArray[np.int32]] = {}
        read = 0
        in_flight = [False, False]  # Read one and two enabled cycles ago
        for _ in range(LIMIT_CYCLES):
            ce, rd = rng.random() >= stall, asked < len(lines) and rng.random() >= stall
            dut.sum_ce_i.value = int(ce)
            dut.sum_rd_i.value = int(rd)
            dut.sum_buffer_i.value = buffer
            if rd:
                dut.sum_accumulator_i.value = sum(
                    (lane << 9 | slot) << 15 * i
                    for i, (lane, slot) in enumerate(lines[asked].items())
                )
            await RisingEdge(dut.clk_i)
            if ce:
                if in_flight[1]:
                    raw = int(dut.sum_data_o.value)
                    shape = self.device.drain_rows, self.device.features
                    data = raw.to_bytes(4 * shape[0] * shape[1], "little")
                    rows = np.frombuffer(data, np.int32).reshape(shape)
                    got |= dict(zip(lines[read].items(), rows, strict=True))
                    read += 1
                in_flight = [rd, in_flight[0]]
                asked += rd
            if read == len(lines):
                break
        dut.sum_rd_i.value = 0
        assert read == len(lines)
        return np.array([got[accumulator] for accumulator in accumulators])

    async def check_buffer(self, buffer: int, *, stall: float = 0.0) -> None:
        """Compare every touched slot and some that are not."""
        touched = np.argwhere(self.sums[buffer].any(axis=2)).tolist()
        accumulators = [(lane, slot) for lane, slot in touched]
        for _ in range(20):
            accumulators.append(
                (self.rng.randrange(self.device.lanes), self.rng.randrange(self.device.slots))
            )
        self.rng.shuffle(accumulators)
        got = await self.read_sums(buffer, accumulators, stall=stall)
        want = np.array([self.sums[buffer, lane, slot] for lane, slot in accumulators])
        np.testing.assert_array_equal(got, want)


@cocotb.test()
@cocotb.parametrize(int8=[False, True], source_stall=[0.0, 0.4], slots=[1, 3, 60])
async def sums_match_reference(dut: Any, int8: bool, source_stall: float, slots: int) -> None:
    bench = await EngineBench.start(dut, source_stall=source_stall)
    jobs = []
    for buffer, clear in ((0, True), (1, True), (0, False), (1, False), (0, True)):
        fill = bench.rng.choice((0.3, 0.9, 1.0))
        bundles = bench.rng.randint(1, 80)
        jobs.append(
            bench.random_job(bundles, buffer=buffer, clear=clear, int8=int8, slots=slots, fill=fill)
        )
    bench.feed(jobs)
    for job in jobs:
        await bench.run(job)
        # At once: an idle engine has written its last sum.
        await bench.check_buffer(job.buffer, stall=bench.rng.choice((0.0, 0.5)))
    await bench.check_buffer(1)


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.5])
async def one_buffer_drains_while_the_other_sums(dut: Any, stall: float) -> None:
    bench = await EngineBench.start(dut)
    await bench.run(bench.random_job(60, buffer=0, clear=True, int8=True, slots=40))
    for buffer in (1, 0, 1):
        job = bench.random_job(150, buffer=buffer, clear=True, int8=False, slots=40)
        running = cocotb.start_soon(bench.run(job))
        await bench.check_buffer(1 - buffer, stall=stall)
        await running
    await bench.check_buffer(1)


@cocotb.test()
@cocotb.parametrize(int8=[False, True])
async def takes_one_word_per_cycle(dut: Any, int8: bool) -> None:
    bench = await EngineBench.start(dut)
    for bundles in (64, 192):  # Whole lines: no padding behind the last bundle
        job = bench.random_job(bundles, buffer=0, clear=True, int8=int8, spare_lines=0)
        cycles = await bench.run(job)
        assert cycles == bundles - 1 + LAST_BEAT_TO_IDLE_CYCLES


@cocotb.test()
async def a_command_without_bundles_clears_and_takes_its_beats(dut: Any) -> None:
    bench = await EngineBench.start(dut)
    await bench.run(bench.random_job(20, buffer=1, clear=True, int8=True))
    await bench.run(bench.random_job(20, buffer=0, clear=True, int8=True))
    await bench.run(bench.random_job(0, buffer=1, clear=True, int8=False, spare_lines=2))
    await bench.check_buffer(1)
    await bench.check_buffer(0)


@cocotb.test()
async def busy_counts_bundles(dut: Any) -> None:
    bench = await EngineBench.start(dut, source_stall=0.5)
    busy = stalled = 0

    async def count() -> None:
        nonlocal busy, stalled
        while True:
            await RisingEdge(dut.clk_i)
            assert not (dut.busy_o.value == 1 and dut.stalled_o.value == 1)
            busy += dut.busy_o.value == 1
            stalled += dut.stalled_o.value == 1

    counting = cocotb.start_soon(count())
    await bench.run(bench.random_job(50, buffer=0, clear=True, int8=True))
    await wait_for(dut.clk_i, lambda: dut.idle_o.value == 1, limit_cycles=2)
    counting.cancel()
    assert busy == 50
    assert stalled > 0
