# SPDX-License-Identifier: Apache-2.0
"""Streams through the read master, beats through the write master, and the memory's pace."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.cycles import channels as c
from hgcn.cycles.sizes import Sizes, sizes_of
from tests.samples import TINY

COMMAND_TO_ADDRESS = 4
"""hgcn_axi_read, Latency: command to ARVALID."""
BEAT_TO_OUTPUT = 3
"""hgcn_axi_read, Latency: R beat to `out_valid_o`."""


class Traffic:
    """The masters and the memory, with consumers that take what they may."""

    def __init__(self, **changes: float) -> None:
        fast = {"rate_bytes": 2.0 * TINY.axi_bytes} | changes
        self.sizes: Sizes = sizes_of(TINY)._replace(**fast)  # type: ignore[arg-type]
        self.clients = c.new_clients(self.sizes)
        self.bus = np.zeros(c.BUS_SIZE, np.int64)
        self.credit = np.zeros(1)
        self.t = 0
        self.taken = np.zeros(c.CLIENTS, int)

    def edge(self, *takers: int) -> None:
        """A clock edge at which `takers` take a beat each, if they have one."""
        self.t += 1
        for client in takers:
            if self.clients[client, c.HAVE] > 0:
                c.take(self.clients, client)
                self.taken[client] += 1
        c.read_cycle(self.t, self.clients, self.bus, self.sizes)
        c.write_cycle(self.bus, self.sizes)
        c.memory_cycle(self.t, self.bus, self.credit, self.sizes)

    def until_taken(self, beats: int, *takers: int) -> int:
        """Edges until `takers` have `beats` together."""
        while self.taken.sum() < beats:
            self.edge(*takers)
            assert self.t < 100_000
        return self.t


@pytest.mark.parametrize("latency", [1, 40, 300])
def test_the_first_beat_comes_after_the_stated_latency_and_then_one_a_cycle(latency: int) -> None:
    traffic = Traffic(latency_cycles=latency)
    assert c.ask(traffic.clients, c.LOAD, 4, 0)
    first = traffic.until_taken(1, c.LOAD)
    # The first edge sets the register that asks; its command is taken at the second.
    assert first == 2 + COMMAND_TO_ADDRESS + latency + BEAT_TO_OUTPUT
    assert traffic.until_taken(16, c.LOAD) == first + 15


@pytest.mark.parametrize("lines", [1, 15, 16, 17, 200])
def test_every_beat_of_a_stream_arrives_and_no_more(lines: int) -> None:
    traffic = Traffic()
    c.ask(traffic.clients, c.PL, lines, 7)
    for _ in range(2 * lines * traffic.sizes.line_beats + 200):
        traffic.edge(c.PL)
    assert traffic.taken[c.PL] == lines * traffic.sizes.line_beats == traffic.bus[c.BEATS_READ]
    assert traffic.clients[c.PL, c.ENDED] == traffic.clients[c.PL, c.ASKED] == 1
    assert traffic.clients[c.PL, c.RESERVED] == 0


def test_a_burst_ends_at_its_alignment() -> None:
    traffic = Traffic()
    c.ask(traffic.clients, c.LOAD, 30, 5)
    for _ in range(12):
        traffic.edge()
    bursts = traffic.bus[c.BURSTS : c.BURSTS + 9].reshape(3, 3)
    assert (bursts[:, 1] // traffic.sizes.line_beats).tolist() == [16 - 5, 16, 3]


def test_half_the_rate_takes_twice_as_long() -> None:
    lines = 400
    beats = lines * 4
    times = []
    for share in (1.0, 0.5, 0.25):
        traffic = Traffic(rate_bytes=share * TINY.axi_bytes)
        c.ask(traffic.clients, c.LOAD, lines, 0)
        first = traffic.until_taken(1, c.LOAD)
        times.append(traffic.until_taken(beats, c.LOAD) - first)
    # A memory that was idle makes up for a few beats.
    assert times == pytest.approx([beats, 2 * beats, 4 * beats], abs=4 * c.CREDIT_BEATS)


def test_a_memory_that_was_idle_makes_up_for_four_beats() -> None:
    traffic = Traffic(rate_bytes=1.0, latency_cycles=200)
    c.ask(traffic.clients, c.LOAD, 16, 0)
    first = traffic.until_taken(1, c.LOAD)
    assert traffic.until_taken(4, c.LOAD) == first + 3
    assert traffic.until_taken(5, c.LOAD) >= first + 3 + TINY.axi_bytes // 2


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
    for _ in range(2000):
        traffic.edge()
    assert traffic.clients[c.PL, c.HAVE] == traffic.bus[c.BEATS_READ] == c.FIFO_BEATS
    c.ask(traffic.clients, c.LOAD, 300, 0)
    traffic.until_taken(1200, c.LOAD)
    assert traffic.clients[c.PL, c.HAVE] == c.FIFO_BEATS


def test_a_beat_taken_makes_room_for_the_next_burst_only_with_its_whole_length() -> None:
    traffic = Traffic()
    c.ask(traffic.clients, c.PL, 300, 0)
    for _ in range(1000):
        traffic.edge()
    burst = c.BURST_LINES * traffic.sizes.line_beats
    for _ in range(burst - 1):
        traffic.edge(c.PL)
    for _ in range(200):
        traffic.edge()
    assert traffic.bus[c.BEATS_READ] == c.FIFO_BEATS
    traffic.edge(c.PL)
    for _ in range(200):
        traffic.edge()
    assert traffic.bus[c.BEATS_READ] == c.FIFO_BEATS + burst


def test_a_client_queues_four_streams() -> None:
    traffic = Traffic()
    asked = [c.ask(traffic.clients, c.LOAD, 1, line) for line in range(c.QUEUED + 1)]
    assert asked == [True] * c.QUEUED + [False]
    traffic.until_taken(4, c.LOAD)
    assert c.ask(traffic.clients, c.LOAD, 1, 9)


def write(traffic: Traffic, lines: int) -> None:
    """A write command, all of its beats in the FIFO at once."""
    traffic.bus[c.W_LEFT] += lines
    for _ in range(lines * traffic.sizes.line_beats):
        assert c.write_room(traffic.bus, traffic.sizes)
        c.write_beat(traffic.bus)


@pytest.mark.parametrize("latency", [2, 40])
def test_a_write_is_acknowledged_a_latency_after_its_last_beat(latency: int) -> None:
    traffic = Traffic(latency_cycles=latency)
    write(traffic, 4)
    sent = 0
    while not c.write_idle(traffic.bus):
        traffic.edge()
        if traffic.bus[c.BEATS_WRITTEN] == 16 and sent == 0:
            sent = traffic.t
        assert traffic.t < 1000
    # The response comes at the edge `latency` after the last beat's; hgcn_axi_write registers it,
    # then counts it.
    assert traffic.t == sent + latency + 1


def test_the_write_fifo_holds_four_bursts() -> None:
    traffic = Traffic()
    write(traffic, c.WRITE_BURSTS * c.BURST_LINES)
    assert not c.write_room(traffic.bus, traffic.sizes)


def test_a_burst_is_claimed_only_when_all_of_it_is_there() -> None:
    traffic = Traffic()
    write(traffic, c.BURST_LINES)
    traffic.bus[c.W_UNCLAIMED] -= 1
    traffic.edge()
    assert traffic.bus[c.W_CLAIMED] == 0
    traffic.bus[c.W_UNCLAIMED] += 1
    traffic.edge()
    assert traffic.bus[c.W_CLAIMED] == 1 and traffic.bus[c.W_LEFT] == 0


@pytest.mark.parametrize(("share", "cycles"), [(2.0, 256), (1.0, 512), (0.5, 1024)])
def test_both_directions_share_the_bandwidth(share: float, cycles: int) -> None:
    traffic = Traffic(rate_bytes=share * TINY.axi_bytes)
    c.ask(traffic.clients, c.LOAD, 64, 0)
    write(traffic, 64)
    first = 0
    while traffic.taken[c.LOAD] < 256 or traffic.bus[c.BEATS_WRITTEN] < 256:
        traffic.edge(c.LOAD)
        first = first or (traffic.t if traffic.bus[c.BEATS_WRITTEN] else 0)
        assert traffic.t < 5000
    assert traffic.t - first == pytest.approx(cycles, abs=2 * traffic.sizes.latency_cycles)
