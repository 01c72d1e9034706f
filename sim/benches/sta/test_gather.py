# SPDX-License-Identifier: Apache-2.0
"""The gather unit: control records, left operand and a feature store to PLIO packets."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from cocotb.utils import get_sim_time

from hgcn.arch.device import K0, LINE_BYTES

from ...bfm import StreamSource, device_under_test, start_clock, wait_for
from ...runner import Bench
from .plio_model import ZERO_ROW, Beats, Header, Packets, Record, gather
from .ports import cut_packets, plio_sinks

_FILE = "hw/rtl/sta/hgcn_gather.sv"
_RECORDS = "hw/rtl/sta/hgcn_sta_records.sv"
_LEFT = "hw/rtl/sta/hgcn_left_packets.sv"
_PACKER = "hw/rtl/sta/hgcn_packer.sv"

BENCH = Bench(
    module="benches.sta.test_gather",
    top="hgcn_gather",
    sources=(
        "hw/rtl/common/hgcn_fifo.sv",
        "hw/rtl/common/hgcn_funnel.sv",
        "hw/rtl/sta/hgcn_sta_pkg.sv",
        _PACKER,
        _RECORDS,
        _LEFT,
        _FILE,
    ),
    presets=("tiny", "kv260", "vck5000", "vek280"),
)

MUTANTS = [
    (_FILE, "rec_zero_q[k] <= rec_positions[k][15];", "rec_zero_q[k] <= 1'b0;"),
    (_FILE, "rows_zero_q[k] ? '0 :", "1'b0 ? '0 :"),
    (_FILE, "base_q + bank_addr_t'(rec_positions", "bank_addr_t'(rec_positions"),
    (_FILE, "rd_data_i[rows_bank_q[k]]", "rd_data_i[rec_bank_q[k]]"),
    (_FILE, "assign rec_room = !rec_valid_q || step_end;", "assign rec_room = !rec_valid_q;"),
    (_FILE, "assign row_room[r] = &room;", "assign row_room[r] = 1'b1;"),
    (_FILE, "assign row_room[r] = &room;", "assign row_room[r] = &room && !rows_valid_q;"),
    (_FILE, "[(c*N+i*N0)*8 +: 8*N0]", "[(c*N)*8 +: 8*N0]"),
    (_FILE, "records_done && left_done && !rec_valid_q", "records_done && !rec_valid_q"),
    (_FILE, "records_done && left_done && !rec_valid_q", "left_done && !rec_valid_q"),
    (_RECORDS, "{1'b0, head.base[14:3], 3'(k)}", "{1'b0, head.base[14:3], 3'(0)}"),
    (_RECORDS, "beats_q != '0 && (over_o || room)", "beats_q != '0 && room"),
    (_RECORDS, "over_o && beats_q == '0 && unfinished", "over_o && unfinished"),
    (_RECORDS, "row = unfinished & (~unfinished + 1'b1);", "row = unfinished;"),
    (_RECORDS, "stop_i ? 16'h8000 :", "stop_i ? 16'h0000 :"),
    (_RECORDS, "row != '0 && head.first == opens", "head.first == opens"),
    (_RECORDS, "row != '0 && head.first == opens", "row != '0"),
    (_RECORDS, "&& head.last == ends && head.int8", "&& head.int8"),
    (_RECORDS, "head.last == ends && head.int8 == wide", "head.last == ends"),
    (_RECORDS, "&& (!opens || head.slices != '0);", ";"),
    (_RECORDS, "(over_o && !stop_i && unfinished != '0);", "1'b0;"),
    (_RECORDS, "fire && opens ? row : '0", "fire && ends ? row : '0"),
    (_LEFT, "(stream_room || padding);", "stream_room;"),
    (_LEFT, "assign padding   = over_i && !order_valid;", "assign padding   = !order_valid;"),
    (_LEFT, "slice.piece.first && piece_q == '0", "slice.piece.first"),
    (_LEFT, "slice.piece.last && slice_end", "slice.piece.last"),
    (_LEFT, "!slice.piece.int8 || piece_q", "piece_q"),
    (_LEFT, "(stop_i || count >= CountBits'(take_bytes))", "count >= CountBits'(take_bytes)"),
    (_PACKER, "headed_q <= !pop;", "headed_q <= 1'b1;"),
    (_PACKER, "tlast_q <= piece.last && piece_end;", "tlast_q <= piece.last;"),
    (_PACKER, "15'd0, piece.int8,", "15'd0, 1'b0,"),
]

LIMIT_CYCLES = 30_000
FILL_CYCLES = 24
LATENCY_CYCLES = 6
"""Last beat of a record taken to the slice's first B beat taken, less the read steps."""


