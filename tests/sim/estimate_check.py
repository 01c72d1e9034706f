# SPDX-License-Identifier: Apache-2.0
"""The estimate beside the accelerator's own counters."""

from __future__ import annotations

import pytest

import hgcn
from hgcn.execution.result import Result

CYCLES = 0.02
"""Most relative error of the cycles."""
BUSY = 0.05
"""Of the cycles merge and drain are busy; all other numbers are exact."""


def check_estimate(program: hgcn.Program, result: Result) -> float:
    """Compare every number of the estimate with a simulated run; return the error of the cycles."""
    estimate, run = program.estimate(), result.execution
    assert run.cycles is not None
    assert (estimate.bytes_read, estimate.bytes_written) == (run.bytes_read, run.bytes_written)
    busy = {engine: counters["busy"] for engine, counters in run.engines.items()}
    assert estimate.engines.keys() == busy.keys()
    for engine in ("read", "load", "pl", "sta", "write"):
        assert estimate.engines[engine] == busy[engine], engine
    # Which PE rows' beats meet in a cycle, and which row leaves as a record comes, is modelled.
    for engine in ("merge", "drain"):
        assert estimate.engines[engine] == pytest.approx(busy[engine], rel=BUSY), engine
    assert estimate.cycles == pytest.approx(run.cycles, rel=CYCLES)
    assert program.bound.cycles <= run.cycles
    return estimate.cycles / run.cycles - 1
