# SPDX-License-Identifier: Apache-2.0
"""DRAIN: its pace, what holds it up, and what its busy counter counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hgcn.arch.device import Device
from hgcn.cycles import drain as c
from hgcn.cycles import reads, writes
from hgcn.cycles.sizes import sizes_of
from tests.samples import DEVICES, TINY

ROW = replace(TINY, name="row", drain_rows=1)
LINE = replace(TINY, name="line", drain_rows=4)
WIDE = DEVICES["wide"]
NEVER = 1 << 30


class Drain:
    """A DRAIN; beats come every `every` cycles, memory takes one of every `slow`."""

    def __init__(self, device: Device = ROW, *, every: int = 1, slow: int = 1) -> None:
        self.sizes, self.every, self.slow = sizes_of(device), every, slow
        self.clients = reads.new_clients(self.sizes)
        self.writes = np.zeros(writes.WRITE_SIZE, np.int64)
        self.room = writes.FIFO_BURSTS * reads.BURST_LINES * self.sizes.line_beats
        self.written = 0
        self.state = np.zeros(c.DRAIN_SIZE, np.int64)
        self.t = 0

    def start(
        self, rows: int, *, row_bytes: int = 0, tiled: bool = False, padding: int = 0
    ) -> None:
        s = self.sizes
        beats = s.parameter_beats + -(-4 * rows // s.beat_bytes) + padding
        c.start_drain(self.state, beats, rows, rows * row_bytes // s.beat_bytes, tiled, s)

    def edge(self) -> None:
        self.t += 1
        if self.t % self.every == 0:
            self.clients[:, reads.HAVE] += 1
        if self.t % self.slow == 0 and self.writes[writes.STORED] > 0:
            self.writes[writes.STORED] -= 1
        had = self.clients[:, reads.HAVE].copy()
        c.drain_cycle(self.state, self.clients, self.writes, self.sizes)
        # A client holds the beats behind the one that was taken.
        taken = self.clients[:, reads.HAVE] < had
        self.clients[:, reads.HAVE] = had - taken
        self.writes[writes.STORED] += self.writes[writes.GIVEN]
        self.written += int(self.writes[writes.GIVEN])
        self.writes[writes.GIVEN] = 0

    def block_memory(self) -> None:
        """From now on the write FIFO is full."""
        self.writes[writes.STORED], self.slow = 10_000, NEVER

    def lines_left(self) -> int:
        """Lines that have left the pipeline."""
        return int(self.state[c.OUT_LINES] - self.state[c.LEAVING])

    def cycles(self, rows: int, **how: int) -> int:
        """Cycles from its first beat to its end."""
        self.start(rows, **how)  # type: ignore[arg-type]
        while self.state[c.ACTIVE]:
            self.edge()
            assert self.t < 100_000
        return self.t


DEVICES_OF_EACH_KIND = pytest.mark.parametrize("device", [ROW, LINE, WIDE], ids=lambda d: d.name)


@DEVICES_OF_EACH_KIND
@pytest.mark.parametrize("blocks", [1, 2, 32])
def test_a_drain_takes_a_beat_of_parameters_then_a_line_a_cycle(
    device: Device, blocks: int
) -> None:
    rows = blocks * device.block_rows
    parameters = 8 * device.features // device.axi_bytes
    # The first beat to the records before, the depth of the pipeline after the last.
    lines = rows // device.drain_rows
    assert Drain(device).cycles(rows) == 1 + parameters + lines + c.DRAIN_DEPTH


@DEVICES_OF_EACH_KIND
def test_the_busy_counter_is_that_of_busy_o(device: Device) -> None:
    # Parameters or a line taken, a line that leaves, a beat to memory: a line leaves for the
    # store's register a cycle before it is written, so the last lines leave alone.
    for lines in (2, 16, 100):
        drain = Drain(device)
        drain.cycles(lines * device.drain_rows)
        leaving_alone = min(lines, c.DRAIN_DEPTH - 1)
        assert drain.state[c.BUSY] == drain.sizes.parameter_beats + lines + leaving_alone


def test_lines_come_as_their_records_do() -> None:
    # A beat is four records: four lines of a row, or one of four rows.
    assert Drain(ROW, every=3).cycles(512) == pytest.approx(512 + 4 + 12, abs=12)
    assert Drain(LINE, every=3).cycles(512) == pytest.approx(3 * (128 + 4), abs=14)


def test_rows_to_memory_take_as_long_as_its_beats() -> None:
    for row_bytes, beats in ((8, 256), (16, 512)):
        drain = Drain(LINE)
        took = drain.cycles(512, row_bytes=row_bytes)
        assert drain.written == beats
        # What the FIFO of the writer takes is no longer in the way.
        assert took == pytest.approx(4 + beats + c.DRAIN_DEPTH, abs=c.WRITER_BEATS)


def test_a_line_of_beats_takes_a_cycle_for_each() -> None:
    one, two = (Drain(ROW).cycles(512, row_bytes=16 * beats) for beats in (1, 2))
    assert two - one == 511 + 1
    # Lines of 32 and 64 bytes, two and four beats.
    two, four = (Drain(LINE).cycles(512, row_bytes=row_bytes) for row_bytes in (8, 16))
    assert four - two == (127 + 1) * 2


@pytest.mark.parametrize(("device", "row_bytes", "beats"), [(ROW, 32, 2), (LINE, 16, 4)])
def test_no_line_comes_while_the_one_before_makes_beats(
    device: Device, row_bytes: int, beats: int
) -> None:
    drain = Drain(device)
    drain.start(64, row_bytes=row_bytes)
    behind = set()
    while drain.state[c.ACTIVE]:
        drain.edge()
        behind.add(int(beats * drain.lines_left() - drain.state[c.OUT_MADE]))
    assert behind == set(range(beats))


def test_a_tile_goes_to_memory_when_all_of_its_rows_are_there() -> None:
    # hgcn_row_writer, Latency: 3 cycles, last row of a block to its first beat.
    for device in (ROW, LINE):
        rows, beats = device.block_rows, device.block_rows // 2
        drain = Drain(device)
        tiled, to_store = drain.cycles(rows, row_bytes=8, tiled=True), Drain(device).cycles(rows)
        assert tiled == to_store + 3 + beats - 1
        lines = rows // device.drain_rows
        leaving_alone = min(lines, c.DRAIN_DEPTH - 1)
        assert drain.state[c.BUSY] == drain.sizes.parameter_beats + lines + leaving_alone + beats


def test_beats_of_tiles_never_overflow_the_writer() -> None:
    drain = Drain(ROW)
    drain.block_memory()
    drain.start(4 * TINY.block_rows, row_bytes=16, tiled=True)
    for _ in range(200):
        drain.edge()
    # A beat may be on its way out of the buffer when the last but one place is taken.
    assert drain.state[c.OUT_MADE] == c.WRITER_BEATS and drain.state[c.OUT_SENT] == 0


def test_beats_of_a_tile_leave_beside_the_rows_of_the_next() -> None:
    rows, beats = 16 * ROW.block_rows, ROW.block_rows // 2
    tiled = Drain(ROW).cycles(rows, row_bytes=8, tiled=True)
    assert tiled == Drain(ROW).cycles(rows) + 3 + beats - 1


def test_lines_wait_for_a_buffer_of_tiles() -> None:
    # Four lines fill a block, eight beats send it.
    drain = Drain(LINE)
    drain.start(16 * LINE.block_rows, row_bytes=8, tiled=True)
    filled = []
    while drain.state[c.ACTIVE]:
        drain.edge()
        lines, sent = drain.lines_left(), drain.state[c.OUT_MADE] + drain.state[c.OUT_READ]
        filled.append(lines - int(sent) // 8 * 4)
    assert max(filled) == 2 * 4
    assert drain.t == pytest.approx(4 + 4 + 16 * 8 + c.DRAIN_DEPTH, abs=8)


@DEVICES_OF_EACH_KIND
def test_a_slow_memory_stops_the_pipeline(device: Device) -> None:
    drain = Drain(device, slow=3)
    beats = 4 * drain.room
    cycles = drain.cycles(beats * device.axi_bytes // device.features, row_bytes=device.features)
    assert cycles == pytest.approx(3 * (beats - drain.room), abs=60)


@DEVICES_OF_EACH_KIND
def test_lines_wait_only_once_the_writer_is_behind(device: Device) -> None:
    drain = Drain(device)
    drain.block_memory()
    drain.start(256, row_bytes=device.axi_bytes // device.drain_rows)
    for _ in range(400):
        drain.edge()
    assert drain.lines_left() == c.WRITER_BEATS - 1 and drain.state[c.OUT_SENT] == 0


@pytest.mark.parametrize("padding", [1, 3, 40])
def test_a_drains_padding_is_taken(padding: int) -> None:
    drain = Drain(ROW)
    drain.cycles(16, padding=padding)
    assert drain.state[c.BEATS] == 0
