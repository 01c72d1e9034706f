# SPDX-License-Identifier: Apache-2.0
"""Barriers: each rule by a sequence worked by hand."""

from __future__ import annotations

from dataclasses import replace

from hgcn.format.numbers import Base, Engine
from hgcn.isa.commands import NO_STREAM, Command, Drain, End, Load, Spmm, Stream
from hgcn.isa.hazards import HazardTracker

LOAD, PL, ARRAY, DRAIN = (1 << engine for engine in Engine)


def stream(offset: int = 2, lines: int = 4, base: Base = Base.PROGRAM) -> Stream:
    return Stream(base=base, offset=offset, lines=lines)


def load(store: int, source: Stream | None = None) -> Load:
    return Load(store=store, position=0, rows=8, stream=source or stream())


def spmm(store: int, buffer: int = 0, left: Stream | None = None) -> Spmm:
    return Spmm(
        clear=True,
        pl_int8=False,
        buffer=buffer,
        store=store,
        base=0,
        bundles=1,
        slices=1,
        packets=1,
        pl=stream(),
        control=stream(),
        left=left or stream(),
    )


def drain(buffer: int, *, store: int | None = None, memory: Stream | None = None) -> Drain:
    return Drain(
        relu=False,
        int16=False,
        buffer=buffer,
        store=store or 0,
        write_store=store is not None,
        write_memory=memory is not None,
        tiled=False,
        position=0,
        rows=16,
        shift=1,
        bias_shift=0,
        records=stream(),
        destination=memory or NO_STREAM,
    )


def barriers(*commands: Command) -> list[tuple[int, bool]]:
    tracker = HazardTracker()
    placed = [tracker.place(command) for command in commands]
    return [(command.wait_mask, command.fence) for command in placed]


def waits(*commands: Command) -> int:
    """What the last of ``commands`` waits for."""
    return barriers(*commands)[-1][0]


def test_an_spmm_waits_for_the_load_of_its_store() -> None:
    assert waits(load(0), spmm(0)) == LOAD
    assert waits(load(1), spmm(0)) == 0


def test_a_load_waits_for_the_spmm_that_reads_its_store() -> None:
    assert waits(load(0), spmm(0), load(0)) == PL | ARRAY
    assert waits(load(0), spmm(0), load(1)) == 0


def test_a_drain_waits_for_the_sums_of_its_buffer() -> None:
    assert waits(spmm(0, buffer=1), drain(1)) == PL | ARRAY
    assert waits(spmm(0, buffer=1), drain(0)) == 0


def test_an_spmm_waits_for_the_drain_of_its_buffer() -> None:
    assert waits(spmm(0, buffer=0), drain(0), spmm(0, buffer=0)) == DRAIN
    assert waits(spmm(0, buffer=0), drain(0), spmm(0, buffer=1)) == 0


def test_only_the_latest_command_of_an_engine_can_be_running() -> None:
    sequence = [spmm(0, buffer=0), drain(0), spmm(0, buffer=1), drain(1), spmm(0, buffer=0)]
    assert [wait_mask for wait_mask, _ in barriers(*sequence)] == [0, PL | ARRAY, 0, PL | ARRAY, 0]


def test_an_spmm_waits_for_the_drain_that_fills_its_store() -> None:
    assert waits(spmm(0), drain(0, store=1), spmm(1, buffer=1)) == DRAIN


def test_a_drain_waits_for_the_spmm_that_reads_the_store_it_fills() -> None:
    assert waits(spmm(1, buffer=1), spmm(1, buffer=0), drain(0, store=1)) == PL | ARRAY


def test_a_load_and_a_drain_never_write_one_store_together() -> None:
    assert waits(spmm(0), drain(0, store=1), load(1)) == DRAIN
    assert waits(load(1), drain(0, store=1)) == LOAD
    assert waits(load(0), drain(0, store=1)) == 0


def test_what_was_waited_for_is_not_waited_for_again() -> None:
    assert waits(load(0), spmm(0, buffer=0), spmm(0, buffer=1)) == 0


def test_reading_what_a_drain_wrote_takes_a_fence_and_nothing_else() -> None:
    written = stream(10, 4, Base.SCRATCH)
    for offset, lines, fence in ((10, 4, True), (13, 9, True), (6, 5, True)):
        read = stream(offset, lines, Base.SCRATCH)
        assert barriers(drain(0, memory=written), load(0, read))[-1] == (0, fence)


def test_reading_beside_what_a_drain_wrote_takes_no_fence() -> None:
    written = stream(10, 4, Base.SCRATCH)
    for read in (
        stream(14, 4, Base.SCRATCH),
        stream(6, 4, Base.SCRATCH),
        stream(10, 4, Base.OUTPUT),
    ):
        assert barriers(drain(0, memory=written), load(0, read))[-1] == (0, False)


def test_a_left_operand_in_scratch_takes_a_fence() -> None:
    written = stream(0, 4, Base.SCRATCH)
    assert barriers(drain(0, memory=written), spmm(0, buffer=1, left=written))[-1] == (0, True)


def test_after_a_fence_nothing_is_running_and_nothing_unwritten() -> None:
    written = stream(0, 4, Base.SCRATCH)
    sequence = [spmm(0), drain(0, memory=written), load(1, written), load(0, written)]
    assert [fence for _, fence in barriers(*sequence)] == [False, False, True, False]
    assert waits(*sequence, spmm(1, buffer=0)) == LOAD or waits(*sequence) == 0


def test_the_end_waits_for_every_engine() -> None:
    assert barriers(End()) == [(LOAD | PL | ARRAY | DRAIN, False)]


def test_barriers_already_there_are_kept_and_counted() -> None:
    tracker = HazardTracker()
    tracker.place(load(0))
    eager = replace(load(1), wait_mask=LOAD | DRAIN)
    assert tracker.place(eager) == eager
    tracker.place(spmm(1))
    waiting = replace(drain(1), wait_mask=PL | ARRAY)
    assert tracker.place(waiting) == waiting
    assert tracker.place(load(1)).wait_mask == 0


def test_placing_twice_changes_nothing() -> None:
    first, second = HazardTracker(), HazardTracker()
    for command in (load(0), spmm(0), drain(0, store=1), spmm(1, buffer=1), load(0), End()):
        placed = first.place(command)
        assert second.place(placed) == placed
