# SPDX-License-Identifier: Apache-2.0
"""LOAD, PL engine and DRAIN: pace, padding, idle, and what their busy counters count."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.cycles import lanes as c
from hgcn.cycles import reads, writes
from hgcn.cycles.sizes import Sizes, sizes_of
from tests.samples import TINY

SIZES = sizes_of(TINY)


class Engines:
    """The three engines; beats come every `every` cycles, memory takes one of every `slow`."""

    def __init__(self, *, every: int = 1, slow: int = 1, sizes: Sizes = SIZES) -> None:
        self.sizes, self.every, self.slow = sizes, every, slow
        self.clients = reads.new_clients(sizes)
        self.writes = np.zeros(writes.WRITE_SIZE, np.int64)
        self.room = writes.FIFO_BURSTS * reads.BURST_LINES * sizes.line_beats
        self.written = 0
        self.load, self.pl, self.drain = np.zeros((3, c.ENGINE_SIZE), np.int64)
        self.t = 0

    def edge(self) -> None:
        self.t += 1
        if self.t % self.every == 0:
            self.clients[:, reads.HAVE] += 1
        if self.t % self.slow == 0 and self.writes[writes.STORED] > 0:
            self.writes[writes.STORED] -= 1
        had = self.clients[:, reads.HAVE].copy()
        c.load_cycle(self.load, self.clients)
        c.pl_cycle(self.pl, self.clients, self.sizes)
        c.drain_cycle(self.drain, self.clients, self.writes, self.sizes)
        # A client holds the beats behind the one that was taken.
        taken = self.clients[:, reads.HAVE] < had
        self.clients[:, reads.HAVE] = had - taken
        self.writes[writes.STORED] += self.writes[writes.GIVEN]
        self.written += int(self.writes[writes.GIVEN])
        self.writes[writes.GIVEN] = 0

    def until_idle(self, engine: np.ndarray) -> int:
        engine[c.ACTIVE] = 1
        while engine[c.ACTIVE]:
            self.edge()
            assert self.t < 100_000
        return self.t


@pytest.mark.parametrize("every", [1, 3])
def test_a_load_takes_a_beat_a_cycle_and_is_idle_a_cycle_after_the_last(every: int) -> None:
    engines = Engines(every=every)
    engines.load[c.BEATS] = 100
    assert engines.until_idle(engines.load) == 100 * every + 1
    assert engines.load[c.BUSY] == 100


def pl_cycles(bundles: int, bundle_bytes: int, *, every: int = 1, padding: int = 0) -> int:
    """Cycles of an SPMM on the PL engine."""
    engines = Engines(every=every)
    engines.pl[c.ITEMS], engines.pl[c.ITEM_BYTES] = bundles, bundle_bytes
    engines.pl[c.BEATS] = -(-bundles * bundle_bytes // 16) + padding
    cycles = engines.until_idle(engines.pl)
    assert engines.pl[c.BUSY] == bundles and engines.pl[c.BEATS] == 0
    return cycles


@pytest.mark.parametrize("bundle_bytes", [3 * TINY.lanes, 4 * TINY.lanes])
def test_a_bundle_a_cycle_if_the_beats_hold_them(bundle_bytes: int) -> None:
    # A beat to the gearbox, a bundle a cycle, and the flight of the last one.
    assert pl_cycles(400, bundle_bytes) == 1 + 400 + c.PL_FLIGHT + 1


def test_bundles_are_limited_by_their_bytes() -> None:
    beats = 400 * 12 // 16
    assert pl_cycles(400, 12, every=2) == pytest.approx(2 * beats, abs=8)
    assert pl_cycles(400, 16, every=2) == pytest.approx(2 * 400, abs=8)
    assert pl_cycles(400, 12, every=5) == pytest.approx(5 * beats, abs=8)


def test_padding_is_taken_and_dropped() -> None:
    # The last bundle lands while they pass.
    assert pl_cycles(4, 12, padding=50) == 3 + 50 + 1
    assert pl_cycles(4, 12, padding=1) == 1 + 4 + c.PL_FLIGHT + 1


def test_an_spmm_without_bundles_is_over_at_once() -> None:
    assert pl_cycles(0, 12) == 1


def drain(
    engines: Engines, rows: int, *, out_beats: int = 0, tiled: bool = False, padding: int = 0
) -> int:
    """Cycles of a DRAIN."""
    engines.drain[c.TILED] = tiled
    features = engines.sizes.features
    engines.drain[c.PARAMETERS] = features
    engines.drain[c.ROWS] = engines.drain[c.LEAVING] = engines.drain[c.OUT_ROWS] = rows
    engines.drain[c.OUT_BEATS] = out_beats
    size = features * c.PARAMETER_BYTES + rows * c.RECORD_BYTES
    engines.drain[c.BEATS] = size // 16 + padding
    return engines.until_idle(engines.drain)


@pytest.mark.parametrize("rows", [16, 32, 512])
def test_a_drain_takes_a_parameter_then_a_row_a_cycle(rows: int) -> None:
    # The first beat to the gearbox before, the depth of the pipeline after the last.
    assert drain(Engines(), rows) == 1 + SIZES.features + rows + c.DRAIN_DEPTH


def test_the_busy_counter_is_that_of_busy_o() -> None:
    # `take_param || take_row || row_leaves || a beat to memory`: a row leaves for the store's
    # register a cycle before it is written, so the last rows leave alone.
    for rows in (4, 16, 100):
        engines = Engines()
        drain(engines, rows)
        leaving_alone = min(rows, c.DRAIN_DEPTH - 1)
        assert engines.drain[c.BUSY] == SIZES.features + rows + leaving_alone


def test_rows_to_memory_take_as_long_as_its_beats() -> None:
    engines = Engines()
    assert drain(engines, 512, out_beats=512) == pytest.approx(512 + SIZES.features, abs=20)
    assert engines.written == 512


def test_a_row_of_two_beats_takes_two_cycles() -> None:
    one, two = (drain(Engines(), 512, out_beats=512 * beats) for beats in (1, 2))
    assert two - one == 511 + 1


def test_no_row_comes_while_the_one_before_makes_its_second_beat() -> None:
    engines = Engines()
    behind = []
    engines.drain[c.ACTIVE], engines.drain[c.OUT_BEATS] = 1, 2 * 64
    engines.drain[[c.ROWS, c.LEAVING, c.OUT_ROWS]], engines.drain[c.BEATS] = 64, 16
    while engines.drain[c.ACTIVE]:
        engines.edge()
        gone = 64 - engines.drain[c.LEAVING]
        behind.append(2 * gone - engines.drain[c.OUT_MADE])
    assert max(behind) == 1


def test_a_tile_goes_to_memory_when_all_of_its_rows_are_there() -> None:
    # hgcn_row_writer, Latency: 3 cycles, last row of a block to its first beat.
    rows, beats = SIZES.block_rows, SIZES.block_rows // 2
    engines = Engines()
    tiled = drain(engines, rows, out_beats=beats, tiled=True)
    to_store = drain(Engines(), rows)
    assert tiled == to_store + 3 + beats - 1
    assert engines.drain[c.BUSY] == SIZES.features + rows + c.DRAIN_DEPTH - 1 + beats


def test_beats_of_tiles_never_overflow_the_writer() -> None:
    engines = Engines(slow=1 << 30)
    engines.writes[writes.STORED] = 10_000  # The write FIFO is full.
    rows = 4 * SIZES.block_rows
    engines.drain[[c.ACTIVE, c.TILED]], engines.drain[c.OUT_BEATS] = 1, rows
    engines.drain[[c.ROWS, c.LEAVING, c.OUT_ROWS]], engines.drain[c.BEATS] = rows, rows // 4
    for _ in range(200):
        engines.edge()
    # A beat may be on its way out of the buffer when the last but one place is taken.
    assert engines.drain[c.OUT_MADE] == c.WRITER_BEATS + 2 and engines.drain[c.OUT_SENT] == 0


def test_beats_of_a_tile_leave_beside_the_rows_of_the_next() -> None:
    rows, beats = 16 * SIZES.block_rows, SIZES.block_rows // 2
    tiled = drain(Engines(), rows, out_beats=16 * beats, tiled=True)
    assert tiled == drain(Engines(), rows) + 3 + beats - 1


def test_a_slow_memory_stops_the_pipeline() -> None:
    engines = Engines(slow=3)
    cycles = drain(engines, 2048, out_beats=2048)
    assert cycles == pytest.approx(3 * (2048 - engines.room), abs=60)


def test_rows_wait_only_once_the_writer_is_behind() -> None:
    engines = Engines()
    engines.writes[writes.STORED] = 10_000  # The write FIFO is full.
    engines.slow = 1 << 30
    engines.drain[c.ACTIVE], engines.drain[c.ROWS] = 1, 100
    engines.drain[c.LEAVING] = engines.drain[c.OUT_ROWS] = engines.drain[c.OUT_BEATS] = 100
    engines.drain[c.BEATS] = 25
    for _ in range(200):
        engines.edge()
    left = 100 - engines.drain[c.LEAVING]
    assert left == c.WRITER_BEATS + 1 and engines.drain[c.OUT_SENT] == 0


def test_a_drains_padding_is_taken() -> None:
    engines = Engines()
    drain(engines, 16, padding=40)
    assert engines.drain[c.BEATS] == 0
