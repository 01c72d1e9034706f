# SPDX-License-Identifier: Apache-2.0
"""The undirected graph under a square matrix."""

from __future__ import annotations

import numpy as np

from hgcn.graph.csr import Csr


def symmetric_structure(csr: Csr) -> Csr:
    """Return ones where ``csr`` or its transpose has an entry off the diagonal.

    Examples
    --------
    >>> symmetric_structure(Csr(shape=(2, 2), indptr=[0, 2, 2], indices=[0, 1])).to_dense()
    array([[0., 1.],
           [1., 0.]], dtype=float32)
    """
    rows, n = csr.row_ids().astype(np.int64), csr.shape[0]
    off = rows != csr.indices
    rows, cols = rows[off], csr.indices[off]
    # Sorting and comparing neighbours: np.unique hashes, several times slower on 10**6 keys.
    keys = np.sort(np.concatenate([rows * n + cols, cols * np.int64(n) + rows]))
    first = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    return Csr.from_coo(csr.shape, *np.divmod(keys[first], n))
