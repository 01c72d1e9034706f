# SPDX-License-Identifier: Apache-2.0
"""The estimate beside the accelerator's own counters."""

from __future__ import annotations

import pytest

import hgcn
from hgcn.execution.result import Result

CYCLES = 0.02
"""Most relative error of the cycles."""
BUSY = {"merge": 0.05, "drain": 0.02}
"""Of the cycles these are busy; which rows' beats meet in one depends on more than is followed."""
EXACT = ("read", "load", "pl", "sta", "write")


def check_estimate(program: hgcn.Program, result: Result) -> float:
    """Compare every number of the estimate with a simulated run; return the error of the cycles."""
    estimate, run = program.estimate(), result.execution
    assert run.cycles is not None
    assert (estimate.bytes_read, estimate.bytes_written) == (run.bytes_read, run.bytes_written)
    busy = {engine: counters["busy"] for engine, counters in run.engines.items()}
    assert estimate.engines.keys() == busy.keys() == {*BUSY, *EXACT}
    for engine in EXACT:
        assert estimate.engines[engine] == busy[engine], engine
    for engine, most in BUSY.items():
        assert estimate.engines[engine] == pytest.approx(busy[engine], rel=most), engine
    assert estimate.cycles == pytest.approx(run.cycles, rel=CYCLES)
    assert program.bound.cycles <= run.cycles
    return estimate.cycles / run.cycles - 1
