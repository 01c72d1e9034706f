# SPDX-License-Identifier: Apache-2.0
"""Compressed sparse row matrices as plain immutable arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError, shown
from hgcn.graph.foreign_arrays import MAX_SIZE, as_plain

Scalar = TypeVar("Scalar", bound=np.generic)


def frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return ``array`` contiguous and read-only: itself if it is so already, else a copy.

    The caller's own array stays writable; writing to it later does not reach the copy.
    """
    if array.flags.writeable or not array.flags.c_contiguous:
        array = array.copy()
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

    Examples
    --------
    >>> Csr(shape=(2, 3), indptr=[0, 1, 3], indices=[2, 0, 1]).to_dense()
    array([[0., 0., 1.],
           [1., 1., 0.]], dtype=float32)
    """

    shape: tuple[int, int]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    data: NDArray[np.generic] | None = None

    def __repr__(self) -> str:
        """Fit a line."""
        kind = "binary" if self.data is None else str(self.data.dtype)
        return f"<Csr: {self.shape[0]:,} x {self.shape[1]:,}, {self.nnz:,} stored, {kind}>"

    def __post_init__(self) -> None:
        rows, cols = _sides(self.shape)
        if min(rows, cols) < 0 or max(rows, cols) > MAX_SIZE:
            raise GraphError(f"shape must lie in 0..2**31 - 1 each way, got {rows} x {cols}")
        object.__setattr__(self, "shape", (rows, cols))
        for field, dtype in (("indptr", np.int64), ("indices", np.int32)):
            array = _integers(getattr(self, field), field, dtype)
            object.__setattr__(self, field, frozen(array))
        if self.data is not None:
            object.__setattr__(self, "data", frozen(as_plain(self.data, "data")))
        self.check()

    @property
    def nnz(self) -> int:
        """Stored entries."""
        return int(self.indptr[-1])

    def check(self) -> None:
        """Raise `GraphError` if the arrays are not a canonical CSR matrix of `shape`."""
        rows, cols = self.shape
        indptr, indices = self.indptr, self.indices
        if indptr.shape != (rows + 1,) or indptr[0] != 0 or np.any(np.diff(indptr) < 0):
            raise GraphError(
                f"indptr must rise from 0 over {rows + 1} entries, got shape {indptr.shape}"
            )
        if indices.shape != (self.nnz,):
            raise GraphError(
                f"indices must have {self.nnz} entries as indptr says, got shape {indices.shape}"
            )
        if self.nnz:
            low, high = int(indices.min()), int(indices.max())
            if low < 0 or high >= cols:
                bad = low if low < 0 else high
                raise GraphError(f"column indices must lie in 0..{cols - 1}, got {bad}")
            falls = np.diff(indices) <= 0
            starts = indptr[1:-1]
            starts = starts[(starts > 0) & (starts < self.nnz)]
            falls[starts - 1] = False
            if falls.any():
                raise GraphError("column indices must rise strictly within each row")
        if self.data is not None and self.data.shape != (self.nnz,):
            raise GraphError(f"data must have {self.nnz} entries, got {self.data.shape}")

    def row_ids(self) -> NDArray[np.int32]:
        """Row of each stored entry, shape (nnz,)."""
        return np.repeat(np.arange(self.shape[0], dtype=np.int32), np.diff(self.indptr))

    def to_dense(self) -> NDArray[Any]:
        """Return a dense copy, shape `shape`; float32 where `data` is None."""
        dense = np.zeros(self.shape, dtype=np.float32 if self.data is None else self.data.dtype)
        dense[self.row_ids(), self.indices] = 1 if self.data is None else self.data
        return dense

    @staticmethod
    def from_coo(
        shape: tuple[int, int],
        rows: NDArray[np.integer[Any]],
        cols: NDArray[np.integer[Any]],
        data: NDArray[np.generic] | None = None,
    ) -> Csr:
        """Build from coordinates in any order; the coordinates must be distinct."""
        shape = _sides(shape)
        rows, cols = _integers(rows, "rows", np.int64), _integers(cols, "columns", np.int64)
        values = None if data is None else as_plain(data, "data")
        if rows.ndim != 1 or rows.shape != cols.shape:
            raise GraphError(
                f"rows and columns must be as many, got shapes {rows.shape} and {cols.shape}"
            )
        if values is not None and values.shape != rows.shape:
            raise GraphError(f"data must have {rows.size} entries, got shape {values.shape}")
        for what, ids, side in (("row", rows, shape[0]), ("column", cols, shape[1])):
            if len(ids) and (ids.min() < 0 or ids.max() >= side):
                bad = int(ids.min() if ids.min() < 0 else ids.max())
                raise GraphError(f"{what} indices must lie in 0..{side - 1}, got {bad}")
        # One int64 key per entry sorts several times faster than a two-key lexsort.
        key = rows * max(shape[1], 1) + cols
        order = None if values is None else np.argsort(key, kind="stable")
        key = np.sort(key) if order is None else key[order]
        row_of, col_of = np.divmod(key, max(shape[1], 1))
        indptr = np.zeros(shape[0] + 1, dtype=np.int64)
        np.cumsum(np.bincount(row_of, minlength=shape[0]), out=indptr[1:])
        return Csr(
            shape=shape,
            indptr=indptr,
            indices=col_of.astype(np.int32),
            data=None if values is None else values[order],
        )

    def permuted(
        self,
        rows: NDArray[np.integer[Any]] | None = None,
        cols: NDArray[np.integer[Any]] | None = None,
    ) -> Csr:
        """Return the matrix with row ``rows[i]`` at row i and column ``cols[j]`` at column j."""
        row_of, col_of = self.row_ids(), self.indices
        if rows is not None:
            row_of = _inverse(rows)[row_of]
        if cols is not None:
            col_of = _inverse(cols)[col_of]
        return Csr.from_coo(self.shape, row_of, col_of, self.data)


def _sides(shape: object) -> tuple[int, int]:
    """Return rows and columns as plain ints."""
    sides = shape.tolist() if isinstance(shape, np.ndarray) else shape
    if isinstance(sides, (tuple, list)) and len(sides) == 2:
        rows, cols = sides
        whole = (int, np.integer)
        if isinstance(rows, whole) and isinstance(cols, whole):
            return int(rows), int(cols)
    raise GraphError(f"shape must be two whole numbers, got {shown(shape)}")


def _integers(values: object, field: str, dtype: type[np.integer[Any]]) -> NDArray[Any]:
    """Return ``values`` as ``dtype``; a plain cast would wrap or cut what does not fit."""
    array = as_plain(values, field)
    if array.size == 0:
        return array.astype(dtype)
    if array.dtype.kind not in "iu":
        raise GraphError(f"{field} must be integers, got {array.dtype}")
    if array.dtype != dtype:
        limits = np.iinfo(dtype)
        low, high = int(array.min()), int(array.max())
        if low < limits.min or high > limits.max:
            bad = low if low < limits.min else high
            raise GraphError(f"{field} must fit {np.dtype(dtype)}, got {bad}")
    return array.astype(dtype, copy=False)


def _inverse(order: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
    inverse = np.empty(len(order), dtype=np.int32)
    inverse[order] = np.arange(len(order), dtype=np.int32)
    return inverse
