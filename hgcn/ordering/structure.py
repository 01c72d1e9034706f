# SPDX-License-Identifier: Apache-2.0
"""The undirected graph under a square matrix."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from hgcn.graph.csr import Csr


def symmetric_structure(csr: Csr) -> csr_matrix:
    """Return a SciPy matrix of ones where ``csr`` or its transpose has an entry off the diagonal.

    Examples
    --------
    >>> symmetric_structure(Csr(shape=(2, 2), indptr=[0, 2, 2], indices=[0, 1])).toarray()
    array([[0., 1.],
           [1., 0.]])
    """
    rows = csr.row_ids()
    off = rows != csr.indices
    ones = np.ones(int(off.sum()))
    upper = csr_matrix((ones, (rows[off], csr.indices[off])), shape=csr.shape)
    both = csr_matrix(upper + upper.T)
    both.data[:] = 1
    both.sort_indices()
    return both
