# SPDX-License-Identifier: Apache-2.0
"""Training moves weights, each of its layers' own, and leaves the plan alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.fit import Plan, fit
from hgcn.model.recipe import Recipe

MakeGraph = Callable[..., Graph]


def test_there_is_a_pair_for_each_part_of_the_plan(make_graph: MakeGraph) -> None:
    torch = pytest.importorskip("torch", reason="the extra 'train' (PyTorch) is not installed")
    graph = make_graph()
    assert graph.features is not None
    plan = Plan(operator=graph.adjacency, passes=(True, False, True))
    pairs = fit(torch, graph, graph.features, plan, Recipe(hidden=4, epochs=2))
    assert [weight.shape for weight, _ in pairs] == list(pairwise([9, 4, 4, 3]))
    assert all(np.abs(bias).max() > 0 for _, bias in pairs)


def test_layers_that_pass_nothing_do_not_see_the_operator(make_graph: MakeGraph) -> None:
    torch = pytest.importorskip("torch", reason="the extra 'train' (PyTorch) is not installed")
    graph = make_graph()
    assert graph.features is not None
    nodes = np.arange(20)
    made = [
        fit(torch, graph, graph.features, plan, Recipe(hidden=4, epochs=3))
        for plan in (
            Plan(operator=graph.adjacency, passes=(False, False)),
            Plan(operator=Csr.from_coo((20, 20), nodes, nodes), passes=(True, True)),
        )
    ]
    for (weight, bias), (other, others) in zip(*made, strict=True):
        np.testing.assert_allclose(weight, other, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(bias, others, rtol=1e-5, atol=1e-6)
