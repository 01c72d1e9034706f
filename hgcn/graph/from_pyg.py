# SPDX-License-Identifier: Apache-2.0
"""Graphs from objects shaped like a PyTorch Geometric ``Data``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_text
from hgcn.errors import GraphError
from hgcn.graph.edge_index import from_edge_index
from hgcn.graph.foreign_arrays import as_array, as_integers, as_mask
from hgcn.graph.graph import Graph
from hgcn.graph.kinds import described

MASKS = ("train_mask", "val_mask", "test_mask")


def from_pyg(
    data: Any,
    *,
    name: str = "graph",
    symmetrise: bool = False,
    weights: str | None = "edge_weight",
) -> Graph:
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
    weights : str or None
        Attribute the model was called with as its edge weights, ``edge_weight`` if there is one;
        ``edge_attr`` if that was it; None if the model saw the edges alone.

    Returns
    -------
    Graph

    Raises
    ------
    GraphError
        If ``edge_index`` is missing, or a part does not fit. If there is an ``edge_attr`` with one
        number an edge, which may have been the weights or not, and `weights` does not say.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> data = SimpleNamespace(edge_index=[[0, 1], [1, 0]], x=[[1.0], [2.0]], y=[0, 1])
    >>> graph = from_pyg(data)
    >>> graph.num_nodes, graph.num_edges, graph.num_classes
    (2, 2, 2)
    """
    name = as_text(name, "name")
    weights = None if weights is None else as_text(weights, "weights")
    if getattr(data, "edge_index", None) is None:
        sparse = getattr(data, "adj_t", None) is not None
        cure = ", but an adj_t: give from_scipy(data.adj_t.to_scipy('csr'))" if sparse else ""
        raise GraphError(f"{name}: {described(data)} has no edge_index{cure}")
    given = getattr(data, "x", None)
    sparse = given is None or hasattr(given, "tocsr")
    features = given if sparse else as_array(given, "x")
    labels = None if getattr(data, "y", None) is None else _labels(data.y, name)
    num_nodes = getattr(data, "num_nodes", None)
    if num_nodes is None and features is None and labels is not None:
        num_nodes = len(labels)
    given_weights, notes = _weights(data, weights, name)
    graph = from_edge_index(
        data.edge_index,
        num_nodes=num_nodes,
        symmetrise=symmetrise,
        weights=given_weights,
        features=features,
        labels=labels,
        name=name,
    )
    masks: dict[str, Any] = {
        mask: as_mask(getattr(data, mask), mask)
        for mask in MASKS
        if getattr(data, mask, None) is not None
    }
    return replace(graph, notes=(*graph.notes, *notes), **masks)


def _weights(data: Any, chosen: str | None, name: str) -> tuple[object | None, list[str]]:
    """Return the edge weights, and notes on what was left out."""
    there = {
        attribute: as_array(getattr(data, attribute), f"{name}: {attribute}")
        for attribute in ("edge_weight", "edge_attr", chosen)
        if attribute is not None and getattr(data, attribute, None) is not None
    }
    if chosen not in there and chosen not in (None, "edge_weight"):
        raise GraphError(f"{name}: {described(data)} has no {chosen!r} to take as weights")
    notes = [
        f"{attribute} of shape {values.shape} was left out: it is no weight of the edges."
        for attribute, values in there.items()
        if attribute != chosen
    ]
    attr = there.get("edge_attr")
    if chosen == "edge_weight" and chosen not in there and attr is not None and _one_each(attr):
        raise GraphError(
            f"{name}: has one number an edge in edge_attr and no edge_weight: give "
            "weights='edge_attr' if the model was called with it, else weights=None"
        )
    taken = None if chosen is None else there.get(chosen)
    if taken is not None and not _one_each(taken):
        raise GraphError(f"{name}: {chosen} must hold one number an edge, got shape {taken.shape}")
    return taken, notes


def _one_each(values: NDArray[Any]) -> bool:
    return values.ndim == 1 or (values.ndim == 2 and values.shape[1] == 1)


def _labels(values: object, name: str) -> NDArray[np.int64]:
    labels = as_integers(values, f"{name}: y")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise GraphError(f"{name}: y must hold one class per node, got shape {labels.shape}")
    return labels
