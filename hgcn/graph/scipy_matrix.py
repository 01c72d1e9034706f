# SPDX-License-Identifier: Apache-2.0
"""SciPy sparse matrices of any format, checked and with their duplicates added up."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse

from hgcn.errors import GraphError


def summed_csr(matrix: object, what: str) -> Any:
    """Return a new SciPy CSR matrix with sorted indices and without duplicates.

    Duplicates are added up as SciPy does it, but in a type wide enough: in int8, 100 and 100 would
    make -56. Truth values stay at most one.

    Parameters
    ----------
    matrix : SciPy sparse matrix or array
    what : str
        Name of the value in error messages.

    Raises
    ------
    GraphError
        If it is no sparse matrix of two dimensions and real numbers, or its arrays do not fit each
        other.

    Examples
    --------
    >>> twice = scipy.sparse.coo_matrix(
    ...     (np.array([100, 100], dtype=np.int8), ([0, 0], [1, 1])), shape=(1, 2)
    ... )
    >>> summed_csr(twice, "adjacency").toarray()
    array([[  0., 200.]])
    """
    if not scipy.sparse.issparse(matrix):
        raise GraphError(f"{what} must be a SciPy sparse matrix, got {type(matrix).__name__}")
    source: Any = matrix
    if len(source.shape) != 2:
        raise GraphError(f"{what} must have two dimensions, got {len(source.shape)}")
    if source.dtype.kind not in "biuf":
        raise GraphError(f"{what} must be real numbers, got {source.dtype}")
    try:
        if hasattr(source, "check_format"):
            source.check_format(full_check=True)
        is_float = source.dtype.kind == "f"
        wide = np.promote_types(source.dtype, np.float32) if is_float else np.float64
        csr = source.astype(wide).tocsr()  # A copy, so that the caller's matrix stays as it is.
        csr.sum_duplicates()
    except (ValueError, TypeError, IndexError) as error:
        line = (str(error).splitlines() or [type(error).__name__])[0]
        raise GraphError(f"{what} is damaged: {line}") from error
    if source.dtype.kind == "b":
        np.minimum(csr.data, 1, out=csr.data)
    return csr
