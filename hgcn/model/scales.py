# SPDX-License-Identifier: Apache-2.0
"""Real scales to the integer multipliers, shifts and biases of a `Requantiser`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError, require
from hgcn.format.streams import COLUMN_PARAMETER, ROW_RECORD
from hgcn.reference.job import Addend, Rows
from hgcn.reference.requantise import MAX_BIAS_SHIFT, MAX_SHIFT, Requantiser

_ROW_TOP = ROW_RECORD["multiplier"].most
_COL_TOP = COLUMN_PARAMETER["multiplier"].most
_BIAS_TOP = COLUMN_PARAMETER["bias"].most


def fit_requantiser(
    *,
    row: NDArray[np.float64],
    col: NDArray[np.float64],
    bias: NDArray[np.float64],
    relu: bool,
    bits: int,
    also: float = 0.0,
) -> Requantiser:
    """Return the integers that come nearest to ``y = acc * row[i] * col[f] + bias[f]``.

    The largest row scale becomes 65535, so with ``u = max(row) / 65535``::

        r[i] = round(row[i] / u)                         0..65535
        c[f] = round(col[f] * u * 2^s)                   0..32767
        β[f] = round(bias[f] * 2^(s - t))                int32

    with the largest shift s that keeps ``c`` in 15 bits and the bias in reach of t = 30, then the
    smallest t that keeps ``β`` in 32 bits.

    Parameters
    ----------
    row : ndarray of float64, shape (n,)
        Not negative.
    col : ndarray of float64, shape (f,)
        Not negative.
    bias : ndarray of float64, shape (f,)
        In units of the output.
    relu : bool
    bits : int
        8 or 16.
    also : float
        Another multiplier that must stay in 15 bits under the same shift.

    Raises
    ------
    SpecError
        If a scale is negative or not finite.
    ModelError
        If even shift 1 is too large.

    Examples
    --------
    >>> half = fit_requantiser(row=np.array([1.0, 0.5]), col=np.array([0.5]), bias=np.array([3.0]),
    ...                        relu=False, bits=8)
    >>> half.row, half.col, half.bias, half.shift, half.bias_shift
    (array([65535, 32768], dtype=uint16), array([16384], dtype=uint16), \
array([1610612736], dtype=int32), 31, 2)
    """
    for name, scale in (("row scales", row), ("column scales", col), ("biases", bias)):
        require(bool(np.isfinite(scale).all()), name, "NaN or infinity", "finite")
    for name, scale in (("row scales", row), ("column scales", col)):
        lowest = float(scale.min(initial=0.0))
        require(lowest >= 0, name, lowest, "at least 0")
    top = float(row.max(initial=0.0))
    if top == 0:  # No row lets anything through: a graph without edges and self-loops.
        col = np.zeros_like(col)
    unit = top / _ROW_TOP if top > 0 else 1.0
    widest = max(float(col.max(initial=0.0)) * unit, also)
    offset = float(np.abs(bias).max(initial=0.0))
    shift = MAX_SHIFT
    while shift and not (
        np.rint(widest * 2.0**shift) <= _COL_TOP
        and np.rint(offset * 2.0 ** (shift - MAX_BIAS_SHIFT)) <= _BIAS_TOP
    ):
        shift -= 1
    if shift < 1:
        raise ModelError(
            f"scales must be at most 2^30 and biases 2^60 of an output unit, "
            f"got {top * float(col.max(initial=0.0)):g} and {offset:g}"
        )
    bias_shift = 0
    while np.rint(offset * 2.0 ** (shift - bias_shift)) > _BIAS_TOP:
        bias_shift += 1
    return Requantiser(
        row=np.rint(row / unit).astype(np.uint16),
        col=np.rint(col * (unit * 2.0**shift)).astype(np.uint16),
        bias=np.rint(bias * 2.0 ** (shift - bias_shift)).astype(np.int32),
        shift=shift,
        bias_shift=bias_shift,
        relu=relu,
        bits=bits,
    )


def fit_sum(
    *,
    row: NDArray[np.float64],
    col: NDArray[np.float64],
    bias: NDArray[np.float64],
    rows: Rows,
    added_row: NDArray[np.float64],
    added_col: NDArray[np.float64],
    relu: bool,
    bits: int,
) -> tuple[Requantiser, Addend]:
    """Return the integers nearest to ``y = acc * row[i] * col[f] + rows * added… + bias[f]``.

    As `fit_requantiser`, with rows of another job in the sum: both kinds of multipliers share the
    shift.

    Parameters
    ----------
    row, col, bias, relu, bits
        See `fit_requantiser`.
    rows : Rows
        The job whose rows are added.
    added_row : ndarray of float64, shape (n,)
    added_col : ndarray of float64, shape (f,)
        What they are multiplied with; not negative.

    Raises
    ------
    SpecError, ModelError
        See `fit_requantiser`.
    """
    for name, scale in (("added row scales", added_row), ("added column scales", added_col)):
        known = bool(np.isfinite(scale).all()) and float(scale.min(initial=0.0)) >= 0
        require(known, name, "others", "finite and at least 0")
    top = float(added_row.max(initial=0.0))
    unit = top / _ROW_TOP if top > 0 else 1.0
    col_scale = added_col if top > 0 else np.zeros_like(added_col)
    widest = float(col_scale.max(initial=0.0)) * unit
    made = fit_requantiser(row=row, col=col, bias=bias, relu=relu, bits=bits, also=widest)
    addend = Addend(
        rows=rows,
        row=np.rint(added_row / unit).astype(np.uint16),
        col=np.rint(col_scale * (unit * 2.0**made.shift)).astype(np.uint16),
    )
    return made, addend
