# SPDX-License-Identifier: Apache-2.0
"""Hops compute the dense formula, in jobs that every backend computes alike."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.model.affine import AffineLayer
from hgcn.model.hops import Hops
from tests.samples import random_graph

GRAPH = random_graph(7, nodes=40, features=16, classes=4)


@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("activation", ["relu", "none"])
def test_the_last_table_is_the_formula(hops: int, activation: str) -> None:
    rng = np.random.default_rng(hops)
    before, after = rng.random(40), rng.random(40)
    layer = AffineLayer(
        weight=rng.normal(size=(16, 3)).astype(np.float32),
        bias=rng.normal(size=3).astype(np.float32),
        activation=activation,  # type: ignore[arg-type]
    )
    made = Hops(matrix=GRAPH.adjacency, before=before, after=after, hops=hops, layer=layer)
    assert GRAPH.features is not None
    over = after[:, None] * GRAPH.adjacency.to_dense() * before
    wanted = np.linalg.matrix_power(over, hops) @ GRAPH.features.to_dense() @ layer.weight
    wanted = wanted + layer.bias
    if activation == "relu":
        wanted = np.maximum(wanted, 0)
    tables = list(made.tables(GRAPH.features))
    assert len(tables) == hops + 1
    np.testing.assert_allclose(tables[-1][1], wanted, rtol=1e-5, atol=1e-6)
