# SPDX-License-Identifier: Apache-2.0
"""Real matrices to int8 operands: sparse ones with a step a row, weights with a step a column."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError
from hgcn.format.numbers import MAX_SUM
from hgcn.graph.csr import Csr
from hgcn.model.feature_scale import FeatureScale
from hgcn.model.normalise import values
from hgcn.model.rounding import INT8_TOP, round_to_int8
from hgcn.reference.job import stack_stride


def quantise_rows(matrix: Csr) -> tuple[Csr, NDArray[np.float64]]:
    """Return ``q`` and row steps s with ``matrix[i, k] ≈ s[i] * q[i, k]``.

    If the nonzeros of each row are equal and positive, ``q`` is binary and exact with
    ``s[i]`` their value. Else ``q`` is int8 with ``s[i] = max_k |matrix[i, k]| / 127``.
    Entries that round to zero are dropped.

    Parameters
    ----------
    matrix : Csr, shape (n, k)

    Returns
    -------
    q : Csr, shape (n, k)
    s : ndarray of float64, shape (n,)
        0 in rows without a nonzero.

    Notes
    -----
    Row steps cost nothing, for every output row has its own multiplier anyway. On Pubmed's
    features they leave logits with 0.8 % error (root mean square, of their spread) where one step
    for the whole matrix leaves 1.1 %.

    Examples
    --------
    >>> q, s = quantise_rows(Csr(shape=(2, 3), indptr=[0, 2, 3], indices=[0, 1, 2],
    ...                          data=np.float32([0.5, 0.5, 3])))
    >>> q.data is None, s
    (True, array([0.5, 3. ]))
    >>> q, s = quantise_rows(Csr(shape=(1, 3), indptr=[0, 3], indices=[0, 1, 2],
    ...                          data=np.float32([1, -127, 0.2])))
    >>> q.indices, q.data, s
    (array([0, 1], dtype=int32), array([   1, -127], dtype=int8), array([1.]))
    """
    rows, data = matrix.row_ids(), values(matrix)
    peak = np.zeros(matrix.shape[0])
    np.maximum.at(peak, rows, np.abs(data))
    stored = data != 0
    if np.array_equal(data[stored], peak[rows[stored]]):
        return _kept(matrix, stored, None), peak
    step = peak / INT8_TOP
    integers = np.zeros(matrix.nnz, dtype=np.int8)
    integers[stored], _ = round_to_int8(data[stored], step[rows[stored]])
    stored = integers != 0
    return _kept(matrix, stored, integers[stored]), step


def quantise_columns(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Return ``q`` and column steps s with ``weight[k, f] ≈ s[f] * q[k, f]``, ``|q| <= 127``.

    Examples
    --------
    >>> quantise_columns(np.float32([[127, 0], [-1.4, 0]]))
    (array([[127,   0],
           [ -1,   0]], dtype=int8), array([1., 0.]))
    """
    step = np.abs(weight.astype(np.float64)).max(axis=0) / INT8_TOP
    return round_to_int8(weight, np.where(step > 0, step, 1.0))[0], step


def scaled_features(features: Csr, scale: FeatureScale) -> Csr:
    """Return features in the one step that all of them share."""
    integers, _ = scale.quantise(features, features.shape)
    rows, cols = np.nonzero(integers)
    return Csr.from_coo(features.shape, rows, cols, integers[rows, cols])


def _kept(matrix: Csr, stored: NDArray[np.bool_], data: NDArray[np.int8] | None) -> Csr:
    counts = np.bincount(matrix.row_ids()[stored], minlength=matrix.shape[0])
    return Csr(
        shape=matrix.shape,
        indptr=np.concatenate([[0], np.cumsum(counts)]),
        indices=matrix.indices[stored],
        data=data,
    )


def clipped(features: Csr, scale: FeatureScale) -> Csr:
    """Return normalised real features with those beyond the scale cut to it."""
    top = scale.step * INT8_TOP
    return replace(features, data=np.clip(values(features), -top, top))


def row_sums(matrix: Csr) -> NDArray[np.float64]:
    """Return the sum of each row."""
    rows = matrix.shape[0]
    sums = np.bincount(matrix.row_ids(), weights=values(matrix), minlength=rows)
    return sums.astype(np.float64)


def check_sums(what: str, left: Csr, right_top: int) -> None:
    """Raise `ModelError`, naming the row, if a sum over a row could leave the accumulator."""
    weights = None if left.data is None else np.abs(left.data.astype(np.float64))
    sums = np.bincount(left.row_ids(), weights=weights, minlength=left.shape[0])
    worst = int(np.argmax(sums))
    check_sum(f"row {worst} of the {what}", int(sums[worst]) * right_top)


def check_sum(what: str, magnitude: int) -> None:
    """Raise `ModelError` if a sum of this magnitude leaves the 32-bit accumulator."""
    if magnitude > MAX_SUM:
        raise ModelError(f"{what} may sum to {magnitude}, must stay below 2^31 (the accumulator)")


def sum_matrix(nodes: int, terms: int) -> Csr:
    """Return what adds up the rows that so many jobs give: an identity for each, side by side.

    Returns
    -------
    Csr, shape (nodes, terms * stack_stride(nodes))
        Left operand of a `Stack`, binary.

    Examples
    --------
    >>> both = sum_matrix(2, 2)
    >>> both.shape, both.indices
    ((2, 128), array([ 0, 64,  1, 65], dtype=int32))
    """
    starts = stack_stride(nodes) * np.arange(terms)
    columns = np.arange(nodes)[:, None] + starts
    return Csr(
        shape=(nodes, stack_stride(nodes) * terms),
        indptr=np.arange(0, nodes * terms + 1, terms),
        indices=columns.reshape(-1),
    )
