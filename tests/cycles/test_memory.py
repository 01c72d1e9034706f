# SPDX-License-Identifier: Apache-2.0
"""The memory's pace: one bandwidth for both directions, and what an idle one makes up for."""

from __future__ import annotations

import pytest

from hgcn.cycles import memory as c
from hgcn.cycles.reads import LOAD, ask
from hgcn.cycles.writes import BEATS_WRITTEN
from tests.cycles.traffic import Traffic
from tests.samples import TINY


def test_half_the_rate_takes_twice_as_long() -> None:
    lines = 400
    beats = lines * 4
    times = []
    for share in (1.0, 0.5, 0.25):
        traffic = Traffic(rate_bytes=share * TINY.axi_bytes)
        ask(traffic.clients, LOAD, lines, 0)
        first = traffic.until_taken(1, LOAD)
        times.append(traffic.until_taken(beats, LOAD) - first)
    # A memory that was idle makes up for a few beats.
    assert times == pytest.approx([beats, 2 * beats, 4 * beats], abs=4 * c.CREDIT_BEATS)


def test_a_memory_that_was_idle_makes_up_for_four_beats() -> None:
    traffic = Traffic(rate_bytes=1.0, latency_cycles=200)
    ask(traffic.clients, LOAD, 16, 0)
    first = traffic.until_taken(1, LOAD)
    assert traffic.until_taken(4, LOAD) == first + 3
    assert traffic.until_taken(5, LOAD) >= first + 3 + TINY.axi_bytes // 2


@pytest.mark.parametrize(("share", "cycles"), [(2.0, 256), (1.0, 512), (0.5, 1024)])
def test_both_directions_share_the_bandwidth(share: float, cycles: int) -> None:
    traffic = Traffic(rate_bytes=share * TINY.axi_bytes)
    ask(traffic.clients, LOAD, 64, 0)
    traffic.write(64)
    while traffic.taken[LOAD] < 256 or traffic.writes[BEATS_WRITTEN] < 256:
        traffic.edge(LOAD)
        assert traffic.t < 5000
    # The first write waits for its burst's beats, one a cycle.
    assert cycles <= traffic.t <= cycles + 2 * traffic.sizes.latency_cycles + 64


@pytest.mark.parametrize("start_edge", [80, 81])
def test_who_asks_first_changes_every_cycle_from_power_up_on(start_edge: int) -> None:
    # A beat's worth of bandwidth every second edge: who asks first at these takes it all.
    traffic = Traffic(rate_bytes=TINY.axi_bytes / 2, start_edge=start_edge, latency_cycles=1)
    traffic.credit[0] = 0
    ask(traffic.clients, LOAD, 64, 0)
    traffic.write(64)
    traffic.edges(400, LOAD)
    moved = (int(traffic.taken[LOAD]), int(traffic.writes[BEATS_WRITTEN]))
    winner = 0 if start_edge % 2 == 0 else 1
    assert moved[winner] > moved[1 - winner]
    assert sum(moved) == pytest.approx(400 / 2, abs=20)
