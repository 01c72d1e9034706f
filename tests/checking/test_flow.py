# SPDX-License-Identifier: Apache-2.0
"""What a program reads it has written before, and each line of memory once: rule by rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hgcn.checking.flow import DataFlow
from hgcn.errors import ProgramError
from hgcn.format.numbers import Base
from hgcn.isa.commands import Command, Spmm, streams
from tests.isa.test_hazards import drain, load, spmm, stream
from tests.samples import TINY

ROWS = np.arange(32)  # Four lines of eight rows: what `load` brings


def follow(*commands: Command, read: np.ndarray = ROWS[:0], **lines: int) -> DataFlow:
    flow = DataFlow(TINY)
    for command in commands:
        flow.step(command, streams(command), [read] if isinstance(command, Spmm) else [])
    flow.check_filled({Base[name]: lines.get(name, 0) for name in ("SCRATCH", "OUTPUT")})
    return flow


def refused(message: str, *commands: Command, read: np.ndarray = ROWS[:0], **lines: int) -> None:
    with pytest.raises(ProgramError, match=message):
        follow(*commands, read=read, **lines)


def added(buffer: int) -> Spmm:
    return replace(spmm(0, buffer), clear=False)


def test_sums_are_cleared_before_they_are_added_to_or_drained() -> None:
    follow(spmm(0, buffer=1), added(1), drain(1), added(1), drain(1))
    refused("SPMM must come after an SPMM that clears sums 0, got none", added(0))
    refused("DRAIN must come after an SPMM that clears sums 1", spmm(0, buffer=0), drain(1))
    refused("SPMM must come after an SPMM that clears sums 1", spmm(0, buffer=0), added(1))


def test_rows_of_a_store_are_written_before_they_are_read() -> None:
    follow(load(0), spmm(0), read=ROWS)
    refused(r"rows of store 0 .* got row 0", spmm(0), read=ROWS)
    refused(r"rows of store 1 .* got row 3", load(0), spmm(1), read=ROWS[3:])
    refused(r"rows of store 0 .* got row 32", load(0), spmm(0), read=np.array([0, 31, 32]))
    refused(r"rows of store 0 .* got row 32", load(0), replace(spmm(0), base=8), read=ROWS)
    follow(replace(load(0), position=8), replace(spmm(0), base=8), read=ROWS)


def test_a_drain_into_a_store_writes_its_rows() -> None:
    begin = (spmm(0), replace(drain(0, store=1), position=8))
    read = np.arange(8, 24)
    commands = [*begin, spmm(1)]
    flow = DataFlow(TINY)
    for command in commands[:2]:
        flow.step(command, streams(command), [])
    flow.step(commands[2], streams(commands[2]), [read])
    with pytest.raises(ProgramError, match=r"rows of store 1 .* got row 7"):
        flow.step(commands[2], streams(commands[2]), [np.arange(7, 24)])


def test_memory_is_written_before_it_is_read() -> None:
    target = stream(0, 4, Base.SCRATCH)
    follow(spmm(0), drain(0, memory=target), load(0, target), SCRATCH=4)
    message = "rows stream must be written before it is read, got lines 0 to 4 of SCRATCH"
    far = stream(0, 5, Base.SCRATCH)
    refused(message, spmm(0), drain(0, memory=target), load(0, far), SCRATCH=4)
    refused("rows stream must be written", load(0, target), spmm(0), drain(0, memory=target))
    refused("left stream must be written", spmm(0, left=target))
    follow(load(0, stream(0, 4, Base.INPUT)))


def test_a_line_of_memory_is_written_once() -> None:
    def into(offset: int, base: Base = Base.OUTPUT) -> Command:
        return drain(0, memory=stream(offset, 4, base))

    follow(spmm(0), into(4), into(0), into(0, Base.SCRATCH), SCRATCH=4, OUTPUT=8)
    refused("lines of OUTPUT must be written once, got some of 3 to 6", spmm(0), into(0), into(3))


def test_no_more_memory_is_claimed_than_is_written() -> None:
    into = drain(0, memory=stream(4, 4, Base.OUTPUT))
    refused(
        "OUTPUT must be written whole, got 8 lines of which line 0 is not", spmm(0), into, OUTPUT=8
    )
    begin = drain(0, memory=stream(0, 4, Base.OUTPUT))
    refused("got 4294967295 lines of which line 4 is not", spmm(0), begin, OUTPUT=0xFFFFFFFF)
    refused("SCRATCH must be written whole, got 1 lines of which line 0 is not", SCRATCH=1)


def test_what_was_found_written_once_is_found_again() -> None:
    follow(load(0), *[spmm(0)] * 3, read=ROWS)
    refused("rows of store 1", load(0), spmm(0), spmm(1), read=ROWS)
