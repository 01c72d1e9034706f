# SPDX-License-Identifier: Apache-2.0
"""What is trained is what the layers compute: the same matrix, the same order."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from hgcn.graph.graph import Graph
from hgcn.model.model import Model
from hgcn.model.trainable import KINDS


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_computes_what_its_layers_do(
    make_graph: Callable[..., Graph], kind: str, weighted: bool
) -> None:
    graph, rng = make_graph(2, weighted=weighted), np.random.default_rng(3)
    plan = KINDS[kind].plan(graph, layers=2)
    widths = [9, *[5] * (len(plan.passes) - 1), 3]
    pairs = [
        (rng.normal(size=shape).astype(np.float32), rng.normal(size=shape[1]).astype(np.float32))
        for shape in pairwise(widths)
    ]
    model: Model = KINDS[kind].model(name=kind, layers=KINDS[kind].layers(pairs))
    assert graph.features is not None
    hidden, operator = graph.features.to_dense().astype(float), plan.operator.to_dense()
    for number, (passes, (weight, bias)) in enumerate(
        zip(plan.passes, pairs, strict=True), start=1
    ):
        product = hidden @ weight
        hidden = (operator @ product if passes else product) + bias
        if number < len(pairs):
            hidden = np.maximum(hidden, 0)
    # The operator is float32.
    np.testing.assert_allclose(model.forward(graph), hidden, rtol=1e-5, atol=1e-4)
