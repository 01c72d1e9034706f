# SPDX-License-Identifier: Apache-2.0
"""Command parser and issue unit: their pace, the fence, the engines waited for, the order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from hgcn.cycles import channels
from hgcn.cycles import control as c
from hgcn.cycles import tables as table
from hgcn.cycles.sizes import sizes_of
from tests.samples import TINY

LOAD_CYCLES = 14
"""hgcn_command_parser, Throughput; the RTL's bench measures it too."""
SPMM_CYCLES = 18
ALL_FREE = 0b111


def command(kind: int, *clients: int, fence: bool = False, after: int = 0) -> np.ndarray:
    """A row of the command table, a stream of a line for each client."""
    made = np.zeros(table.COLUMNS, np.int64)
    made[table.KIND], made[table.FENCE], made[table.AFTER] = kind, fence, after
    for slot, client in enumerate(clients):
        made[table.STREAMS + 3 * slot : table.STREAMS + 3 * slot + 2] = client, 1
    return made


def load(**fields: int) -> np.ndarray:
    return command(table.LOAD, channels.LOAD, **fields)  # type: ignore[arg-type]


class Parser:
    """Parser and issue unit, every record's beats there at once, no engine ever busy."""

    def __init__(self, *commands: np.ndarray, beat_bytes: int = 16) -> None:
        self.commands = np.array(commands)
        self.sizes = sizes_of(TINY)._replace(beat_bytes=beat_bytes, line_beats=64 // beat_bytes)
        self.clients = channels.new_clients(self.sizes)
        self.state = c.new_control(self.clients)
        self.clients[channels.RECORDS, channels.HAVE] = 1000
        self.idle, self.free, self.fence_open, self.t = c.ALL_IDLE, ALL_FREE, True, 0
        self.queued: list[int] = []
        self.issued: list[tuple[int, int]] = []

    def run(self, cycles: int, *, issue: bool = True) -> None:
        for _ in range(cycles):
            self.t += 1
            offered = -1
            if issue:
                offered = c.issue_cycle(self.state, self.commands, self.idle, self.free)
            if offered >= 0:
                self.issued.append((offered, self.t))
            before = self.state[c.QUEUED]
            c.parse_cycle(self.state, self.commands, 4, self.clients, self.sizes, self.fence_open)
            if self.state[c.QUEUED] > before:
                self.queued.append(self.t)


@pytest.mark.parametrize("beat_bytes", [16, 32, 64])
def test_a_load_takes_14_cycles_and_an_spmm_of_three_streams_18(beat_bytes: int) -> None:
    spmm = command(table.SPMM, channels.PL, channels.CONTROL, channels.LEFT_OPERAND)
    for line, cycles in ((load(), LOAD_CYCLES), (spmm, SPMM_CYCLES)):
        parser = Parser(*[line] * 4, beat_bytes=beat_bytes)
        parser.run(200)
        assert len(parser.queued) == 4
        assert {after - before for before, after in pairwise(parser.queued)} == {cycles}


def test_the_header_and_all_records_are_asked_for_once() -> None:
    parser = Parser(load(), load(), command(table.END))
    asked = parser.clients[channels.RECORDS]
    assert asked[channels.ASKED] == 1 and asked[channels.QUEUE] == 2
    parser.run(100)
    assert asked[channels.ASKED] == 2
    assert asked[channels.QUEUE + 2 : channels.QUEUE + 4].tolist() == [2 * 3, 4]
    beats = 4 * 8 * 16 // 16  # The header and three records of eight quads.
    assert 1000 - asked[channels.HAVE] == beats


def test_every_stream_goes_to_its_client() -> None:
    parser = Parser(load(), command(table.DRAIN, channels.DRAIN), command(table.SPMM, channels.PL))
    parser.run(100)
    asked = parser.clients[:, channels.ASKED].tolist()
    assert asked == [2, 1, 1, 0, 0, 1]


def test_a_client_whose_queue_is_full_is_waited_for() -> None:
    parser = Parser(*[load()] * 6)
    parser.run(300)
    assert len(parser.queued) == channels.QUEUED
    parser.clients[channels.LOAD, channels.ENDED] += 1
    parser.run(20)
    assert len(parser.queued) == channels.QUEUED + 1


def test_four_commands_are_queued_ahead_of_the_one_being_issued() -> None:
    parser = Parser(*[command(table.SPMM)] * 8)
    parser.run(300, issue=False)
    assert len(parser.queued) == c.ISSUE_DEPTH
    parser.free = 0
    parser.run(300)
    assert len(parser.queued) == c.ISSUE_DEPTH + 1
    assert parser.issued == []


def test_a_fence_waits_until_everything_before_has_settled() -> None:
    parser = Parser(load(), load(fence=True), load())
    parser.fence_open = False
    parser.run(300)
    assert len(parser.queued) == 1 and parser.clients[channels.LOAD, channels.ASKED] == 1
    parser.fence_open = True
    opened = parser.t
    parser.run(60)
    assert len(parser.queued) == 3 and parser.queued[1] - opened <= 5


@pytest.mark.parametrize("idle", range(16))
def test_settled_is_nothing_queued_nothing_issued_and_all_idle(idle: int) -> None:
    parser = Parser(load())
    assert c.settled(parser.state, idle) == (idle == c.ALL_IDLE)
    parser.state[c.QUEUED] = 1
    assert not c.settled(parser.state, idle)
    parser.state[c.ISSUING], parser.state[c.ISSUE_STATE] = 1, c.WAIT
    assert not c.settled(parser.state, idle)


@pytest.mark.parametrize("engine", range(4))
def test_after_waits_for_its_engines_and_for_no_other(engine: int) -> None:
    parser = Parser(load(after=1 << engine))
    parser.idle = c.ALL_IDLE & ~(1 << engine)
    parser.run(100)
    assert parser.issued == []
    parser.idle = 1 << engine
    parser.run(3)
    assert [index for index, _ in parser.issued] == [0]


@pytest.mark.parametrize("kind", [table.LOAD, table.SPMM, table.DRAIN])
def test_a_command_waits_for_its_own_engine_in_order(kind: int) -> None:
    parser = Parser(command(kind), *[command(table.LOAD)] * (kind != table.LOAD))
    parser.free = ALL_FREE & ~(1 << kind)
    parser.run(100)
    assert parser.issued == []  # The LOAD behind could go, but commands are issued in order.
    parser.free = ALL_FREE
    parser.run(20)
    assert [index for index, _ in parser.issued] == list(range(len(parser.commands)))


def test_a_command_is_taken_three_cycles_after_it_was_queued() -> None:
    parser = Parser(load())
    parser.run(100)
    assert parser.issued == [(0, parser.queued[0] + 3)]


def test_end_waits_until_all_is_idle() -> None:
    parser = Parser(command(table.END))
    parser.idle = c.ALL_IDLE - 0b1000
    parser.run(100)
    assert parser.state[c.FINISHED] == 0
    parser.idle = c.ALL_IDLE
    parser.run(1)
    assert parser.state[c.FINISHED] == 1 and parser.issued == []
