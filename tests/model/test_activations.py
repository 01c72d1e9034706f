# SPDX-License-Identifier: Apache-2.0
"""The float model layer by layer, as it is and with what `quantise` puts in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model import GCN
from hgcn.model.activations import activations

MakeGraph = Callable[..., Graph]


def test_layers_end_with_the_logits(make_graph: MakeGraph) -> None:
    graph, model = make_graph(1), GCN.random([9, 5, 4, 3])
    layers = list(activations(model, graph))
    assert [product.shape[1] for product, _ in layers] == [5, 4, 3]
    assert np.array_equal(layers[-1][1], model.forward(graph))
    assert all((hidden >= 0).all() for _, hidden in layers[:-1])


def test_other_features_take_the_place_of_the_graphs(make_graph: MakeGraph) -> None:
    graph, model = make_graph(2), GCN.random([9, 4, 3])
    assert graph.features is not None
    twice = Csr.from_coo(
        graph.features.shape,
        graph.features.row_ids(),
        graph.features.indices,
        np.full(graph.features.nnz, 2.0, np.float32),
    )
    got = [output for _, output in activations(model, graph, features=twice)][-1]
    assert np.array_equal(got, model.forward(replace(graph, features=twice)))


def test_adjusted_products_reach_what_follows(make_graph: MakeGraph) -> None:
    graph, model = make_graph(3), GCN.random([9, 4, 3])
    seen = []

    def nothing(product: np.ndarray) -> np.ndarray:
        seen.append(product.shape)
        return np.zeros_like(product)

    _, logits = list(activations(model, graph, adjust=nothing))[-1]
    assert np.allclose(logits, model.layers[-1].bias)
    assert seen == [(graph.num_nodes, 4), (graph.num_nodes, 3)]
