# SPDX-License-Identifier: Apache-2.0
"""A program runs for a time in proportion to its size."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

import hgcn
from hgcn.arch.device import LINE_BYTES
from hgcn.checking.validate import validate
from hgcn.checking.work import READS_PER_BYTE, Work
from hgcn.errors import ProgramError
from hgcn.execution.backend import RunOptions, backend
from hgcn.format.numbers import Base
from hgcn.isa.commands import NO_STREAM, Spmm, Stream, streams
from hgcn.isa.image import ImageBuilder
from tests.isa.handmade import (
    AGGREGATE,
    DRAIN,
    END,
    LOAD,
    OUTPUT,
    SPMM,
    bundles,
    handmade,
    image_of,
)
from tests.samples import TINY, random_graph


def spmm(lines: int) -> Spmm:
    command: Any = handmade().commands[SPMM]
    stream = Stream(base=Base.PROGRAM, offset=2, lines=lines)
    return replace(command, pl=stream, control=NO_STREAM, left=NO_STREAM)


def repeated(count: int, schedule: int) -> bytes:
    """A program that runs one SPMM ``count`` times, over so many bundles of schedule."""

    def change(builder: ImageBuilder) -> None:
        pl = builder.stream(bundles() * schedule)
        once: Any = replace(builder.commands[SPMM], bundles=schedule, pl=pl)
        again = replace(once, clear=False, wait_mask=0)
        builder.commands[SPMM : SPMM + 1] = [once, *[again] * (count - 1)]

    return image_of(change)


def test_the_limit_is_in_proportion_to_the_file() -> None:
    lines = 10 * READS_PER_BYTE
    for size, more in ((10, 0), (20, lines)):
        work = Work(size * LINE_BYTES)
        work.step(spmm(lines + more))
        with pytest.raises(ProgramError, match=f"{READS_PER_BYTE} bytes for each byte"):
            work.step(spmm(1))


def test_every_stream_of_an_spmm_counts_and_no_other_command() -> None:
    commands = handmade().commands
    work = Work(LINE_BYTES)
    for _ in range(READS_PER_BYTE):
        for at in (LOAD, DRAIN, OUTPUT, END):
            work.step(commands[at])
    for _ in range(READS_PER_BYTE // 3):  # A line each of schedule, control and left operand
        work.step(commands[SPMM])
    work.step(commands[AGGREGATE])
    with pytest.raises(ProgramError, match="16384 in all, got 16448 up to this one"):
        work.step(commands[AGGREGATE])


def test_a_program_that_repeats_too_much_is_refused_by_the_command_that_does() -> None:
    schedule = 16_000  # 192 kB
    most = READS_PER_BYTE * len(repeated(1, schedule)) // (12 * schedule) - 1
    assert len(validate(repeated(most, schedule), TINY)) == 5 + most
    with pytest.raises(ProgramError, match=r"command \d+: SPMMs must read at most 256 bytes"):
        validate(repeated(2 * most, schedule), TINY)


def test_many_small_commands_cost_what_they_do_and_not_what_the_stores_hold() -> None:
    image = repeated(2000, 1)
    for name in ("emulate", "reference"):
        start = time.process_time()
        backend(name).run(image, TINY, RunOptions())
        assert time.process_time() - start < 5, name


@pytest.mark.parametrize("device", ["tiny", "vck190"])
def test_wide_layers_stay_far_below(device: str) -> None:
    graph = random_graph(1, nodes=200, features=30)
    program = hgcn.compile(hgcn.GCN.random([30, 256, 256, 4], seed=1), graph, device=device)
    commands = validate(program.image, program.device)
    read = sum(
        stream.lines * LINE_BYTES
        for command in commands
        if isinstance(command, Spmm)
        for stream in streams(command).values()
    )
    assert read < READS_PER_BYTE * len(program.image) / 8
