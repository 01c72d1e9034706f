# SPDX-License-Identifier: Apache-2.0
"""From command-line words to a graph and a model that fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hgcn import datasets
from hgcn.errors import ModelError
from hgcn.graph.graph import Graph
from hgcn.graph.random_features import with_random_features
from hgcn.model.gcn import GCN
from hgcn.model.header import UnsaidError, parse_options
from hgcn.model.model import Model
from hgcn.model.model_file import SHIPPED_TYPES, is_model_file
from hgcn.model.weights_file import SHIPPED

_UNLABELLED_CLASSES = 8
_SEED = 0


def open_graph(name: str, random_features: int | None) -> Graph:
    """Load a graph, with random features if asked.

    Raises
    ------
    ModelError
        If it has no features and none are asked for, or has them and random ones are asked for.
    """
    graph = datasets.load(name)
    if random_features is not None:
        if graph.features is not None:
            raise ModelError(
                f"{graph.name} has {graph.num_features} features of its own: "
                "leave out --random-features"
            )
        return with_random_features(graph, random_features, rng=np.random.default_rng(_SEED))
    if graph.features is None:
        raise ModelError(f"{graph.name} has no features: give --random-features WIDTH")
    return graph


def open_model(
    graph: Graph,
    path: Path | None,
    random_weights: int | None,
    hidden: int,
    depth: int,
    trained_with: str | None = None,
) -> Model:
    """Find the model for a graph: a file, random weights, or the shipped one.

    Raises
    ------
    ModelError
        If both or neither can be had, or the file does not say how its weights are to be used.
    """
    if path is not None and random_weights is not None:
        raise ModelError("give either --model FILE or --random-weights SEED, not both")
    if trained_with is not None and path is None:
        raise ModelError("--trained-with is for the weights of --model FILE")
    shipped = path is not None and str(path) in SHIPPED_TYPES and not path.exists()
    if path is not None and (shipped or is_model_file(path)):
        if trained_with is not None:
            raise ModelError(f"{path} says itself how it is used: leave out --trained-with")
        return Model.load(str(path) if shipped else path)
    if path is not None:
        try:
            return GCN.load(path, **parse_options(trained_with) if trained_with else {})
        except UnsaidError as error:
            raise ModelError(f"{error} (on the command line as --trained-with TEXT)") from error
    if random_weights is not None:
        classes = graph.num_classes or _UNLABELLED_CLASSES
        widths = [graph.num_features, *[hidden] * (depth - 1), classes]
        return GCN.random(widths, random_weights)
    if graph.name not in SHIPPED:
        raise ModelError(
            f"no model is shipped for {graph.name}: give --model FILE or --random-weights SEED"
        )
    return GCN.for_graph(graph)
