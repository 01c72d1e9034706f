# SPDX-License-Identifier: Apache-2.0
"""What goes wrong after the software's checks: the hardware reports it by name and recovers.

Every byte and beat a small program reads or writes, and every cycle of it, is damaged in turn.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator

import pytest
from hgcn_sim.inference import AxiFault, Flip, Run, SimResult

from hgcn.arch.device import LINE_BYTES
from hgcn.format.numbers import Base
from tests.campaigns.cycles import LATER_CYCLES
from tests.sim.sweep import QUICK_CYCLES, Case, Piece, over, pieces, small, sweep

pytestmark = pytest.mark.rtl

LANES: Case = ("lanes", "tiny", QUICK_CYCLES)
LAYERS: Case = ("layers", "tiny", QUICK_CYCLES)
"""It has a stream of every kind."""

WATCHDOG_CYCLES = 150
"""Above any wait of an undamaged run."""

FEW_BYTES = 8
"""One byte in so many is flipped in a default run, each of its places in turn."""

FOUND_BY = {
    "header": {"BAD_MAGIC", "BAD_VERSION", "BAD_DEVICE", "HEADER_CHECKSUM"},
    "record": {"COMMAND_CHECKSUM"},
    "control": {"STREAM_CHECKSUM", "BAD_PACKET"},
}
"""Errors that may name a flipped byte, by where it is; in every other stream its checksum does."""


def places(found: list[Piece], step: int) -> Iterator[tuple[Base, int, list[Piece]]]:
    """Every ``step``-th byte of what pieces cover, with all pieces that hold it."""
    holders: dict[tuple[Base, int], list[Piece]] = defaultdict(list)
    for piece in found:
        for offset in range(piece.first, piece.first + piece.size_bytes, step):
            holders[piece.region, offset].append(piece)
    for (region, offset), held in sorted(holders.items()):
        yield region, offset, held


def check_ends(results: list[SimResult], error: str, output: bytes) -> None:
    """Runs disturbed a cycle later each: first all end with the error, at last all are whole.

    Where the two meet there may be some of either: no two runs start in the same phase of the
    array's clock, so the same wait may be over a few cycles earlier.
    """
    names = [result.error for result in results]
    assert set(names) == {error, "NONE"}
    failed = len(names) - names[::-1].index(error)
    assert failed - names.index("NONE") < LATER_CYCLES
    for result in results:
        assert result.done == (result.error == "NONE")
        assert not result.done or result.output == output


@over(LAYERS)
def test_a_flip_of_any_byte_is_reported(case: Case) -> None:
    program = small(*case)
    rng = random.Random(7)
    read = [piece for piece in pieces(program.program) if piece.region == Base.PROGRAM]
    step = FEW_BYTES if case == LAYERS else 1
    damage = [
        (offset, held)
        for _, offset, held in places(read, 1)
        if offset % step == offset // step * 5 % step
    ]
    flips = [Flip(offset=offset, mask=rng.randrange(1, 256)) for offset, _ in damage]
    runs = [Run(flips=(flip,), watchdog_cycles=20 * WATCHDOG_CYCLES) for flip in flips]

    for (offset, held), bad in zip(damage, sweep(program, runs), strict=True):
        names = set.union(*(FOUND_BY.get(piece.name, {"STREAM_CHECKSUM"}) for piece in held))
        assert not bad.done and bad.error in names, f"byte {offset} of {held}: {bad.error}"
        if bad.error != "BAD_PACKET":
            commands = [piece.command for piece in held]
            assert bad.error_command in commands, f"byte {offset} of {held}"


@over(LAYERS)
def test_an_error_response_to_any_beat_is_reported(case: Case) -> None:
    program = small(*case)
    beat = program.program.device.axi_bytes
    found = pieces(program.program)
    damage: list[tuple[bool, list[Piece]]] = []
    runs: list[Run] = []
    for write in (False, True):
        half = [piece for piece in found if (piece.name == "destination") == write]
        for region, offset, held in places(half, beat):
            fault = AxiFault(
                region=region,
                offset=offset,
                response=2 + len(runs) % 2,
                reads=not write,
                writes=write,
            )
            damage.append((write, held))
            runs.append(Run(faults=(fault,)))

    for (write, held), bad in zip(damage, sweep(program, runs), strict=True):
        assert (bad.error, bad.done) == ("AXI_WRITE" if write else "AXI_READ", False), held
        # Header and records are read before their commands are known.
        told = [0 if piece.name in ("header", "record") else piece.command for piece in held]
        assert bad.error_command in told, held


@over(LANES)
def test_a_memory_lost_in_any_cycle_is_an_error(case: Case) -> None:
    """From that cycle on no address answers but with an error."""
    program = small(*case)
    lost = tuple(
        AxiFault(region=region, offset=0, size_bytes=1 << 32, response=3) for region in Base
    )
    cycles = range(1, program.cycles)
    results = sweep(program, [Run(faults=lost, fault_cycle=cycle) for cycle in cycles])

    names = {result.error for result in results}
    assert names == {"AXI_READ", "AXI_WRITE", "NONE"}
    assert all(result.done == (result.error == "NONE") for result in results)
    assert all(result.output == program.output for result in results if result.done)


@over(LANES)
def test_a_memory_that_hangs_in_any_cycle_wakes_the_watchdog(case: Case) -> None:
    program = small(*case)
    cycles = range(program.cycles)
    runs = [Run(hang_cycle=cycle, watchdog_cycles=WATCHDOG_CYCLES) for cycle in cycles]
    check_ends(sweep(program, runs), "WATCHDOG", program.output)


@over(LANES)
def test_a_watchdog_of_any_length_leaves_a_working_accelerator(case: Case) -> None:
    """One too short for the memory bites in one wait or another of a healthy program."""
    program = small(*case)
    runs = [Run(watchdog_cycles=cycles) for cycles in range(1, WATCHDOG_CYCLES)]
    check_ends(sweep(program, runs), "WATCHDOG", program.output)


@over(LANES)
def test_a_region_short_of_any_line_is_refused(case: Case) -> None:
    program = small(*case)
    ends: dict[Base, int] = defaultdict(int)
    for piece in pieces(program.program):
        ends[piece.region] = max(ends[piece.region], piece.first + piece.size_bytes)
    runs = [
        Run(shrink={int(region): size})
        for region, end in ends.items()
        for size in range(0, end, LINE_BYTES)
    ]
    for run, bad in zip(runs, sweep(program, runs), strict=True):
        assert (bad.error, bad.done) == ("ADDRESS_RANGE", False), run
