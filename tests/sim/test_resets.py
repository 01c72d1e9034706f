# SPDX-License-Identifier: Apache-2.0
"""A soft reset in any cycle, whatever the memory does, leaves a working accelerator."""

from __future__ import annotations

import pytest
from hgcn_sim.inference import AxiFault, Run

from tests.sim.sweep import QUICK_CYCLES, Case, over, pieces, small, sweep

pytestmark = pytest.mark.rtl

STALL = {"stall_probability": 0.4, "seed": 3}
NEAR_CYCLES = 12

LANES: Case = ("lanes", "tiny", None)
KRIA: Case = ("lanes", "kv260", None)
QUICK: Case = ("lanes", "tiny", QUICK_CYCLES)
ARRAY: Case = ("array", "tiny", QUICK_CYCLES)
LAYERS: Case = ("layers", "tiny", QUICK_CYCLES)


@over(LANES, KRIA, ARRAY, LAYERS)
def test_a_soft_reset_in_any_cycle_leaves_a_working_accelerator(case: Case) -> None:
    program = small(*case)
    cycles = range(program.cycles + NEAR_CYCLES)
    aborted = sweep(program, [Run(abort_cycle=cycle) for cycle in cycles])
    assert not any(run.done or run.error_code for run in aborted)


@over(QUICK)
def test_a_soft_reset_in_any_cycle_of_a_stalling_memory_leaves_one(case: Case) -> None:
    program = small(*case)
    (slow,) = program.run([Run()], **STALL)
    sweep(program, [Run(abort_cycle=cycle) for cycle in range(slow.cycles)], **STALL)


@over(QUICK)
def test_a_soft_reset_in_any_cycle_around_an_error_leaves_one(case: Case) -> None:
    """Before the error, in its very cycle, and in each after it, by what the error hits."""
    program = small(*case)
    faults = {
        piece.name: AxiFault(region=piece.region, offset=piece.first)
        for piece in pieces(program.program)
    }
    alone = sweep(program, [Run(faults=(fault,)) for fault in faults.values()])
    runs = [
        Run(faults=(fault,), abort_cycle=cycle)
        for fault, bad in zip(faults.values(), alone, strict=True)
        for cycle in range(max(0, bad.cycles - 2 * NEAR_CYCLES), bad.cycles + NEAR_CYCLES)
    ]
    results = sweep(program, runs)
    assert not any(run.done or run.error_code for run in results)


@over(QUICK)
def test_a_soft_reset_of_a_memory_that_hangs_waits_for_it(case: Case) -> None:
    """It hangs in any cycle; the reset comes while it does, and ends when all is answered."""
    program = small(*case)
    runs = [
        Run(hang_cycle=cycle, abort_cycle=cycle + cycle * 7 % 90) for cycle in range(program.cycles)
    ]
    sweep(program, runs)
