# SPDX-License-Identifier: Apache-2.0
"""Streams through the read master: latency, bursts, room, turns."""

from __future__ import annotations

import pytest

from hgcn.cycles import reads as c
from tests.cycles.traffic import Traffic

COMMAND_TO_ADDRESS = 4
"""hgcn_axi_read, Latency: command to ARVALID."""
BEAT_TO_OUTPUT = 3
"""hgcn_axi_read, Latency: R beat to `out_valid_o`."""


@pytest.mark.parametrize("latency", [1, 40, 300])
def test_the_first_beat_comes_after_the_stated_latency_and_then_one_a_cycle(latency: int) -> None:
    traffic = Traffic(latency_cycles=latency)
    assert c.ask(traffic.clients, c.LOAD, 4, 0)
    first = traffic.until_taken(1, c.LOAD)
    assert first == 1 + COMMAND_TO_ADDRESS + latency + BEAT_TO_OUTPUT
    assert traffic.until_taken(16, c.LOAD) == first + 15


@pytest.mark.parametrize("lines", [1, 15, 16, 17, 200])
def test_every_beat_of_a_stream_arrives_and_no_more(lines: int) -> None:
    traffic = Traffic()
    c.ask(traffic.clients, c.PL, lines, 7)
    traffic.edges(2 * lines * traffic.sizes.line_beats + 200, c.PL)
    assert traffic.taken[c.PL] == lines * traffic.sizes.line_beats == traffic.reads[c.BEATS_READ]
    assert traffic.clients[c.PL, c.ENDED] == traffic.clients[c.PL, c.ASKED] == 1
    assert traffic.clients[c.PL, c.RESERVED] == 0


def test_a_burst_ends_at_its_alignment() -> None:
    traffic = Traffic()
    c.ask(traffic.clients, c.LOAD, 30, 5)
    traffic.edges(12)
    bursts = traffic.reads[c.BURSTS : c.BURSTS + 9].reshape(3, 3)
    assert (bursts[:, 1] // traffic.sizes.line_beats).tolist() == [16 - 5, 16, 3]


def test_a_client_offers_a_burst_every_second_cycle() -> None:
    traffic = Traffic(latency_cycles=1000)
    c.ask(traffic.clients, c.LOAD, 128, 0)
    traffic.edges(4)
    assert traffic.reads[c.GRANTED] == 1
    traffic.edges(6)
    assert traffic.reads[c.GRANTED] == 1 + 6 / 2


def test_no_more_bursts_are_under_way_than_the_master_counts() -> None:
    traffic = Traffic(latency_cycles=1000)
    for client in (c.LOAD, c.PL, c.CONTROL):
        c.ask(traffic.clients, client, 300, 0)
    traffic.edges(500)
    assert traffic.reads[c.GRANTED] == c.READS


def test_clients_share_burst_by_burst() -> None:
    traffic = Traffic()
    for client in (c.PL, c.CONTROL, c.LEFT_OPERAND):
        c.ask(traffic.clients, client, 300, 0)
    traffic.until_taken(1500, c.PL, c.CONTROL, c.LEFT_OPERAND)
    beats = traffic.taken[[c.PL, c.CONTROL, c.LEFT_OPERAND]]
    assert beats.max() - beats.min() <= c.BURST_LINES * traffic.sizes.line_beats


def test_a_full_fifo_stops_reading_and_blocks_nobody() -> None:
    traffic = Traffic()
    c.ask(traffic.clients, c.PL, 300, 0)
    traffic.edges(2000)
    # A beat in the output register has given its room in the RAM back, which is no burst's.
    held = traffic.clients[c.PL, c.STORED] + traffic.clients[c.PL, c.HAVE]
    assert held == traffic.reads[c.BEATS_READ] == c.FIFO_BEATS
    c.ask(traffic.clients, c.LOAD, 300, 0)
    traffic.until_taken(1200, c.LOAD)
    assert traffic.reads[c.BEATS_READ] == c.FIFO_BEATS + 1200


def test_a_beat_taken_makes_room_for_the_next_burst_only_with_its_whole_length() -> None:
    traffic = Traffic()
    c.ask(traffic.clients, c.PL, 300, 0)
    traffic.edges(1000)
    burst = c.BURST_LINES * traffic.sizes.line_beats
    traffic.edges(burst - 2, c.PL)  # One more has left the RAM.
    traffic.edges(200)
    assert traffic.reads[c.BEATS_READ] == c.FIFO_BEATS
    traffic.edge(c.PL)
    traffic.edges(200)
    assert traffic.reads[c.BEATS_READ] == c.FIFO_BEATS + burst


def test_a_client_queues_four_streams() -> None:
    traffic = Traffic()
    asked = [c.ask(traffic.clients, c.LOAD, 1, line) for line in range(c.QUEUED + 1)]
    assert asked == [True] * c.QUEUED + [False]
    traffic.until_taken(4, c.LOAD)
    assert c.ask(traffic.clients, c.LOAD, 1, 9)
