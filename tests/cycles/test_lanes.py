# SPDX-License-Identifier: Apache-2.0
"""LOAD and PL engine: pace, padding, idle, and what their busy counters count."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.cycles import lanes as c
from hgcn.cycles import reads
from hgcn.cycles.sizes import Sizes, sizes_of
from tests.samples import TINY

SIZES = sizes_of(TINY)


class Engines:
    """Both engines; beats come every `every` cycles."""

    def __init__(self, *, every: int = 1, sizes: Sizes = SIZES) -> None:
        self.sizes, self.every = sizes, every
        self.clients = reads.new_clients(sizes)
        self.load, self.pl = np.zeros((2, c.ENGINE_SIZE), np.int64)
        self.t = 0

    def edge(self) -> None:
        self.t += 1
        if self.t % self.every == 0:
            self.clients[:, reads.HAVE] += 1
        had = self.clients[:, reads.HAVE].copy()
        c.load_cycle(self.load, self.clients)
        c.pl_cycle(self.pl, self.clients, self.sizes)
        # A client holds the beats behind the one that was taken.
        taken = self.clients[:, reads.HAVE] < had
        self.clients[:, reads.HAVE] = had - taken

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
