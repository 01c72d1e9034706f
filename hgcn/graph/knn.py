# SPDX-License-Identifier: Apache-2.0
"""Nearest-neighbour graphs of points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_whole
from hgcn.errors import GraphError
from hgcn.graph.edges import from_edges
from hgcn.graph.foreign_arrays import as_array
from hgcn.graph.graph import Graph
from hgcn.jit import compiled

# Distances held at once: 32 MiB of float64.
BLOCK_CELLS = 4 * 1024**2


def knn_graph(
    points: object,
    *,
    neighbours: int,
    symmetrise: bool = True,
    labels: object | None = None,
    name: str = "knn",
) -> Graph:
    """Link every point to its nearest ones; the points become the features.

    Parameters
    ----------
    points : array-like, shape (n, f)
    neighbours : int
        Nearest other points of each, by squared Euclidean distance; of equally distant ones
        those with the smaller index.
    symmetrise : bool
        Link i and j if either is near the other. Else node i aggregates from its own nearest.
    labels : array-like of int, shape (n,), optional
    name : str

    Returns
    -------
    Graph

    Raises
    ------
    GraphError
        If the points are not finite, or do not form a matrix.
    SpecError
        If ``neighbours`` is not in 1..n - 1.

    Notes
    -----
    All distances are computed, in blocks: time O(n**2 (f + log n)). Each is a sum of rounded
    squares in the order of the columns, on every machine: what is nearer, and what is a tie, does
    not depend on the order in which a BLAS adds.

    Examples
    --------
    >>> knn_graph([[0.0], [1.0], [3.0]], neighbours=1, symmetrise=False).adjacency.indices
    array([1, 0, 1], dtype=int32)
    """
    array = as_array(points, "points").astype(np.float64)
    if array.ndim != 2:
        raise GraphError(f"points must have two dimensions, got {array.ndim}")
    if not np.isfinite(array).all():
        raise GraphError("points must be finite, got NaN or infinity")
    n = len(array)
    neighbours = as_whole(neighbours, "neighbours", least=1, most=n - 1)
    near = nearest(array, neighbours)
    pairs = np.column_stack((near.ravel(), np.repeat(np.arange(n), neighbours)))
    graph = from_edges(n, pairs, symmetrise=symmetrise, features=points, labels=labels, name=name)
    return replace(graph, notes=())  # Both directions are what was asked for.


def nearest(points: NDArray[np.float64], neighbours: int) -> NDArray[np.int64]:
    """Return the nearest other points of each point, shape (n, neighbours), rising indices.

    Examples
    --------
    >>> nearest(np.array([[0.0], [2.0], [1.0]]), 1)
    array([[2],
           [2],
           [0]])
    """
    n = len(points)
    columns = np.ascontiguousarray(points.T)
    found = np.empty((n, neighbours), dtype=np.int64)
    step = max(BLOCK_CELLS // n, 1)
    for start in range(0, n, step):
        stop = min(start + step, n)
        distance = _distances(columns, start, stop)
        distance[np.arange(stop - start), np.arange(start, stop)] = np.inf
        last = np.partition(distance, neighbours - 1, axis=1)[:, neighbours - 1, np.newaxis]
        taken = distance < last
        tied = distance == last
        room = neighbours - np.count_nonzero(taken, axis=1)[:, np.newaxis]
        taken |= tied & (np.cumsum(tied, axis=1) <= room)
        found[start:stop] = np.nonzero(taken)[1].reshape(stop - start, neighbours)
    return found


@compiled
def _distances(columns: NDArray[np.float64], start: int, stop: int) -> NDArray[np.float64]:
    """Return the squared distances of points ``start..stop-1`` to all, of ``columns`` (f, n)."""
    out = np.zeros((stop - start, columns.shape[1]))
    for row in range(stop - start):
        for k in range(columns.shape[0]):
            here = columns[k, start + row]
            for other in range(columns.shape[1]):
                apart = columns[k, other] - here
                out[row, other] += apart * apart
    return out
