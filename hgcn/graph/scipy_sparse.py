# SPDX-License-Identifier: Apache-2.0
"""SciPy sparse matrices to and from `Csr`, and to graphs."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse

from hgcn.arguments import as_flag
from hgcn.errors import GraphError, require
from hgcn.graph.csr import Csr
from hgcn.graph.edges import merge_edges
from hgcn.graph.features import to_feature_csr
from hgcn.graph.graph import Graph
from hgcn.graph.labels import as_classes
from hgcn.graph.scipy_matrix import summed_csr


def csr_to_scipy(matrix: Csr) -> Any:
    """Return a SciPy ``csr_matrix`` with copies of the arrays; ones are float32.

    Examples
    --------
    >>> ring = Csr(shape=(2, 2), indptr=[0, 1, 2], indices=[1, 0])
    >>> csr_to_scipy(ring).toarray()
    array([[0., 1.],
           [1., 0.]], dtype=float32)
    """
    require(isinstance(matrix, Csr), "matrix", matrix, "a Csr")
    ones = np.ones(matrix.nnz, dtype=np.float32)
    data = ones if matrix.data is None else matrix.data.copy()
    parts = (data, matrix.indices.copy(), matrix.indptr.copy())
    return scipy.sparse.csr_matrix(parts, shape=matrix.shape)


def from_scipy(
    adjacency: object,
    *,
    name: str = "graph",
    symmetrise: bool = False,
    weighted: bool = False,
    features: object | None = None,
    labels: object | None = None,
) -> Graph:
    """Make a graph from a SciPy sparse adjacency of any format.

    Entry (i, j) says that node i aggregates from node j, so the diagonal holds self-loops.
    Duplicates are summed as SciPy does, stored zeros are no edges.

    Parameters
    ----------
    adjacency : sparse matrix or array, shape (n, n)
    name : str
    symmetrise : bool
        Add the reverse of every entry; of two unequal weights the larger stays.
    weighted : bool
        Keep the stored values as edge weights; else only the structure counts, which a note of
        the graph says where the values are not all one.
    features : array-like, sparse matrix or Csr, shape (n, f), optional
    labels : array-like of int, shape (n,), optional

    Returns
    -------
    Graph

    Raises
    ------
    GraphError
        If a part does not fit.

    Examples
    --------
    >>> from scipy.sparse import coo_matrix
    >>> entries = coo_matrix(([1.0, 2.0], ([0, 1], [1, 1])), shape=(3, 3))
    >>> from_scipy(entries, symmetrise=True).adjacency.to_dense()
    array([[0., 1., 0.],
           [1., 1., 0.],
           [0., 0., 0.]], dtype=float32)
    """
    weighted = as_flag(weighted, "weighted")
    entries = summed_csr(adjacency, "adjacency").tocoo()
    if entries.shape[0] != entries.shape[1]:
        raise GraphError(
            f"{name}: adjacency must be square, got {entries.shape[0]} x {entries.shape[1]}"
        )
    stored = entries.data != 0
    notes: tuple[str, ...] = ()
    if not weighted and np.any(entries.data[stored] != 1):
        notes = ("The matrix's values were left out: weighted=True takes them as edge weights.",)
    merged = merge_edges(
        entries.shape[0],
        sources=entries.col[stored],
        targets=entries.row[stored],
        weights=entries.data[stored] if weighted else None,
        symmetrise=symmetrise,
    )
    classes, num_classes = (None, 0) if labels is None else as_classes(labels, f"{name}: labels")
    return Graph(
        name=name,
        adjacency=merged.adjacency,
        notes=notes + merged.notes,
        features=None if features is None else to_feature_csr(features),
        labels=classes,
        num_classes=num_classes,
    )
