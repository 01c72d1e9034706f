# SPDX-License-Identifier: Apache-2.0
"""The float model, layer by layer: what `GCN.forward` ends with, and `quantise` fits scales to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.feature_norm import normalise_features
from hgcn.model.products import times

if TYPE_CHECKING:
    from hgcn.model.gcn import GCN


def require_fit(model: GCN, graph: Graph) -> Csr:
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


def model_features(model: GCN, graph: Graph) -> Csr:
    """Return the features as the first layer sees them: normalised if the model says so."""
    return normalise_features(require_fit(model, graph), model.feature_norm)


def activations(
    model: GCN,
    graph: Graph,
    *,
    features: Csr | None = None,
    adjust: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield ``P = diag(r) H W`` and ``H' = act(diag(r) E P + b)`` of each layer in turn.

    The two products are those of the integer network, so that `quantise` can fit their scales. It
    may put other (normalised) `features` in, and what `adjust` returns in the place of each P.
    """
    matrix, factors = model.propagation(graph)
    root = factors[:, None]
    given = model_features(model, graph) if features is None else features
    hidden: Csr | NDArray[np.float64] = given
    for number, layer in enumerate(model.layers, start=1):
        product = root * times(hidden, layer.weight)
        if adjust is not None:
            product = adjust(product)
        output = root * times(matrix, product) + layer.bias
        relu = model.activation == "relu" and number < len(model.layers)
        hidden = np.maximum(output, 0.0) if relu else output
        yield product, hidden
