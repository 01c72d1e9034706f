# SPDX-License-Identifier: Apache-2.0
"""hgcn_command_parser and hgcn_issue, a cycle at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles.reads import HAVE, RECORDS, ask, take
from hgcn.cycles.sizes import Sizes
from hgcn.cycles.tables import (
    END,
    FENCE,
    KIND,
    NUM_STREAMS,
    STREAMS,
    WAIT_MASK,
    WRITE_AT,
    WRITE_LINES,
)
from hgcn.cycles.writes import ask_write
from hgcn.format.numbers import ALL_ENGINES, LINE_BYTES, QUAD_BYTES, RECORD_BYTES
from hgcn.jit import compiled_part

Int = NDArray[np.int64]

ISSUE_DEPTH = 4
"""Commands queued for issue (hgcn_issue, Depth)."""
RECORD_QUADS = RECORD_BYTES // QUAD_BYTES
"""Quads of a record, taken one a cycle (hgcn_command_parser)."""
CHECK_CYCLES = 3
"""Last quad of a record to its verdict (hgcn_command_parser: settle, check, verdict)."""
RECORD_LINES = RECORD_BYTES // LINE_BYTES
"""Lines of the header, and of a command's record."""
ALL_IDLE = ALL_ENGINES
"""Load, PL, array, and drain with its writes: the bits of ``wait_mask``."""

ASK, TAKE, CHECK, FENCED, STREAM, ACCEPT, QUEUE, DONE = range(8)
"""What the parser does, as its states; `ASK` is for the header or the records."""
EMPTY, WAIT, OFFER = range(3)
"""What the issue unit does (hgcn_issue, state_e)."""

(
    STATE,  # Of the parser
    WAITING,  # Cycles until it goes on
    QUADS,  # Of the record being taken
    INDEX,  # Of the command being parsed
    SLOT,  # Of the stream to ask for
    HEADER,  # The record being taken is the header
    QUEUED,  # Commands parsed so far
    NEW,  # Of these, queued at this edge
    TAKEN,  # Of these, out of the queue
    ISSUING,  # Taken by their engines
    ISSUE_STATE,
    GIVEN,  # The engines have the command offered, the write master has not
    FINISHED,  # END has been issued
) = range(13)
CONTROL_SIZE = 13
"""Elements of the state of both."""


@compiled_part
def new_control() -> Int:
    """Return the state at the start: the header is being asked for."""
    state = np.zeros(CONTROL_SIZE, np.int64)
    state[HEADER] = state[WAITING] = 1
    return state


@compiled_part
def settled(state: Int, idle: int) -> bool:
    """Whether every command queued so far has wholly finished (hgcn_issue, `settled_o`)."""
    queue_empty = state[QUEUED] == state[TAKEN] and state[ISSUE_STATE] == EMPTY
    return bool(queue_empty and idle == ALL_IDLE)


@compiled_part
def parse_cycle(
    state: Int, commands: Int, records_at: int, clients: Int, sizes: Sizes, fence_open: bool
) -> None:
    """A clock edge of hgcn_command_parser; `fence_open` is what `settled` gave before the edge."""
    if state[WAITING] > 0:
        state[WAITING] -= 1
        return
    now, index = state[STATE], state[INDEX]
    if now == ASK:
        lines, at = (RECORD_LINES, 0)
        if state[HEADER] == 0:
            lines, at = RECORD_LINES * len(commands), records_at
        if ask(clients, RECORDS, lines, at):
            state[STATE] = TAKE
    elif now == TAKE:
        if clients[RECORDS, HAVE] > 0:
            state[QUADS] += 1
            if state[QUADS] % (sizes.beat_bytes // QUAD_BYTES) == 0:
                take(clients, RECORDS)
            if state[QUADS] == RECORD_QUADS:
                state[QUADS] = state[SLOT] = 0
                state[STATE] = CHECK
                state[WAITING] = CHECK_CYCLES - 1
    elif now == CHECK:
        if state[HEADER] == 1:
            state[HEADER] = 0
            state[STATE] = ASK
            state[WAITING] = 1
        elif commands[index, FENCE]:
            state[STATE] = FENCED
        else:
            state[STATE] = QUEUE if commands[index, KIND] == END else STREAM
    elif now == FENCED:
        if fence_open:
            state[STATE] = QUEUE if commands[index, KIND] == END else STREAM
    elif now < QUEUE:  # STREAM or ACCEPT
        at = STREAMS + 3 * state[SLOT]
        if now == STREAM and commands[index, at + 1] > 0:
            state[STATE] = ACCEPT
        elif now == STREAM or ask(
            clients, commands[index, at], commands[index, at + 1], commands[index, at + 2]
        ):
            state[SLOT] += 1
            state[STATE] = QUEUE if state[SLOT] >= commands[index, NUM_STREAMS] else STREAM
    elif now == QUEUE and state[QUEUED] - state[TAKEN] < ISSUE_DEPTH:
        state[QUEUED] += 1
        state[NEW] = 1
        state[INDEX] += 1
        state[STATE] = DONE if state[INDEX] == len(commands) else TAKE


@compiled_part
def issue_cycle(state: Int, commands: Int, writes: Int, idle: int, free: int) -> int:
    """A clock edge of hgcn_issue; returns the command its engines take, or -1.

    `idle` holds the bits of ``wait_mask``; `free` a bit for each kind of command, set if its
    engines can take one. Runs after `parse_cycle`, whose command it sees at the next edge.
    """
    parsed = state[QUEUED] - state[NEW]
    state[NEW] = 0
    index = state[ISSUING]
    if state[ISSUE_STATE] == EMPTY:
        if state[TAKEN] < parsed:
            state[TAKEN] += 1
            state[ISSUE_STATE] = WAIT
    elif state[ISSUE_STATE] == WAIT:
        kind = commands[index, KIND]
        if kind == END:
            state[FINISHED] = idle == ALL_IDLE
        elif free >> kind & 1 and commands[index, WAIT_MASK] & ~idle == 0:
            state[ISSUE_STATE] = OFFER
    else:
        offered: int = -1 if state[GIVEN] == 1 else index
        lines = commands[index, WRITE_LINES]
        state[GIVEN] = lines > 0 and not ask_write(writes, lines, commands[index, WRITE_AT])
        if state[GIVEN] == 0:
            state[ISSUING] += 1
            state[ISSUE_STATE] = EMPTY
        return offered
    return -1
