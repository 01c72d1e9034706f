# SPDX-License-Identifier: Apache-2.0
"""What a GCN does to its graph before any weight: self-loops and degrees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph


def values(matrix: Csr) -> NDArray[np.float64]:
    """Return the stored entries of ``matrix`` in float64, ones where it is binary; a copy."""
    if matrix.data is None:
        return np.ones(matrix.nnz, dtype=np.float64)
    return matrix.data.astype(np.float64)


def to_scipy(matrix: Csr) -> sparse.csr_array:
    """Return ``matrix`` as a float64 SciPy array that shares its index arrays.

    Examples
    --------
    >>> to_scipy(Csr(shape=(2, 2), indptr=[0, 2, 2], indices=[0, 1])).toarray()
    array([[1., 1.],
           [0., 0.]])
    """
    return sparse.csr_array((values(matrix), matrix.indices, matrix.indptr), shape=matrix.shape)


def propagation(
    graph: Graph, *, normalize: bool, loops: bool, improved: bool
) -> tuple[Csr, NDArray[np.float64]]:
    """Return E and r: a graph convolution multiplies by ``Â = diag(r) E diag(r)``.

    The one place that knows what the arguments of PyTorch Geometric's `GCNConv` do to a graph; the
    float model and the integer network both start from it.

    Parameters
    ----------
    graph : Graph
        n nodes.
    normalize : bool
        Whether r is ``d^-1/2`` with the target-side degree d of E; else it is one.
    loops : bool
        Whether E has a self-loop on every node.
    improved : bool
        See `add_self_loops`.

    Returns
    -------
    E : Csr, shape (n, n)
        Binary or float32.
    r : ndarray of float64, shape (n,)

    Examples
    --------
    >>> one_way = Csr(shape=(2, 2), indptr=[0, 1, 1], indices=[1], data=np.float32([3]))
    >>> graph = Graph(name="one way", adjacency=one_way)
    >>> matrix, root = propagation(graph, normalize=True, loops=True, improved=False)
    >>> matrix.to_dense(), root
    (array([[1., 3.],
           [0., 1.]], dtype=float32), array([0.5, 1. ]))
    """
    matrix = add_self_loops(graph, improved=improved) if loops else graph.adjacency
    root = inverse_sqrt_degrees(matrix) if normalize else np.ones(graph.num_nodes)
    return matrix, root


def add_self_loops(graph: Graph, *, improved: bool = False) -> Csr:
    """Return A + I: a self-loop of weight one on every node that has none.

    A self-loop that is there keeps its weight, 0 too; where weights are only counts of parallel
    edges, it weighs one: `add_remaining_self_loops` of PyTorch Geometric.

    Parameters
    ----------
    graph : Graph
    improved : bool
        New self-loops weigh two, if the graph has edge weights. Without them they weigh one all the
        same, as in PyTorch Geometric since its version 2.3.

    Returns
    -------
    Csr, shape (n, n)
        Binary if the adjacency is, else float32 weights.

    Examples
    --------
    >>> one_way = Csr(shape=(2, 2), indptr=[0, 2, 2], indices=[0, 1], data=np.float32([5, 2]))
    >>> add_self_loops(Graph(name="one way", adjacency=one_way)).data
    array([5., 2., 1.], dtype=float32)
    """
    adjacency = graph.adjacency
    rows, cols = adjacency.row_ids(), adjacency.indices
    given = rows == cols
    bare = np.full(graph.num_nodes, fill_value=True)
    bare[rows[given]] = False
    added = np.flatnonzero(bare)
    data = None
    if adjacency.data is not None:
        weight = 2 if improved and not graph.weights_are_counts else 1
        data = adjacency.data.astype(np.float32)
        if graph.weights_are_counts:
            data[given] = 1
        data = np.concatenate([data, np.full(len(added), weight, np.float32)])
    rows, cols = np.concatenate([rows, added]), np.concatenate([cols, added])
    return Csr.from_coo(adjacency.shape, rows, cols, data)


def inverse_sqrt_degrees(loops: Csr) -> NDArray[np.float64]:
    """Return ``d[i]^-1/2`` where ``d[i] = sum_j (A + I)[i, j]``, the target-side degree.

    Parameters
    ----------
    loops : Csr, shape (n, n)
        A + I, as `add_self_loops` returns it.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 where the degree is 0, as PyTorch Geometric has it.

    Examples
    --------
    >>> star = Csr(shape=(4, 4), indptr=[0, 4, 4, 5, 6], indices=[0, 1, 2, 3, 2, 3])
    >>> inverse_sqrt_degrees(star)
    array([0.5, 0. , 1. , 1. ])
    """
    degrees = np.bincount(loops.row_ids(), weights=values(loops), minlength=loops.shape[0])
    inverse = np.zeros(len(degrees), dtype=np.float64)
    np.divide(1.0, np.sqrt(degrees), out=inverse, where=degrees > 0)
    return inverse
