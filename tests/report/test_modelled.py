# SPDX-License-Identifier: Apache-2.0
"""Estimate and bound are said in cycles and in microseconds of the same clock."""

from __future__ import annotations

import pytest

from hgcn.cycles.bound import Bound
from hgcn.cycles.estimate import Estimate
from hgcn.report.modelled import modelled_facts
from tests.samples import TINY


def test_every_number_of_cycles_has_its_time() -> None:
    estimate = Estimate(cycles=3000, engines={}, microseconds=30.0, bytes_read=1, bytes_written=1)
    bound = Bound(memory_cycles=1000.0, compute_cycles=1500.2, drain_cycles=1.0)
    facts = modelled_facts(estimate, bound, 60, TINY)
    assert facts["cycles_estimate"] == 3000 and facts["bound_cycles"] == 1500
    assert facts["microseconds_estimate"] == pytest.approx(3e9 / TINY.pl_hz)
    assert facts["bound_microseconds"] == pytest.approx(1500.2e6 / TINY.pl_hz)
    assert facts["nodes_per_second_estimate"] == pytest.approx(60 * TINY.pl_hz / 3000)
    assert facts["bound_cause"] == "compute"
