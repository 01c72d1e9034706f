# SPDX-License-Identifier: Apache-2.0
"""A port: its packetiser's latency and queue, and the crossing of the clocks both ways."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.cycles import ports as c
from hgcn.cycles.array import new_array
from tests.cycles.slices import FREE

PUSH_TO_BEAT = 2
"""hgcn_packetiser, Latency: `push_i` to the first beat."""


def port_of(pieces: list[tuple[int, int]]) -> np.ndarray:
    """Ports of an array, pieces of (edge, beats) pushed at one of them."""
    ports = new_array(FREE).ports
    for place, (at, beats) in enumerate(pieces):
        ports[0, 1, c.PUSHED + place], ports[0, 1, c.LENGTH + place] = at, beats
    return ports


@pytest.mark.parametrize("phase_ps", [0, 2_500, 7_499])
def test_edges_of_the_other_clock_are_those_strictly_after(phase_ps: int) -> None:
    sizes = FREE._replace(array_ps=7_500, array_phase_ps=phase_ps)
    for t in range(40):
        k = c.array_after(t, sizes)
        assert k * 7_500 + phase_ps > t * sizes.pl_ps >= (k - 1) * 7_500 + phase_ps
        back = c.pl_after(k, sizes)
        assert back * sizes.pl_ps > k * 7_500 + phase_ps >= (back - 1) * sizes.pl_ps


def test_beats_leave_one_a_cycle_after_the_stated_latency() -> None:
    ports = port_of([(10, 3), (11, 2), (40, 1)])
    assert c.send(ports, 0, 1, 3, FREE)
    first = 10 + PUSH_TO_BEAT
    crossed = [*range(first, first + 5), 40 + PUSH_TO_BEAT]
    shown = [c.array_after(at, FREE) + c.CROSSING for at in crossed]
    assert ports[0, 1, c.SHOWN : c.SHOWN + 6].tolist() == shown
    assert ports[0, 1, c.CROSSED_AT] == crossed[-1]
    # A piece leaves its queue as its last beat goes to the output register.
    assert ports[0, 1, c.LEFT : c.LEFT + 3].tolist() == [first + 1, first + 3, 41]
    assert not c.send(ports, 0, 1, 3, FREE)


@pytest.mark.parametrize("array_ps", [3_000, 10_000, 24_000])
def test_a_full_crossing_takes_a_beat_three_edges_after_one_is_taken(array_ps: int) -> None:
    sizes = FREE._replace(array_ps=array_ps)
    ports = port_of([(0, 40)])
    c.send(ports, 0, 1, 1, sizes)
    assert ports[0, 1, c.CROSSED] == c.PORT_BEATS
    assert ports[0, 1, c.OUT] == c.PORT_BEATS + 1  # One waits in the output register.
    taken = 1000
    ports[0, 1, c.TAKEN_AT], ports[0, 1, c.TAKEN] = taken, 1
    assert c.send(ports, 0, 1, 1, sizes)
    assert ports[0, 1, c.CROSSED_AT] == c.pl_after(taken, sizes) + c.CROSSING
    assert ports[0, 1, c.CROSSED] == c.PORT_BEATS + 1
