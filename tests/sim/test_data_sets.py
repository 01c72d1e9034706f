# SPDX-License-Identifier: Apache-2.0
"""Real graphs, whole, on the RTL: exact bits, right counts, accuracy, and the estimate kept."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import hgcn
from hgcn.errors import DatasetError
from tests.sim.estimate_check import check_estimate

pytestmark = pytest.mark.rtl

COUNTS = {
    "digits": (1797, 19858 + 1797, 58736),
    "cora": (2708, 13264, 49216),
    "citeseer": (3327, 12431, 105165),
    "pubmed": (19717, 108365, 988031),
}
"""Nodes, nnz(A + I), nnz(X)."""

DEVICES = ("tiny", "kv260")
POLICIES = ("balanced", "threshold:2", "threshold:6", "pl-only", "aie-only")
ORDERINGS = ("none", "degree", "rcm", "community")
CASES = [(name, device) for device in DEVICES for name in COUNTS]


def load(name: str) -> hgcn.Graph:
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = None if "HGCN_DATA" in os.environ or not beside.is_dir() else beside
    try:
        return hgcn.datasets.load(name, data_dir=folder)
    except DatasetError as missing:
        pytest.skip(f"needs a local copy of {name}: {missing}")


@pytest.mark.parametrize(("name", "device"), CASES)
def test_rtl_is_exact_and_the_estimate_close(name: str, device: str) -> None:
    graph, model = load(name), hgcn.GCN.load(name)
    program = hgcn.compile(model, graph, device=device)
    facts = program.metadata["graph"]
    assert (facts["nodes"], facts["nnz_adjacency"], facts["nnz_features"]) == COUNTS[name]

    result = program.run(backend="rtl")

    assert result.bit_exact
    assert graph.labels is not None and graph.test_mask is not None
    mask, labels = graph.test_mask, graph.labels
    exact = np.mean(model.forward(graph).argmax(axis=1)[mask] == labels[mask])
    assert abs(result.accuracy(labels, mask) - exact) <= 0.005
    check_estimate(program, result)


@pytest.mark.parametrize("name", COUNTS)
def test_no_policy_or_ordering_changes_a_logit(name: str) -> None:
    graph, model = load(name), hgcn.GCN.load(name)
    cases = {(policy, "community") for policy in POLICIES}
    cases |= {("balanced", ordering) for ordering in ORDERINGS}
    for policy, ordering in sorted(cases):
        program = hgcn.compile(model, graph, device="tiny", policy=policy, ordering=ordering)
        assert program.run(backend="emulate").bit_exact, f"{policy}, {ordering}"


@pytest.mark.parametrize(
    ("policy", "ordering"), [(policy, "rcm") for policy in POLICIES[1:]] + [("balanced", "none")]
)
def test_policies_and_orderings_give_the_same_bits_on_the_rtl(policy: str, ordering: str) -> None:
    graph, model = load("digits"), hgcn.GCN.load("digits")
    program = hgcn.compile(model, graph, device="tiny", policy=policy, ordering=ordering)
    assert program.run(backend="rtl").bit_exact
