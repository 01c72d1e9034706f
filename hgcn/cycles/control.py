# SPDX-License-Identifier: Apache-2.0
"""hgcn_command_parser and hgcn_issue, a cycle at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles.channels import HAVE, RECORDS, ask, take
from hgcn.cycles.sizes import Sizes
from hgcn.cycles.tables import AFTER, END, FENCE, KIND, MOST_STREAMS, STREAMS
from hgcn.jit import compiled_part

Int = NDArray[np.int64]

ISSUE_DEPTH = 4
"""Commands queued for issue (hgcn_issue, Depth)."""
RECORD_QUADS = 8
"""Quads of a record, taken one a cycle (hgcn_command_parser)."""
QUAD_BYTES = 16
CHECK_CYCLES = 3
"""Last quad of a record to its verdict (hgcn_command_parser: settle, check, verdict)."""
RECORD_LINES = 2
"""Lines of the header, and of a command's record."""
ALL_IDLE = 0b1111
"""Load, PL, STA, and drain with its writes: the bits of ``after``."""

TAKE, CHECK, FENCED, STREAM, QUEUE, DONE = range(6)
"""What the parser does: takes quads, checks them, waits at a fence, asks for streams, queues."""
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
    ISSUING,  # Commands taken by their engines so far
    ISSUE_STATE,
    FINISHED,  # END has been issued
) = range(10)
CONTROL_SIZE = 10
"""Elements of the state of both."""


@compiled_part
def new_control(clients: Int) -> Int:
    """Return the state at the start, the header asked for."""
    state = np.zeros(CONTROL_SIZE, np.int64)
    state[HEADER] = state[WAITING] = 1
    ask(clients, RECORDS, RECORD_LINES, 0)
    return state


@compiled_part
def settled(state: Int, idle: int) -> bool:
    """Whether every command queued so far has wholly finished (hgcn_issue, `settled_o`)."""
    queue_empty = state[QUEUED] == state[ISSUING] and state[ISSUE_STATE] == EMPTY
    return bool(queue_empty and idle == ALL_IDLE)


@compiled_part
def parse_cycle(
    state: Int, commands: Int, records_at: int, clients: Int, sizes: Sizes, fence_open: bool
) -> None:
    """A clock edge of hgcn_command_parser; `fence_open` is what `settled` gave before the edge."""
    if state[WAITING] > 0:
        state[WAITING] -= 1
        return
    if state[STATE] == TAKE:
        if clients[RECORDS, HAVE] > 0:
            state[QUADS] += 1
            if state[QUADS] % (sizes.beat_bytes // QUAD_BYTES) == 0:
                take(clients, RECORDS)
            if state[QUADS] == RECORD_QUADS:
                state[QUADS] = 0
                state[STATE] = CHECK
                state[WAITING] = CHECK_CYCLES - 1
        return
    if state[STATE] == CHECK:
        if state[HEADER] == 1:
            if ask(clients, RECORDS, RECORD_LINES * len(commands), records_at):
                state[HEADER] = 0
                state[WAITING] = 1
                state[STATE] = TAKE
            return
        state[SLOT] = 0
        if commands[state[INDEX], FENCE]:
            state[STATE] = FENCED
        else:
            state[STATE] = QUEUE if commands[state[INDEX], KIND] == END else STREAM
    if state[STATE] == FENCED:
        if fence_open:
            state[STATE] = QUEUE if commands[state[INDEX], KIND] == END else STREAM
        return
    if state[STATE] == STREAM:
        at = STREAMS + 3 * state[SLOT]
        index = state[INDEX]
        if state[SLOT] == MOST_STREAMS or commands[index, at + 1] == 0:
            state[STATE] = QUEUE
        elif ask(clients, commands[index, at], commands[index, at + 1], commands[index, at + 2]):
            state[SLOT] += 1
            state[WAITING] = 1
        return
    held = ISSUE_DEPTH + (state[ISSUE_STATE] != EMPTY)  # With the one being issued
    if state[STATE] == QUEUE and state[QUEUED] - state[ISSUING] < held:
        state[QUEUED] += 1
        state[INDEX] += 1
        state[STATE] = DONE if state[INDEX] == len(commands) else TAKE


@compiled_part
def issue_cycle(state: Int, commands: Int, idle: int, free: int) -> int:
    """A clock edge of hgcn_issue; returns the command offered to its engines, or -1.

    `idle` holds the bits of ``after``; `free` a bit for each kind of command, set if its engines
    can take one.
    """
    if state[ISSUE_STATE] == EMPTY:
        if state[ISSUING] < state[QUEUED]:
            state[ISSUE_STATE] = WAIT
    elif state[ISSUE_STATE] == WAIT:
        index = state[ISSUING]
        kind = commands[index, KIND]
        if kind == END:
            state[FINISHED] = idle == ALL_IDLE
        elif free >> kind & 1 and commands[index, AFTER] & ~idle == 0:
            state[ISSUE_STATE] = OFFER
    elif state[ISSUE_STATE] == OFFER:
        offered: int = state[ISSUING]
        state[ISSUING] += 1
        state[ISSUE_STATE] = EMPTY
        return offered
    return -1
