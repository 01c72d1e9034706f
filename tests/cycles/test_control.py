# SPDX-License-Identifier: Apache-2.0
"""Command parser and issue unit: their pace, the fence, the engines waited for, the order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from hgcn.cycles import control as c
from hgcn.cycles import reads, writes
from hgcn.cycles import tables as table
from hgcn.cycles.sizes import sizes_of
from tests.samples import TINY

LOAD_CYCLES = 14
"""hgcn_command_parser, Throughput; the RTL's bench measures it too."""
SPMM_CYCLES = 18
ALL_FREE = 1 << table.LOAD | 1 << table.SPMM | 1 << table.DRAIN


def command(kind: int, *clients: int, fence: bool = False, wait_mask: int = 0) -> np.ndarray:
    """A row of the command table, a stream of a line for each client."""
    made = np.zeros(table.COLUMNS, np.int64)
    made[table.KIND], made[table.FENCE], made[table.WAIT_MASK] = kind, fence, wait_mask
    made[table.NUM_STREAMS] = len(clients)
    for slot, client in enumerate(clients):
        made[table.STREAMS + 3 * slot : table.STREAMS + 3 * slot + 2] = client, 1
    return made


def load(**fields: int) -> np.ndarray:
    return command(table.LOAD, reads.LOAD, **fields)  # type: ignore[arg-type]


class Parser:
    """Parser and issue unit, every record's beats there at once, no engine ever busy."""

    def __init__(self, *commands: np.ndarray, beat_bytes: int = 16) -> None:
        self.commands = np.array(commands)
        self.sizes = sizes_of(TINY)._replace(beat_bytes=beat_bytes, line_beats=64 // beat_bytes)
        self.clients = reads.new_clients(self.sizes)
        self.state = c.new_control()
        self.writes = np.zeros(writes.WRITE_SIZE, np.int64)
        self.beats = 0
        self.idle, self.free, self.fence_open, self.t = c.ALL_IDLE, ALL_FREE, True, 0
        self.queued: list[int] = []
        self.issued: list[tuple[int, int]] = []

    def run(self, cycles: int, *, issue: bool = True) -> None:
        """Clock edges at each of which a beat of the records is there."""
        for _ in range(cycles):
            self.t += 1
            self.beats += 1 - int(self.clients[reads.RECORDS, reads.HAVE])
            self.clients[reads.RECORDS, reads.HAVE] = 1
            before = self.state[c.QUEUED]
            c.parse_cycle(self.state, self.commands, 4, self.clients, self.sizes, self.fence_open)
            if self.state[c.QUEUED] > before:
                self.queued.append(self.t)
            offered = -1
            if issue:
                offered = c.issue_cycle(
                    self.state, self.commands, self.writes, self.idle, self.free
                )
            if offered >= 0:
                self.issued.append((offered, self.t))


@pytest.mark.parametrize("beat_bytes", [16, 32, 64])
def test_a_load_takes_14_cycles_and_an_spmm_of_three_streams_18(beat_bytes: int) -> None:
    spmm = command(table.SPMM, reads.PL, reads.CONTROL, reads.LEFT_OPERAND)
    for line, cycles in ((load(), LOAD_CYCLES), (spmm, SPMM_CYCLES)):
        parser = Parser(*[line] * 4, beat_bytes=beat_bytes)
        parser.run(200)
        assert len(parser.queued) == 4
        assert {after - before for before, after in pairwise(parser.queued)} == {cycles}


def test_the_header_and_all_records_are_asked_for_once() -> None:
    parser = Parser(load(), load(), command(table.END))
    asked = parser.clients[reads.RECORDS]
    parser.run(2)
    assert asked[reads.ASKED] == 1 and asked[reads.QUEUE] == 2
    parser.run(100)
    assert asked[reads.ASKED] == 2
    assert asked[reads.QUEUE + 2 : reads.QUEUE + 4].tolist() == [2 * 3, 4]
    beats = 4 * 8 * 16 // 16  # The header and three records of eight quads.
    assert parser.beats - asked[reads.HAVE] == beats


def test_every_stream_goes_to_its_client() -> None:
    parser = Parser(load(), command(table.DRAIN, reads.DRAIN), command(table.SPMM, reads.PL))
    parser.run(100)
    asked = parser.clients[:, reads.ASKED].tolist()
    assert asked == [2, 1, 1, 0, 0, 1]


def test_a_client_whose_queue_is_full_is_waited_for() -> None:
    parser = Parser(*[load()] * 6)
    parser.run(300)
    assert len(parser.queued) == reads.QUEUED
    parser.clients[reads.LOAD, reads.ENDED] += 1
    parser.run(20)
    assert len(parser.queued) == reads.QUEUED + 1


def test_four_commands_are_queued_ahead_of_the_one_being_issued() -> None:
    parser = Parser(*[command(table.SPMM)] * 8)
    parser.run(300, issue=False)
    assert len(parser.queued) == c.ISSUE_DEPTH
    parser.state[c.NEW] = 0  # What the issue unit sees at the next edge
    parser.free = 0
    parser.run(300)
    assert len(parser.queued) == c.ISSUE_DEPTH + 1
    assert parser.issued == []


def test_a_fence_waits_until_everything_before_has_settled() -> None:
    parser = Parser(load(), load(fence=True), load())
    parser.fence_open = False
    parser.run(300)
    assert len(parser.queued) == 1 and parser.clients[reads.LOAD, reads.ASKED] == 1
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
    parser.state[c.TAKEN], parser.state[c.ISSUE_STATE] = 1, c.WAIT
    assert not c.settled(parser.state, idle)


@pytest.mark.parametrize("engine", range(4))
def test_a_command_waits_for_its_engines_and_for_no_other(engine: int) -> None:
    parser = Parser(load(wait_mask=1 << engine))
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


def test_an_empty_stream_takes_a_cycle_and_one_that_is_not_two() -> None:
    spmm = command(table.SPMM, reads.PL, reads.CONTROL, reads.LEFT_OPERAND)
    only_pl = spmm.copy()
    only_pl[[table.STREAMS + 4, table.STREAMS + 7]] = 0
    parser = Parser(*[only_pl] * 4)
    parser.run(200)
    assert {after - before for before, after in pairwise(parser.queued)} == {SPMM_CYCLES - 2}


def test_a_drain_goes_to_its_engine_though_the_write_queue_is_full() -> None:
    drain = command(table.DRAIN)
    drain[table.WRITE_LINES] = 2
    parser = Parser(drain, drain)
    for _ in range(writes.QUEUED):
        assert writes.ask_write(parser.writes, 1, 0)
    parser.run(100)
    assert [index for index, _ in parser.issued] == [0]  # The second waits for the first's write.
    assert parser.writes[writes.ASKED] == writes.QUEUED
    parser.writes[writes.ISSUED] += 1
    parser.run(3)
    assert parser.writes[writes.ASKED] == writes.QUEUED + 1
    parser.writes[writes.ISSUED] += 1
    parser.run(10)
    assert [index for index, _ in parser.issued] == [0, 1]