@dataclass
class Command:
    """One SPMM's STA part and what it must send."""

    store: int
    base: int
    records: list[Record]
    control: bytes
    left: bytes
    packets: Packets

    @property
    def packet_count(self) -> int:
        """Packets of all PE rows."""
        return sum(map(len, self.packets.a))


class GatherBench:
    """The unit, its two streams, two feature stores and sinks on all its ports."""

    def __init__(self, dut: Any, stalls: tuple[float, float]) -> None:
        self.dut = dut
        self.device = device_under_test()
        self.rows, self.cols = self.device.sta_rows, self.device.sta_cols
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        rng = random.Random(cocotb.RANDOM_SEED)
        shape = (2, self.device.store_rows, self.device.features)
        self.stores = self.rng.integers(-128, 128, shape).astype(np.int8)
        clock = dut.clk_i
        self.control = StreamSource(
            clock,
            dut.ctl_valid_i,
            dut.ctl_ready_o,
            {"data": dut.ctl_data_i},
            stall=stalls[0],
            rng=rng,
        )
        self.left = StreamSource(
            clock, dut.a_valid_i, dut.a_ready_o, {"data": dut.a_data_i}, stall=stalls[0], rng=rng
        )
        sink = {"stall": stalls[1], "rng": rng, "reset": dut.rst_ni}
        self.a = plio_sinks(dut, clock, "plio_a", self.rows, **sink)
        self.b = plio_sinks(dut, clock, "plio_b", self.rows * self.cols, **sink)
        self.step_cycles = 0
        self.begun = [0] * self.rows
        self.bad_cycles = 0

    @staticmethod
    async def start(dut: Any, *, stalls: tuple[float, float] = (0.0, 0.0)) -> GatherBench:
        dut.cmd_valid_i.value = 0
        dut.cmd_i.value = 0
        dut.rd_data_i.value = 0
        dut.stop_i.value = 0
        bench = GatherBench(dut, stalls)
        cocotb.start_soon(bench._serve_store())
        await start_clock(dut.clk_i, dut.rst_ni)
        return bench

    async def _serve_store(self) -> None:
        """Answer reads a cycle later; banks that are not read show garbage."""
        dut, device = self.dut, self.device
        banks = device.banks
        address_bits = len(dut.rd_addr_o) // banks
        row_bits = 8 * device.features
        garbage = random.Random(cocotb.RANDOM_SEED)
        while True:
            await RisingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            self.step_cycles += int(dut.busy_o.value)
            self.bad_cycles += int(dut.bad_o.value)
            for r in range(self.rows):
                self.begun[r] += int(dut.begun_o.value) >> r & 1
                ended = sum(beat["last"] for beat in self.a[r].beats)
                under_way = bool(self.a[r].beats) and not self.a[r].beats[-1]["last"]
                assert ended + under_way <= self.begun[r], "a packet nobody was told of"
            enable = int(dut.rd_en_o.value)
            if not enable:
                continue
            store = self.stores[int(dut.rd_store_o.value)]
            address = int(dut.rd_addr_o.value)
            data = garbage.getrandbits(row_bits * banks)
            for bank in range(banks):
                if enable >> bank & 1:
                    at = address >> bank * address_bits & (1 << address_bits) - 1
                    row = int.from_bytes(store[at * banks + bank].tobytes(), "little")
                    data &= ~((1 << row_bits) - 1 << bank * row_bits)
                    data |= row << bank * row_bits
            dut.rd_data_i.value = data

    def positions(self, window: int) -> tuple[int, ...]:
        """Return 8 positions, some of them zero rows, that keep the bank law."""
        device, found = self.device, []
        for _ in range(K0 // device.gather_rows):
            for bank in self.rng.permutation(device.banks)[: device.gather_rows]:
                row = int(self.rng.integers(window // device.banks))
                zero = ZERO_ROW if self.rng.random() < 0.25 else 0
                found.append(row * device.banks + int(bank) | zero)
        return tuple(found)

    def command(
        self,
        slices: Sequence[Sequence[int]],
        *,
        int8: bool | None = None,
        dense: bool | None = None,
        padding_lines: int = 1,
    ) -> Command:
        """Return random records: per PE row, a packet of each number of slices.

        Records of different PE rows interleave at random, or round robin if `dense` is given. What
        is None is drawn per record or packet.
        """
        device, rng = self.device, self.rng
        window = min(device.store_rows // 2, 2048)
        base = int(rng.integers((device.store_rows - window) // device.banks + 1)) * device.banks
        queues: list[list[Record]] = []
        for pe_row, row in enumerate(slices):
            queue: list[Record] = []
            for count in row:
                wide = bool(rng.integers(2)) if int8 is None else int8
                tag = int(rng.integers(1 << 16))
                for i in range(count):
                    flat = bool(rng.integers(2)) if dense is None else dense
                    queue.append(
                        Record(
                            tag=tag,
                            slices=count,
                            pe_row=pe_row,
                            first=i == 0,
                            last=i == count - 1,
                            int8=wide,
                            base=8 * int(rng.integers(window // 8)) if flat else 0,
                            positions=None if flat else self.positions(window),
                        )
                    )
            queues.append(queue)
        records: list[Record] = []
        turn = 0
        while any(queues):
            pick = turn % len(queues) if dense is not None else int(rng.integers(len(queues)))
            turn += 1
            if queues[pick]:
                records.append(queues[pick].pop(0))
        control = self._padded(b"".join(r.to_bytes() for r in records), padding_lines)
        size = sum(device.block_rows * (8 if record.int8 else 1) for record in records)
        left = self._padded(rng.bytes(size), padding_lines)
        store = int(rng.integers(2))
        packets = gather(records, left, self.stores[store], base, device)
        return Command(store, base, records, control, left, packets)

    def _padded(self, data: bytes, lines: int) -> bytes:
        """Fill up to whole lines; `lines` more of garbage must be taken and ignored."""
        size = -(-len(data) // LINE_BYTES) * LINE_BYTES + lines * LINE_BYTES
        return data + self.rng.bytes(size - len(data))

    def _beats(self, data: bytes) -> list[dict[str, int]]:
        size = self.device.axi_bytes
        return [
            {"data": int.from_bytes(data[i : i + size], "little")}
            for i in range(0, len(data), size)
        ]

    async def begin(self, command: Command) -> list[Any]:
        """Give the command; return the tasks that send its streams."""
        dut = self.dut
        control, left = self._beats(command.control), self._beats(command.left)
        position_bits = (self.device.store_rows - 1).bit_length()
        word = command.store
        for value, bits in (
            (0, 1),  # half
            (0, 1),  # clear
            (command.base, position_bits),
            (len(command.records), 32),
            (command.packet_count, 32),
            (len(control), 32),
            (len(left), 32),
        ):
            word = word << bits | value
        dut.cmd_i.value = word
        dut.cmd_valid_i.value = 1
        await wait_for(
            dut.clk_i, lambda: dut.cmd_ready_o.value == 1, limit_cycles=LIMIT_CYCLES, what="command"
        )
        dut.cmd_valid_i.value = 0
        return [
            cocotb.start_soon(self.control.send(control, limit_cycles=LIMIT_CYCLES)),
            cocotb.start_soon(self.left.send(left, limit_cycles=LIMIT_CYCLES)),
        ]

    async def idle(self) -> int:
        """Wait until idle; return the cycles waited."""
        dut = self.dut
        return await wait_for(
            dut.clk_i, lambda: dut.idle_o.value == 1, limit_cycles=LIMIT_CYCLES, what="idle"
        )

    async def run(self, command: Command) -> int:
        """Give the command and its streams; return the cycles until idle."""
        tasks = await self.begin(command)
        cycles = await self.idle()
        for task in tasks:
            assert task.done(), "idle before its streams were taken"
        return cycles

    async def stop(self, tasks: list[Any]) -> None:
        """Stop the unit as an error or a soft reset does; return when it may go on."""
        self.dut.stop_i.value = 1
        await RisingEdge(self.dut.clk_i)
        for task in tasks:
            task.cancel()
        self.control.valid.value = self.left.valid.value = 0
        await self.idle()
        self.dut.stop_i.value = 0
        await self.quiet()

    async def quiet(self) -> None:
        """Wait until no port has had a beat for a while."""
        seen, waited = -1, 0
        while (now := sum(len(sink.beats) for sink in (*self.a, *self.b))) != seen:
            seen = now
            for _ in range(60):
                await RisingEdge(self.dut.clk_i)
            waited += 60
            assert waited < LIMIT_CYCLES, "packets without end"

    def sent(self) -> list[list[list[Beats]]]:
        """Return the packets of every PE row so far, by port: A, then B of each column."""
        return [
            [
                cut_packets(sink.beats)
                for sink in (self.a[r], *self.b[r * self.cols : (r + 1) * self.cols])
            ]
            for r in range(self.rows)
        ]

    def check_whole(self) -> None:
        """All that was sent is whole packets, in pairs that agree, as many as were begun."""
        device = self.device
        for r, ports in enumerate(self.sent()):
            assert [len(packets) for packets in ports] == [self.begun[r]] * len(ports)
            sinks = (self.a[r], *self.b[r * self.cols : (r + 1) * self.cols])
            assert all(not sink.beats or sink.beats[-1]["last"] for sink in sinks)
            for a_packet, *b_packets in zip(*ports, strict=True):
                a_header = Header.parse(a_packet[0])
                slice_beats = device.block_rows // (2 if a_header.int8 else 16)
                assert len(a_packet) == 1 + a_header.slices * slice_beats
                for packet in b_packets:
                    header = Header.parse(packet[0])
                    assert (header.tag, header.slices) == (a_header.tag, a_header.slices)
                    assert len(packet) == 1 + header.slices * device.pe_features // 2

    async def check(self, commands: Sequence[Command]) -> None:
        """Wait for all packets of all commands and compare."""
        for r in range(self.rows):
            wanted = [packet for command in commands for packet in command.packets.a[r]]
            await self.a[r].receive(sum(map(len, wanted)), limit_cycles=LIMIT_CYCLES)
            for c in range(self.cols):
                wanted = [packet for command in commands for packet in command.packets.b[r][c]]
                sink = self.b[r * self.cols + c]
                await sink.receive(sum(map(len, wanted)), limit_cycles=LIMIT_CYCLES)
        for _ in range(30):
            await RisingEdge(self.dut.clk_i)
        for r in range(self.rows):
            wanted = [packet for command in commands for packet in command.packets.a[r]]
            assert cut_packets(self.a[r].beats) == wanted, f"A of PE row {r}"
            for c in range(self.cols):
                wanted = [packet for command in commands for packet in command.packets.b[r][c]]
                assert cut_packets(self.b[r * self.cols + c].beats) == wanted, f"B of PE {r}, {c}"


@cocotb.test()
@cocotb.parametrize(
    stalls=[(0.0, 0.0), (0.6, 0.0), (0.0, 0.7), (0.3, 0.3)], dense=[None, True, False]
)
async def packets_are_those_of_the_records(
    dut: Any, stalls: tuple[float, float], dense: bool | None
) -> None:
    bench = await GatherBench.start(dut, stalls=stalls)
    commands = []
    for int8, padding in ((False, 0), (True, 0), (None, 3), (None, 0)):
        slices = [[3, 1, 2] if r % 2 else [1, 4] for r in range(bench.rows)]
        commands.append(bench.command(slices, int8=int8, dense=dense, padding_lines=padding))
        await bench.run(commands[-1])

    await bench.check(commands)

    slices_sent = sum(len(command.records) for command in commands)
    assert bench.step_cycles == slices_sent * K0 // bench.device.gather_rows


@cocotb.test()
async def a_command_without_slices_completes(dut: Any) -> None:
    bench = await GatherBench.start(dut)
    empty = bench.command([[] for _ in range(bench.rows)], padding_lines=0)
    padded = bench.command([[] for _ in range(bench.rows)], padding_lines=2)
    real = bench.command([[1] for _ in range(bench.rows)])

    for command in (empty, padded, real, empty):
        await bench.run(command)

    await bench.check([real])


@cocotb.test()
@cocotb.parametrize(dense=[True, False], int8=[False, True])
async def slices_of_all_rows_overlap(dut: Any, dense: bool, int8: bool) -> None:
    """Free sinks: the slowest of read steps, PLIO ports and streams sets the pace."""
    bench = await GatherBench.start(dut)
    device, each = bench.device, 24
    command = bench.command([[each] for _ in range(bench.rows)], int8=int8, dense=dense)
    slices = each * bench.rows
    port_beats = max(
        device.pe_features // 2, device.block_rows // (2 if int8 else 16)
    )  # Of a slice, on its PE row's ports
    per_slice = max(
        K0 / device.gather_rows,
        port_beats / bench.rows,
        (8 if dense else 24) / device.axi_bytes,
        device.block_rows * (8 if int8 else 1) / device.axi_bytes,
    )

    start = get_sim_time("ns")
    await bench.run(command)
    await bench.check([command])

    sinks = [*bench.a, *bench.b]
    cycles = (max(sink.times_ns[-1] for sink in sinks) - start) / 10
    assert cycles <= slices * per_slice + bench.rows + FILL_CYCLES + port_beats, (
        f"{cycles} cycles for {slices} slices at {per_slice}"
    )


@cocotb.test()
async def full_queues_hold_the_reads_up(dut: Any) -> None:
    """Slow ports: more slices than the queues hold, and none is lost."""
    bench = await GatherBench.start(dut, stalls=(0.0, 0.9))
    command = bench.command([[40] for _ in range(bench.rows)], int8=False, dense=True)

    await bench.run(command)

    await bench.check([command])


@cocotb.test()
async def a_lone_slice_comes_soon(dut: Any) -> None:
    bench = await GatherBench.start(dut)
    command = bench.command([[1]], int8=False, dense=False)

    await bench.run(command)
    await bench.check([command])

    records_in_ns = bench.control.times_ns[(24 - 1) // bench.device.axi_bytes]
    latency = (bench.b[0].times_ns[1] - records_in_ns) / 10
    assert latency == K0 // bench.device.gather_rows + LATENCY_CYCLES


@cocotb.test()
@cocotb.parametrize(stalls=[(0.0, 0.0), (0.4, 0.6)])
async def a_stop_at_any_time_ends_the_packets_under_way(
    dut: Any, stalls: tuple[float, float]
) -> None:
    bench = await GatherBench.start(dut, stalls=stalls)
    cut_short = 0
    for _ in range(12):
        already = bench.sent()
        command = bench.command([[3, 5, 2] for _ in range(bench.rows)])
        tasks = await bench.begin(command)
        for _ in range(int(bench.rng.integers(1, 160))):
            await RisingEdge(dut.clk_i)
        await bench.stop(tasks)

        bench.check_whole()
        for r, ports in enumerate(bench.sent()):
            wanted = [command.packets.a[r], *command.packets.b[r]]
            for packets, before, want in zip(ports, already[r], wanted, strict=True):
                fresh = packets[len(before) :]
                assert [packet[0] for packet in fresh] == [packet[0] for packet in want][
                    : len(fresh)
                ]
                cut_short += fresh != want[: len(fresh)]

        already = bench.sent()
        whole = bench.command([[1, 2] for _ in range(bench.rows)])
        await bench.run(whole)
        await bench.quiet()
        for r, ports in enumerate(bench.sent()):
            wanted = [whole.packets.a[r], *whole.packets.b[r]]
            for packets, before, want in zip(ports, already[r], wanted, strict=True):
                assert packets[len(before) :] == want, f"PE row {r} after the stop"
    assert cut_short, "no stop came within a packet"
    assert bench.bad_cycles == 0


def _unlawful(records: list[Record], rows: int) -> dict[str, list[Record]]:
    """Return damaged copies of the records of one command: each breaks the law of packets."""
    opening = next(i for i, r in enumerate(records) if r.first and r.slices == 3)
    row = records[opening].pe_row
    middle = next(i for i in range(opening + 1, len(records)) if records[i].pe_row == row)
    end = next(i for i in range(middle + 1, len(records)) if records[i].pe_row == row)

    def change(at: int, **fields: Any) -> list[Record]:
        return [*records[:at], replace(records[at], **fields), *records[at + 1 :]]

    return {
        "no first": change(opening, first=False),
        "no last": change(end, last=False),
        "last too soon": change(middle, last=True),
        "first again": change(middle, first=True),
        "no slices": change(opening, slices=0),
        "more slices than records": change(opening, slices=9),
        "another kind within a packet": change(middle, int8=not records[middle].int8),
        "no such PE row": change(opening, pe_row=rows),
        "a packet without its end": records[:end],
    }


@cocotb.test()
async def records_against_the_law_are_reported_and_no_packet_suffers(dut: Any) -> None:
    bench = await GatherBench.start(dut, stalls=(0.1, 0.3))
    names = _unlawful(bench.command([[3, 1] for _ in range(bench.rows)]).records, bench.rows)
    for name in names:
        command = bench.command([[3, 1] for _ in range(bench.rows)])
        command.records = _unlawful(command.records, bench.rows)[name]
        body = b"".join(record.to_bytes() for record in command.records)
        command.control = bench._padded(body, 1)
        before = bench.bad_cycles
        tasks = await bench.begin(command)
        await wait_for(
            dut.clk_i,
            lambda seen=before: bench.bad_cycles > seen,  # type: ignore[misc]
            limit_cycles=LIMIT_CYCLES,
            what=f"a report of {name}",
        )
        await bench.stop(tasks)

        bench.check_whole()

    bench.begun = [0] * bench.rows
    for sink in (*bench.a, *bench.b):
        sink.beats.clear()
    good = bench.command([[3, 1] for _ in range(bench.rows)])
    await bench.run(good)
    await bench.check([good])
