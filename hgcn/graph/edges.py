# SPDX-License-Identifier: Apache-2.0
"""Graphs from lists of edges: the one place where edges are cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.csr import Csr
from hgcn.graph.features import to_feature_csr
from hgcn.graph.foreign_arrays import as_array, as_integers
from hgcn.graph.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MergedEdges:
    """A clean adjacency and what cleaning took out.

    Attributes
    ----------
    adjacency : Csr, shape (n, n)
        Entry (target, source) for each distinct edge.
    self_loops : int
        Edges dropped because source and target are the same node.
    duplicates : int
        Edges merged into an equal one (before symmetrising, so a pair of opposite edges is
        none).
    """

    adjacency: Csr
    self_loops: int
    duplicates: int


def merge_edges(
    num_nodes: int,
    *,
    sources: object,
    targets: object,
    weights: object | None = None,
    symmetrise: bool = False,
) -> MergedEdges:
    """Clean an edge list: drop self-loops, merge duplicates, optionally add reverse edges.

    Parameters
    ----------
    num_nodes : int
    sources, targets : array-like of int, shape (E,)
        Node ``targets[e]`` aggregates from ``sources[e]``.
    weights : array-like, shape (E,), optional
        Positive edge weights. Of merged edges the largest weight stays: a rule that does not
        depend on the order, and leaves an already symmetric list as it is.
    symmetrise : bool
        Add the reverse of every edge.

    Returns
    -------
    MergedEdges

    Raises
    ------
    GraphError
        If an array has the wrong shape or type, or a node is out of range.

    Notes
    -----
    Time O(E log E), memory O(E).

    Examples
    --------
    >>> merged = merge_edges(3, sources=[0, 0, 2], targets=[1, 1, 2])
    >>> merged.adjacency.nnz, merged.self_loops, merged.duplicates
    (1, 1, 1)
    """
    source = as_integers(sources, "edge sources").ravel()
    target = as_integers(targets, "edge targets").ravel()
    if source.shape != target.shape:
        raise GraphError(
            f"edges must have as many sources as targets, got {source.size} and {target.size}"
        )
    for what, ids in (("sources", source), ("targets", target)):
        if ids.size and (ids.min() < 0 or ids.max() >= num_nodes):
            bad = int(ids.min() if ids.min() < 0 else ids.max())
            raise GraphError(f"edge {what} must lie in 0..{num_nodes - 1}, got {bad}")
    value: NDArray[Any] | None = None
    if weights is not None:
        with np.errstate(over="ignore"):  # Infinity is reported by the graph's own check.
            value = as_array(weights, "edge weights").astype(np.float32).ravel()
        if value.shape != source.shape:
            raise GraphError(f"edge weights must have {source.size} entries, got {value.size}")
    proper = source != target
    kept = int(np.count_nonzero(proper))
    key = target[proper] * num_nodes + source[proper]
    value = None if value is None else value[proper]
    distinct, value = _largest_per_key(key, value)
    duplicates = kept - distinct.size
    if symmetrise:
        row, col = np.divmod(distinct, max(num_nodes, 1))
        both = np.concatenate((distinct, col * num_nodes + row))
        distinct, value = _largest_per_key(both, None if value is None else np.tile(value, 2))
    row, col = np.divmod(distinct, max(num_nodes, 1))
    return MergedEdges(
        adjacency=Csr.from_coo((num_nodes, num_nodes), row, col, value),
        self_loops=source.size - kept,
        duplicates=duplicates,
    )


def from_edges(
    num_nodes: int,
    edges: object,
    *,
    symmetrise: bool = False,
    weights: object | None = None,
    features: object | None = None,
    labels: object | None = None,
    name: str = "graph",
) -> Graph:
    """Make a graph from (source, target) pairs.

    Node ``target`` aggregates from ``source``. Self-loops are dropped and duplicates merged;
    `merge_edges` counts them.

    Parameters
    ----------
    num_nodes : int
    edges : array-like of int, shape (E, 2)
    symmetrise : bool
        Add the reverse of every edge: what an undirected edge list needs.
    weights : array-like, shape (E,), optional
    features : array-like, sparse matrix or Csr, shape (n, f), optional
    labels : array-like of int, shape (n,), optional
        -1 where unknown.
    name : str

    Returns
    -------
    Graph

    Raises
    ------
    GraphError
        If a part does not fit.

    Examples
    --------
    >>> from_edges(3, [(0, 1), (1, 2), (2, 2)], symmetrise=True).adjacency.indices
    array([1, 0, 2, 1], dtype=int32)
    """
    pairs = as_integers(edges, "edges")
    if pairs.size == 0:
        pairs = pairs.reshape(0, 2)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise GraphError(f"edges must have shape (E, 2), got {pairs.shape}")
    merged = merge_edges(
        num_nodes,
        sources=pairs[:, 0],
        targets=pairs[:, 1],
        weights=weights,
        symmetrise=symmetrise,
    )
    classes = None if labels is None else as_integers(labels, "labels")
    return Graph(
        name=name,
        adjacency=merged.adjacency,
        features=None if features is None else to_feature_csr(features),
        labels=classes,
        num_classes=0 if classes is None or not classes.size else max(int(classes.max()) + 1, 0),
    )


def _largest_per_key(
    key: NDArray[np.int64], value: NDArray[Any] | None
) -> tuple[NDArray[np.int64], NDArray[Any] | None]:
    order = None if value is None else np.argsort(key, kind="stable")
    key = np.sort(key) if order is None else key[order]
    # Sorting and comparing neighbours: np.unique hashes, several times slower on 10**6 keys.
    first = np.ones(key.size, dtype=np.bool_)
    np.not_equal(key[1:], key[:-1], out=first[1:])
    if value is not None and value.size:
        value = np.maximum.reduceat(value[order], np.flatnonzero(first))
    return key[first], value
