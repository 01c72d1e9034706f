# SPDX-License-Identifier: Apache-2.0
"""Graphs from objects shaped like a PyTorch Geometric ``Data``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.edge_index import from_edge_index
from hgcn.graph.foreign_arrays import as_array, as_integers, as_mask
from hgcn.graph.graph import Graph

MASKS = ("train_mask", "val_mask", "test_mask")


def from_pyg(data: Any, *, name: str = "graph", symmetrise: bool = False) -> Graph:
    """Make a graph from an object with ``edge_index`` and, optionally, the usual attributes.

    Reads ``edge_index``, ``num_nodes``, ``x``, ``y``, ``edge_weight``, ``train_mask``,
    ``val_mask`` and ``test_mask``; neither torch nor PyTorch Geometric need be installed.
    Of masks with one column per split the first is taken.

    Parameters
    ----------
    data : object
        A ``torch_geometric.data.Data`` or anything with the same attributes.
    name : str
    symmetrise : bool
        Add the reverse of every edge.

    Returns
    -------
    Graph

    Raises
    ------
    GraphError
        If ``edge_index`` is missing, or a part does not fit.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> data = SimpleNamespace(edge_index=[[0, 1], [1, 0]], x=[[1.0], [2.0]], y=[0, 1])
    >>> graph = from_pyg(data)
    >>> graph.num_nodes, graph.num_edges, graph.num_classes
    (2, 2, 2)
    """
    if getattr(data, "edge_index", None) is None:
        raise GraphError(f"{name}: {type(data).__name__} object has no edge_index")
    given = getattr(data, "x", None)
    sparse = given is None or hasattr(given, "tocsr")
    features = given if sparse else as_array(given, "x")
    labels = None if getattr(data, "y", None) is None else _labels(data.y, name)
    num_nodes = getattr(data, "num_nodes", None)
    if num_nodes is None and features is None and labels is not None:
        num_nodes = len(labels)
    graph = from_edge_index(
        data.edge_index,
        num_nodes=num_nodes,
        symmetrise=symmetrise,
        weights=getattr(data, "edge_weight", None),
        features=features,
        labels=labels,
        name=name,
    )
    masks: dict[str, Any] = {
        mask: as_mask(getattr(data, mask), mask)
        for mask in MASKS
        if getattr(data, mask, None) is not None
    }
    return replace(graph, **masks)


def _labels(values: object, name: str) -> NDArray[np.int64]:
    labels = as_integers(values, f"{name}: y")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise GraphError(f"{name}: y must hold one class per node, got shape {labels.shape}")
    return labels
