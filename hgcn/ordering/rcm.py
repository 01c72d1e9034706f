# SPDX-License-Identifier: Apache-2.0
"""Reverse Cuthill-McKee with a total order: the same answer on every machine.

SciPy's sorts the degrees with an unstable sort, whose order of equal degrees depends on the vector
unit that NumPy finds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.jit import compiled


def order_by_rcm(structure: Csr) -> NDArray[np.int32]:
    """Return the reverse Cuthill-McKee order of an undirected graph [1]_.

    Breadth first through each component from its node of smallest degree, the neighbours of a node
    by rising degree; the order so found, reversed. Of equal degrees the smaller node goes first.

    Parameters
    ----------
    structure : Csr, shape (n, n)
        Symmetric, nothing on the diagonal.

    Returns
    -------
    ndarray of int32, shape (n,)

    Notes
    -----
    With the nodes renumbered by (degree, node) every row's neighbours stand in the order in which
    they are visited, and nothing is left to sort. Time O(m log m) for the renumbering.

    References
    ----------
    .. [1] E. Cuthill, J. McKee, "Reducing the bandwidth of sparse symmetric matrices", ACM '69,
       doi:10.1145/800195.805928.

    Examples
    --------
    >>> star = Csr(shape=(4, 4), indptr=[0, 3, 4, 5, 6], indices=[1, 2, 3, 0, 0, 0])
    >>> order_by_rcm(star)
    array([3, 2, 0, 1], dtype=int32)
    """
    by_degree = np.argsort(np.diff(structure.indptr), kind="stable").astype(np.int32)
    ranked = structure.permuted(by_degree, by_degree)
    order: NDArray[np.int32] = by_degree[_breadth_first(ranked.indptr, ranked.indices)]
    return order[::-1]


@compiled
def _breadth_first(indptr: NDArray[np.int64], indices: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the nodes as visited, components and neighbours in order of their numbers."""
    n = len(indptr) - 1
    order = np.empty(n, dtype=np.int32)
    seen = np.zeros(n, dtype=np.bool_)
    head = tail = 0
    for start in range(n):
        if not seen[start]:
            seen[start] = True
            order[tail] = start
            tail += 1
        while head < tail:
            node = order[head]
            head += 1
            for e in range(indptr[node], indptr[node + 1]):
                near = indices[e]
                if not seen[near]:
                    seen[near] = True
                    order[tail] = near
                    tail += 1
    return order
