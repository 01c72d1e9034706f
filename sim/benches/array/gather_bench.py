# SPDX-License-Identifier: Apache-2.0
"""The gather unit's world: its streams, two feature stores, sinks on its ports, random commands."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge

from hgcn.arch.device import K0, LINE_BYTES

from ...bfm import StreamSource, device_under_test, start_clock, wait_for
from .plio_model import ZERO_ROW, Beats, Header, Packets, Record, gather
from .ports import cut_packets, plio_sinks

LIMIT_CYCLES = 30_000


@dataclass
class Command:
    """One SPMM's tensor array part and what it must send."""

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
        self.rows, self.cols = self.device.array_rows, self.device.array_cols
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

    def positions(self, tile: int) -> tuple[int, ...]:
        """Return 8 positions, some of them zero rows, that keep the bank rule."""
        device, found = self.device, []
        for _ in range(K0 // device.gather_rows):
            for bank in self.rng.permutation(device.banks)[: device.gather_rows]:
                row = int(self.rng.integers(tile // device.banks))
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
        tile = min(device.store_rows // 2, 2048)
        base = int(rng.integers((device.store_rows - tile) // device.banks + 1)) * device.banks
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
                            base=8 * int(rng.integers(tile // 8)) if flat else 0,
                            positions=None if flat else self.positions(tile),
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

    def offer(self, command: Command) -> None:
        """Show the command; it may or may not be taken."""
        dut = self.dut
        control, left = self._beats(command.control), self._beats(command.left)
        position_bits = (self.device.store_rows - 1).bit_length()
        word = 0
        for value, bits in (
            (0, 1),  # clear
            (0, 1),  # buffer
            (command.store, 1),
            (command.base, position_bits),
            (len(command.records), 32),
            (len(control), 32),
            (len(left), 32),
            (command.packet_count, 32),
        ):
            word = word << bits | value
        dut.cmd_i.value = word
        dut.cmd_valid_i.value = 1

    async def begin(self, command: Command) -> list[Any]:
        """Give the command; return the tasks that send its streams."""
        dut = self.dut
        control, left = self._beats(command.control), self._beats(command.left)
        self.offer(command)
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
