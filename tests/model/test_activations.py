# SPDX-License-Identifier: Apache-2.0
"""The float model layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hgcn.graph.graph import Graph
from hgcn.model import GCN
from hgcn.model.activations import activations, model_features, require_fit

MakeGraph = Callable[..., Graph]


def test_layers_end_with_the_logits(make_graph: MakeGraph) -> None:
    graph, model = make_graph(1), GCN.random([9, 5, 4, 3])
    layers = list(activations(model, graph))
    for tables in layers:
        assert [what for what, _ in tables] == ["products", "hidden values"]
    assert [tables[0][1].shape[1] for tables in layers] == [5, 4, 3]
    assert np.array_equal(layers[-1][-1][1], model.forward(graph))
    assert all((tables[-1][1] >= 0).all() for tables in layers[:-1])


@pytest.mark.parametrize("activation", ["relu", "none"])
def test_products_lead_to_outputs(make_graph: MakeGraph, activation: str) -> None:
    graph = make_graph(2, weighted=True)
    model = replace(GCN.random([9, 5, 3], 2), activation=activation)
    matrix, root = model.propagation(graph)
    layers = list(activations(model, graph))
    for place, (tables, layer) in enumerate(zip(layers, model.layers, strict=True)):
        (_, product), (_, output) = tables
        wanted = root[:, None] * (matrix.to_dense() @ product) + layer.bias
        if activation == "relu" and place == 0:
            wanted = np.maximum(wanted, 0)
        np.testing.assert_allclose(output, wanted, rtol=1e-6, atol=1e-9)
    assert (layers[0][1][1] < 0).any() == (activation == "none")


def test_features_are_normalised_only_if_the_model_says_so(make_graph: MakeGraph) -> None:
    graph, model = make_graph(1), GCN.random([9, 3])
    assert model_features(model, graph) is require_fit(model, graph) is graph.features
    sums = np.abs(model_features(replace(model, feature_norm="row"), graph).to_dense()).sum(axis=1)
    assert sums == pytest.approx(1.0)
