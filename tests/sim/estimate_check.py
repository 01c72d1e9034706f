# SPDX-License-Identifier: Apache-2.0
"""The estimate beside the accelerator's own counters."""

from __future__ import annotations

import hgcn
from hgcn.execution.result import Result


def check_estimate(program: hgcn.Program, result: Result) -> None:
    """Compare every number of the estimate with the first run of a simulation: all are equal."""
    estimate, run = program.estimate(), result.execution
    assert (estimate.bytes_read, estimate.bytes_written) == (run.bytes_read, run.bytes_written)
    busy = {engine: counters["busy"] for engine, counters in run.engines.items()}
    assert estimate.engines == busy
    assert estimate.cycles == run.cycles
    assert program.bound.cycles <= run.cycles
