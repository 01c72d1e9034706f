# SPDX-License-Identifier: Apache-2.0
"""The gather unit: control records, left operand and a feature store to PLIO packets."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from cocotb.utils import get_sim_time

from hgcn.arch.device import K0, LINE_BYTES

from ...bfm import StreamSource, device_under_test, start_clock, wait_for
from ...runner import Bench
from .plio_model import ZERO_ROW, Packets, Record, gather
from .ports import cut_packets, plio_sinks

_FILE = "hw/rtl/sta/hgcn_gather.sv"
_PACKER = "hw/rtl/sta/hgcn_packer.sv"

BENCH = Bench(
    module="benches.sta.test_gather",
    top="hgcn_gather",
    sources=(
        "hw/rtl/common/hgcn_fifo.sv",
        "hw/rtl/common/hgcn_funnel.sv",
        _PACKER,
        _FILE,
    ),
    presets=("tiny", "kv260", "vck5000", "vek280"),
)

MUTANTS = [
    (_FILE, "rec_zero_q[k] <= position[15];", "rec_zero_q[k] <= 1'b0;"),
    (_FILE, "rows_zero_q[k] ? '0 :", "1'b0 ? '0 :"),
    (_FILE, "base_q + bank_addr_t'(position", "bank_addr_t'(position"),
    (_FILE, "{ctl_bytes[63:51], 3'(k)}", "{ctl_bytes[63:51], 3'(0)}"),
    (_FILE, "rd_data_i[rows_bank_q[k]]", "rd_data_i[rec_bank_q[k]]"),
    (_FILE, "ctl_beats_q != '0 && (drain || ctl_room)", "ctl_beats_q != '0 && ctl_room"),
    (_FILE, "(drain && !order_valid));", "1'b0);"),
    (_FILE, "&& ctl_beats_q == '0 && a_beats_q == '0;", ";"),
    (_FILE, "assign rec_room = !rec_valid_q || step_end;", "assign rec_room = !rec_valid_q;"),
    (_FILE, "a_note.first && a_piece_q == '0", "a_note.first"),
    (_FILE, "a_note.last && a_slice_end", "a_note.last"),
    (_FILE, "!a_note.int8 || a_piece_q", "a_piece_q"),
    (_FILE, "assign row_room[r] = &room;", "assign row_room[r] = 1'b1;"),
    (_FILE, "assign row_room[r] = &room;", "assign row_room[r] = &room && !rows_valid_q;"),
    (_FILE, "[(c*N+i*N0)*8 +: 8*N0]", "[(c*N)*8 +: 8*N0]"),
    (_PACKER, "headed_q <= !pop;", "headed_q <= 1'b1;"),
    (_PACKER, "tlast_q <= note.last && piece_end;", "tlast_q <= note.last;"),
    (_PACKER, "15'd0, note.int8,", "15'd0, 1'b0,"),
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

    @staticmethod
    async def start(dut: Any, *, stalls: tuple[float, float] = (0.0, 0.0)) -> GatherBench:
        dut.cmd_valid_i.value = 0
        dut.cmd_i.value = 0
        dut.rd_data_i.value = 0
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

    async def run(self, command: Command) -> int:
        """Give the command and its streams; return the cycles until idle."""
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
        tasks = [
            cocotb.start_soon(self.control.send(control, limit_cycles=LIMIT_CYCLES)),
            cocotb.start_soon(self.left.send(left, limit_cycles=LIMIT_CYCLES)),
        ]
        cycles = await wait_for(
            dut.clk_i, lambda: dut.idle_o.value == 1, limit_cycles=LIMIT_CYCLES, what="idle"
        )
        for task in tasks:
            assert task.done(), "idle before its streams were taken"
        return cycles

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
async def a_lone_slice_comes_soon(dut: Any) -> None:
    bench = await GatherBench.start(dut)
    command = bench.command([[1]], int8=False, dense=False)

    await bench.run(command)
    await bench.check([command])

    records_in_ns = bench.control.times_ns[(24 - 1) // bench.device.axi_bytes]
    latency = (bench.b[0].times_ns[1] - records_in_ns) / 10
    assert latency == K0 // bench.device.gather_rows + LATENCY_CYCLES
