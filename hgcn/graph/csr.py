# SPDX-License-Identifier: Apache-2.0
"""Compressed sparse row matrices as plain immutable arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError


def frozen(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return ``array`` marked read-only (a view when it already is contiguous and owned)."""
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Csr:
    """A sparse matrix in CSR form: column indices sorted within a row, no duplicates.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns.
    indptr : ndarray of int64, shape (rows + 1,)
    indices : ndarray of int32, shape (nnz,)
    data : ndarray of float32 or int8, shape (nnz,), or None
        None means that every stored entry is one.
    """

    shape: tuple[int, int]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    data: NDArray[np.generic] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "indptr", frozen(np.asarray(self.indptr, dtype=np.int64)))
        object.__setattr__(self, "indices", frozen(np.asarray(self.indices, dtype=np.int32)))
        if self.data is not None:
            object.__setattr__(self, "data", frozen(self.data))
        self.check()

    @property
    def nnz(self) -> int:
        """Stored entries."""
        return int(self.indptr[-1])

    def check(self) -> None:
        """Raise `GraphError` if the arrays are not a canonical CSR matrix of `shape`."""
        rows, cols = self.shape
        if self.indptr.shape != (rows + 1,) or self.indptr[0] != 0 or np.any(np.diff(self.indptr) < 0):
            raise GraphError(f"indptr must rise from 0 over {rows + 1} entries, got shape {self.indptr.shape}")
        if self.indices.shape != (self.nnz,):
            raise GraphError(f"indices must have {self.nnz} entries as indptr says, got {self.indices.shape[0]}")
        if self.nnz:
            low, high = int(self.indices.min()), int(self.indices.max())
            if low < 0 or high >= cols:
                raise GraphError(f"column indices must lie in 0..{cols - 1}, got {low if low < 0 else high}")
            falls = np.diff(self.indices) <= 0
            starts = self.indptr[1:-1]
            starts = starts[(starts > 0) & (starts < self.nnz)]
            falls[starts - 1] = False
            if falls.any():
                raise GraphError("column indices must rise strictly within each row")
        if self.data is not None and self.data.shape != (self.nnz,):
            raise GraphError(f"data must have {self.nnz} entries, got {self.data.shape}")

    def row_ids(self) -> NDArray[np.int32]:
        """Row of each stored entry, shape (nnz,)."""
        return np.repeat(np.arange(self.shape[0], dtype=np.int32), np.diff(self.indptr))

    @staticmethod
    def from_coo(
        shape: tuple[int, int],
        rows: NDArray[np.integer],
        cols: NDArray[np.integer],
        data: NDArray[np.generic] | None = None,
    ) -> Csr:
        """Build from coordinates in any order; the coordinates must be distinct."""
        if len(rows) and (rows.min() < 0 or rows.max() >= shape[0]):
            raise GraphError(f"row indices must lie in 0..{shape[0] - 1}")
        if len(cols) and (cols.min() < 0 or cols.max() >= shape[1]):
            raise GraphError(f"column indices must lie in 0..{shape[1] - 1}")
        order = np.lexsort((cols, rows))
        indptr = np.zeros(shape[0] + 1, dtype=np.int64)
        np.cumsum(np.bincount(rows, minlength=shape[0]), out=indptr[1:])
        return Csr(
            shape=shape,
            indptr=indptr,
            indices=cols[order].astype(np.int32),
            data=None if data is None else data[order],
        )

    def permuted(
        self, rows: NDArray[np.integer] | None = None, cols: NDArray[np.integer] | None = None
    ) -> Csr:
        """Return the matrix with row ``rows[i]`` at row i and column ``cols[j]`` at column j."""
        row_of, col_of = self.row_ids(), self.indices
        if rows is not None:
            row_of = _inverse(rows)[row_of]
        if cols is not None:
            col_of = _inverse(cols)[col_of]
        return Csr.from_coo(self.shape, row_of, col_of, self.data)


def _inverse(order: NDArray[np.integer]) -> NDArray[np.int32]:
    inverse = np.empty(len(order), dtype=np.int32)
    inverse[order] = np.arange(len(order), dtype=np.int32)
    return inverse
