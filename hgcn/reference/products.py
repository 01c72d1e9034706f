# SPDX-License-Identifier: Apache-2.0
"""The products of the plain arithmetic in compiled loops: the same integers, many times faster."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.jit import compiled
from hgcn.reference.infer import Operand

_BINARY = np.zeros(0, dtype=np.int8)


def fast_product(left: Operand, right: NDArray[np.int8] | NDArray[np.int16]) -> NDArray[np.int32]:
    """Return what `hgcn.reference.infer.multiply` returns, for `trace` and `infer`.

    Sums of integers do not mind their order, and wrap alike: that both are equal is no matter of
    rounding.

    Parameters
    ----------
    left : Csr, or ndarray of int8 or int16, shape (n, k)
    right : ndarray of int8 or int16, shape (k, f)

    Returns
    -------
    ndarray of int32, shape (n, f)

    Examples
    --------
    >>> fast_product(np.array([[1, 2]], np.int8), np.array([[3], [4]], np.int8))
    array([[11]], dtype=int32)
    """
    wide = np.ascontiguousarray(right, dtype=np.int16)
    if isinstance(left, Csr):
        data = _BINARY if left.data is None else left.data.view(np.int8)
        return _sparse(left.indptr, left.indices, data, wide)
    return _dense(np.ascontiguousarray(left, dtype=np.int16), wide)


@compiled
def _sparse(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    data: NDArray[np.int8],
    right: NDArray[np.int16],
) -> NDArray[np.int32]:
    out = np.zeros((len(indptr) - 1, right.shape[1]), dtype=np.int32)
    for row in range(out.shape[0]):
        for e in range(indptr[row], indptr[row + 1]):
            value = np.int32(data[e]) if len(data) else np.int32(1)
            for col in range(out.shape[1]):
                out[row, col] += value * np.int32(right[indices[e], col])
    return out


@compiled
def _dense(left: NDArray[np.int16], right: NDArray[np.int16]) -> NDArray[np.int32]:
    out = np.zeros((left.shape[0], right.shape[1]), dtype=np.int32)
    for row in range(out.shape[0]):
        for k in range(left.shape[1]):
            value = np.int32(left[row, k])
            for col in range(out.shape[1]):
                out[row, col] += value * np.int32(right[k, col])
    return out
