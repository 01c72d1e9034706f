# SPDX-License-Identifier: Apache-2.0
"""Beats through the write master: bursts, the FIFO, acknowledgement."""

from __future__ import annotations

import pytest

from hgcn.cycles import writes as c
from hgcn.cycles.reads import BURST_LINES
from tests.cycles.traffic import Traffic

BURST_TO_ADDRESS = 2
"""hgcn_axi_write, Latency: last beat of a burst accepted to AWVALID."""


@pytest.mark.parametrize("latency", [2, 40])
def test_a_write_is_acknowledged_a_latency_after_its_last_beat(latency: int) -> None:
    traffic = Traffic(latency_cycles=latency)
    traffic.write(4)
    sent = 0
    traffic.edge()
    while not c.write_idle(traffic.writes):
        traffic.edge()
        if traffic.writes[c.BEATS_WRITTEN] == 16 and sent == 0:
            sent = traffic.t
        assert traffic.t < 1000
    # The response comes at the edge `latency` after the last beat's; hgcn_axi_write registers it,
    # then counts it.
    assert traffic.t == sent + latency + 1


def test_an_address_goes_out_the_stated_latency_after_the_last_beat_of_its_burst() -> None:
    traffic = Traffic()
    traffic.write(1)
    traffic.edges(traffic.sizes.line_beats)  # The last beat is put in at the last of these.
    assert traffic.to_write == 0 and traffic.writes[c.ADDRESS] == 0
    traffic.edges(BURST_TO_ADDRESS - 1)
    assert traffic.writes[c.ADDRESS] == 1


def test_the_fifo_holds_four_bursts() -> None:
    traffic = Traffic()
    # Nothing is claimed, for no command names these beats.
    traffic.to_write = 10_000
    traffic.edges(1000)
    beats = c.FIFO_BURSTS * BURST_LINES * traffic.sizes.line_beats
    assert not c.write_room(traffic.writes, traffic.sizes)
    assert traffic.writes[c.UNCLAIMED] == beats + 1  # And one at its output


def test_a_burst_is_claimed_only_when_all_of_it_is_there() -> None:
    traffic = Traffic()
    traffic.write(BURST_LINES)
    beats = BURST_LINES * traffic.sizes.line_beats
    traffic.edges(beats)
    assert traffic.writes[c.CLAIMED] == 0
    traffic.edge()
    assert traffic.writes[c.CLAIMED] == 1 and traffic.writes[c.LEFT] == 0


def test_a_master_queues_four_commands_beside_the_one_it_cuts() -> None:
    traffic = Traffic()
    for _ in range(c.QUEUED + 1):
        assert c.ask_write(traffic.writes, 1, 0)
        traffic.edges(2)
    assert not c.ask_write(traffic.writes, 1, 0)
    traffic.to_write = traffic.sizes.line_beats
    traffic.edges(traffic.sizes.line_beats + 2)
    assert c.ask_write(traffic.writes, 1, 0)


def test_it_is_idle_only_when_every_command_is_acknowledged() -> None:
    traffic = Traffic()
    assert c.write_idle(traffic.writes)
    traffic.write(1)
    traffic.write(1)
    assert not c.write_idle(traffic.writes)
    traffic.edges(20)
    assert traffic.writes[c.BEATS_WRITTEN] == 8 and not c.write_idle(traffic.writes)
    traffic.edges(traffic.sizes.latency_cycles)
    assert c.write_idle(traffic.writes) and traffic.writes[c.ACKNOWLEDGED] == 2
