# SPDX-License-Identifier: Apache-2.0
"""Float products that are the same in every bit on every machine.

A BLAS adds in an order that depends on the processor, and a C compiler may fuse a product and a sum
into one rounding where the processor can. Here each is rounded on its own, in the order of the
inner index; what is vectorised is the outer one, which changes no sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.jit import compiled
from hgcn.model.normalise import values


def times(left: Csr | NDArray[np.float64], right: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return ``left @ right`` in float64.

    Parameters
    ----------
    left : Csr or ndarray, shape (n, k)
    right : ndarray, shape (k, f)

    Returns
    -------
    ndarray of float64, shape (n, f)

    Examples
    --------
    >>> times(np.array([[1.0, 2.0]]), np.array([[1.0], [10.0]]))
    array([[21.]])
    """
    dense = np.ascontiguousarray(right, dtype=np.float64)
    if isinstance(left, Csr):
        return _sparse_times(left.indptr, left.indices, values(left), dense)
    return _dense_times(np.ascontiguousarray(left, dtype=np.float64), dense)


@compiled
def _sparse_times(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    data: NDArray[np.float64],
    right: NDArray[np.float64],
) -> NDArray[np.float64]:
    out = np.zeros((len(indptr) - 1, right.shape[1]))
    for row in range(out.shape[0]):
        for e in range(indptr[row], indptr[row + 1]):
            for col in range(out.shape[1]):
                out[row, col] += data[e] * right[indices[e], col]
    return out


@compiled
def _dense_times(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.zeros((left.shape[0], right.shape[1]))
    for row in range(out.shape[0]):
        for k in range(left.shape[1]):
            for col in range(out.shape[1]):
                out[row, col] += left[row, k] * right[k, col]
    return out
