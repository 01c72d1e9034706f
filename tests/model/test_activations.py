# SPDX-License-Identifier: Apache-2.0
"""The float model layer by layer, as it is and with what `quantise` puts in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model import GCN
from hgcn.model.activations import activations, model_features, require_fit

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


@pytest.mark.parametrize("activation", ["relu", "none"])
def test_products_lead_to_outputs(make_graph: MakeGraph, activation: str) -> None:
    graph = make_graph(2, weighted=True)
    model = replace(GCN.random([9, 5, 3], 2), activation=activation)
    matrix, root = model.propagation(graph)
    pairs = list(activations(model, graph))
    for place, ((product, output), layer) in enumerate(zip(pairs, model.layers, strict=True)):
        wanted = root[:, None] * (matrix.to_dense() @ product) + layer.bias
        if activation == "relu" and place == 0:
            wanted = np.maximum(wanted, 0)
        np.testing.assert_allclose(output, wanted, rtol=1e-6, atol=1e-9)
    assert (pairs[0][1] < 0).any() == (activation == "none")


def test_features_are_normalised_only_if_the_model_says_so(make_graph: MakeGraph) -> None:
    graph, model = make_graph(1), GCN.random([9, 3])
    assert model_features(model, graph) is require_fit(model, graph) is graph.features
    sums = np.abs(model_features(replace(model, feature_norm="row"), graph).to_dense()).sum(axis=1)
    assert sums == pytest.approx(1.0)
