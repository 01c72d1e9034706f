# SPDX-License-Identifier: Apache-2.0
"""Node features of any kind as a float32 `Csr`."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.csr import Csr, frozen
from hgcn.graph.foreign_arrays import as_array
from hgcn.graph.scipy_matrix import summed_csr


def to_feature_csr(values: object) -> Csr:
    """Return a feature matrix as float32 CSR that holds its nonzeros.

    Parameters
    ----------
    values : Csr, SciPy sparse matrix, array-like or tensor, shape (n, f)
        A vector of n values counts as one column.

    Returns
    -------
    Csr
        The same object if ``values`` is one; ``data`` is float32.

    Raises
    ------
    GraphError
        If the values are not a real matrix, or a value does not fit float32.

    Examples
    --------
    >>> features = to_feature_csr([[0.0, 2.5], [0.0, 0.0]])
    >>> features.indptr, features.indices, features.data
    (array([0, 1, 1]), array([1], dtype=int32), array([2.5], dtype=float32))
    """
    if isinstance(values, Csr):
        return values
    if scipy.sparse.issparse(values):
        matrix = summed_csr(values, "features")
        data = _as_float32(matrix.data)
        return _without_zeros(matrix.shape, matrix.indptr, matrix.indices, data)
    array = as_array(values, "features")
    if array.ndim == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2:
        raise GraphError(f"features must have two dimensions, got {array.ndim}")
    rows, cols = np.nonzero(array)
    indptr = np.zeros(array.shape[0] + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=array.shape[0]), out=indptr[1:])
    data = _as_float32(array[rows, cols])
    return _without_zeros((array.shape[0], array.shape[1]), indptr, cols, data)


def _as_float32(values: NDArray[Any]) -> NDArray[np.float32]:
    if values.dtype.kind not in "biuf":
        raise GraphError(f"features must be real numbers, got {values.dtype}")
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def _without_zeros(
    shape: tuple[int, int],
    indptr: NDArray[Any],
    indices: NDArray[Any],
    data: NDArray[np.float32],
) -> Csr:
    """Drop stored zeros, also those that appear only in float32."""
    kept = data != 0
    if not kept.all():
        before = np.concatenate(([0], np.cumsum(kept)))
        indptr, indices, data = before[indptr], indices[kept], data[kept]
    return Csr(shape=shape, indptr=indptr, indices=indices, data=frozen(data))
