# SPDX-License-Identifier: Apache-2.0
"""The node orderings by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError, SpecError, require, shown
from hgcn.graph.csr import Csr, frozen
from hgcn.ordering.community import order_by_community
from hgcn.ordering.rcm import order_by_rcm
from hgcn.ordering.structure import symmetric_structure


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ordering:
    """An order of a graph's nodes.

    Attributes
    ----------
    name : str
        The method that made it.
    rows : ndarray of int32, shape (n,)
        Permutation: row i of the new order is node ``rows[i]``.
    """

    name: str
    rows: NDArray[np.int32]


def _none(csr: Csr) -> NDArray[np.int32]:
    return np.arange(csr.shape[0], dtype=np.int32)


def _degree(csr: Csr) -> NDArray[np.int32]:
    return np.argsort(-np.diff(csr.indptr), kind="stable").astype(np.int32)


def _rcm(csr: Csr) -> NDArray[np.int32]:
    return order_by_rcm(symmetric_structure(csr))


_METHODS: dict[str, Callable[[Csr], NDArray[np.int32]]] = {
    "none": _none,
    "degree": _degree,
    "rcm": _rcm,
    "community": order_by_community,
}

ORDERINGS = tuple(_METHODS)
"""As given; by falling degree; reverse Cuthill-McKee (RCM); nested communities, RCM inside."""

DEFAULT_ORDERING = "community"
"""The one of smallest split cost on Cora, Citeseer and Pubmed (tests/benchmarks/orderings.py)."""


def order_graph(csr: Csr, name: str = DEFAULT_ORDERING) -> Ordering:
    """Order the nodes of a square matrix.

    Parameters
    ----------
    csr : Csr, shape (n, n)
        The adjacency; self-loops, weights and direction do not matter, except that ``degree``
        counts a row's entries.
    name : str
        One of `ORDERINGS`.

    Raises
    ------
    SpecError
        If there is no such ordering; the message lists them.
    GraphError
        If the matrix is not square.

    Examples
    --------
    >>> path = Csr(shape=(3, 3), indptr=[0, 1, 3, 4], indices=[1, 0, 2, 1])
    >>> order_graph(path, "degree").rows
    array([1, 0, 2], dtype=int32)
    """
    require(isinstance(csr, Csr), "csr", csr, "a Csr, as Graph.adjacency is")
    if not isinstance(name, str) or name not in _METHODS:
        raise SpecError(f"unknown ordering {shown(name)}: choose one of {', '.join(ORDERINGS)}")
    if csr.shape[0] != csr.shape[1]:
        raise GraphError(f"an ordering needs a square matrix, got {csr.shape[0]} x {csr.shape[1]}")
    return Ordering(name=name, rows=frozen(_METHODS[name](csr)))
