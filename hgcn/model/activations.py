# SPDX-License-Identifier: Apache-2.0
"""The float model layer by layer, from the features on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hgcn.errors import ModelError
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.feature_norm import normalise_features
from hgcn.model.layer import Given, OnGraph, Table

if TYPE_CHECKING:
    from hgcn.model.model import Model


def require_fit(model: Model, graph: Graph) -> Csr:
    """Return the graph's features, or raise `ModelError` naming both widths."""
    if graph.features is None:
        raise ModelError(
            f"{graph.name} has no features, but {model.name} takes {model.widths[0]} per node"
        )
    if graph.num_features != model.widths[0]:
        raise ModelError(
            f"{graph.name} has {graph.num_features} features per node, "
            f"but {model.name} takes {model.widths[0]}"
        )
    return graph.features


def model_features(model: Model, graph: Graph) -> Csr:
    """Return the features as the first layer sees them: normalised if the model says so."""
    return normalise_features(require_fit(model, graph), model.feature_norm)


def activations(model: Model, graph: Graph) -> Iterator[list[Table]]:
    """Yield the tables of each layer in turn; its last one goes into the next."""
    on = OnGraph(graph)
    given: Given = model_features(model, graph)
    for layer in model.layers:
        tables = list(layer.tables(on, given))
        given = tables[-1][1]
        yield tables
