# SPDX-License-Identifier: Apache-2.0
"""The curve holds what programs compiled at its thresholds say of themselves."""

from __future__ import annotations

import pytest

import hgcn
from hgcn.report.cost_curve import CostCurve, cost_curve
from tests.samples import DEVICES, random_graph

GRAPH, MODEL = random_graph(nodes=300), hgcn.GCN.random([12, 3])


def compiled(policy: str, device: str) -> hgcn.Program:
    return hgcn.compile(MODEL, GRAPH, device=DEVICES.get(device, device), policy=policy)


def curve_of(program: hgcn.Program, operand: str) -> CostCurve:
    assert program.splits is not None
    return cost_curve(program.splits[operand], program.device)


@pytest.mark.parametrize("device", ["tiny", "tiles", "tall"])
@pytest.mark.parametrize("operand", ["features", "adjacency"])
def test_a_threshold_costs_what_its_program_says(device: str, operand: str) -> None:
    made = curve_of(compiled("balanced", device), operand)
    last = len(made.cycles)
    for policy, threshold in (("aie-only", 1), ("threshold:3", 3), ("pl-only", last)):
        other = compiled(policy, device)
        assert other.splits is not None
        assert made.cycles[threshold - 1] == other.splits[operand].cost_cycles
    assert made.thresholds.tolist() == list(range(1, last + 1))


def test_the_bound_is_below_all() -> None:
    made = curve_of(compiled("balanced", "tiny"), "adjacency")
    assert made.bound <= min(made.reached, *made.cycles)


def test_a_fixed_policy_lies_on_the_curve() -> None:
    made = curve_of(compiled("threshold:4", "tiny"), "adjacency")
    assert made.reached == made.cycles[3]
