# SPDX-License-Identifier: Apache-2.0
"""Graphs from the ``edge_index`` convention of PyTorch Geometric."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.edges import from_edges
from hgcn.graph.foreign_arrays import as_integers
from hgcn.graph.graph import Graph


def from_edge_index(
    edge_index: object,
    *,
    num_nodes: int | None = None,
    symmetrise: bool = False,
    weights: object | None = None,
    features: object | None = None,
    labels: object | None = None,
    name: str = "graph",
) -> Graph:
    """Make a graph from an edge index: row 0 the sources, row 1 the targets.

    Messages run from source to target, so the adjacency, whose row i holds what node i
    aggregates from, gets entry (target, source). Parallel edges are summed and self-loops kept
    (`merge_edges`), as `GCNConv` does.

    Parameters
    ----------
    edge_index : array-like or tensor of int, shape (2, E)
    num_nodes : int, optional
        Default: the rows of ``features``, else one more than the largest node named.
    symmetrise : bool
        Add the reverse of every edge.
    weights : array-like or tensor, shape (E,), optional
    features : array-like, sparse matrix, tensor or Csr, shape (n, f), optional
    labels : array-like or tensor of int, shape (n,), optional
    name : str

    Returns
    -------
    Graph

    Raises
    ------
    GraphError
        If a part does not fit, or a node has several self-loops with weights: `GCNConv` keeps the
        last of them where it adds self-loops, and their sum where it does not.

    Examples
    --------
    >>> graph = from_edge_index([[0, 0], [1, 2]])
    >>> graph.adjacency.to_dense()
    array([[0., 0., 0.],
           [1., 0., 0.],
           [1., 0., 0.]], dtype=float32)
    """
    index = as_integers(edge_index, "edge_index")
    if index.size == 0:
        index = index.reshape(2, 0)
    if index.ndim != 2 or index.shape[0] != 2:
        raise GraphError(f"edge_index must have shape (2, E), got {index.shape}")
    if num_nodes is None:
        shape = getattr(features, "shape", None)
        if shape is not None and len(shape):
            num_nodes = int(shape[0])
        else:
            num_nodes = max(int(index.max()) + 1, 0) if index.size else 0
    if weights is not None:
        _refuse_parallel_loops(index)
    return from_edges(
        num_nodes,
        index.T,
        symmetrise=symmetrise,
        weights=weights,
        features=features,
        labels=labels,
        name=name,
    )


def _refuse_parallel_loops(index: NDArray[np.int64]) -> None:
    nodes, counts = np.unique(index[0, index[0] == index[1]], return_counts=True)
    if np.any(counts > 1):
        worst = int(np.argmax(counts > 1))
        raise GraphError(
            f"node {nodes[worst]} has {counts[worst]} self-loops with weights, of which GCNConv "
            "takes the last or the sum, depending on add_self_loops: give one"
        )
