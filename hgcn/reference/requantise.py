# SPDX-License-Identifier: Apache-2.0
"""Requantisation: accumulators to narrow integers, exactly as `docs/arithmetic.md` states it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import require
from hgcn.format.streams import MAX_COLUMN_MULTIPLIER

MAX_SHIFT = 62
MAX_BIAS_SHIFT = 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Requantiser:
    """The scales of one job's output, n rows by f features.

    Attributes
    ----------
    row : ndarray of uint16, shape (n,)
        Row multipliers r.
    col : ndarray of uint16, shape (f,)
        Column multipliers c, at most 32767.
    bias : ndarray of int32, shape (f,)
        Column biases β.
    shift : int
        s, 1 to 62.
    bias_shift : int
        t, 0 to 30.
    relu : bool
        Negative outputs become zero.
    bits : int
        Output width: 8 or 16.
    """

    row: NDArray[np.uint16]
    col: NDArray[np.uint16]
    bias: NDArray[np.int32]
    shift: int
    bias_shift: int
    relu: bool
    bits: int

    def __repr__(self) -> str:
        """Fit a line."""
        kind = f"{self.bits} bits" + (", ReLU" if self.relu else "")
        return f"<Requantiser: {len(self.row):,} rows, {len(self.col):,} columns, {kind}>"

    def __post_init__(self) -> None:
        require(self.row.dtype == np.uint16, "row multipliers", self.row.dtype, "uint16")
        require(self.col.dtype == np.uint16, "column multipliers", self.col.dtype, "uint16")
        require(self.bias.dtype == np.int32, "biases", self.bias.dtype, "int32")
        require(
            int(self.col.max(initial=0)) <= MAX_COLUMN_MULTIPLIER,
            "column multipliers",
            int(self.col.max(initial=0)),
            f"at most {MAX_COLUMN_MULTIPLIER}",
        )
        require(1 <= self.shift <= MAX_SHIFT, "shift", self.shift, f"1 to {MAX_SHIFT}")
        require(
            0 <= self.bias_shift <= MAX_BIAS_SHIFT,
            "bias_shift",
            self.bias_shift,
            f"0 to {MAX_BIAS_SHIFT}",
        )
        require(self.bits in (8, 16), "bits", self.bits, "8 or 16")


def requantise(acc: NDArray[np.int32], scales: Requantiser) -> NDArray[np.int16]:
    """Requantise accumulators.

    Parameters
    ----------
    acc : ndarray of int32, shape (n, f)
    scales : Requantiser
        For the same n and f.

    Returns
    -------
    ndarray of int16, shape (n, f)
        Within int8 when ``scales.bits`` is 8.

    Notes
    -----
    ``y = clamp((a * r * c + (β << t) + (1 << (s - 1))) >> s)``; the sum fits in int64 for every
    legal input.

    Examples
    --------
    >>> import numpy as np
    >>> half = Requantiser(row=np.array([1], np.uint16), col=np.array([1, 1, 1], np.uint16),
    ...                    bias=np.zeros(3, np.int32), shift=1, bias_shift=0, relu=False, bits=8)
    >>> requantise(np.array([[3, -3, 300]], np.int32), half)
    array([[  2,  -1, 127]], dtype=int16)
    """
    return clamp(rescale(acc, scales), scales)


def rescale(
    acc: NDArray[np.int32], scales: Requantiser, added: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Return what `requantise` clamps: int64, shape (n, f).

    ``added``, at most 2^46 in magnitude, enters the sum before the shift, which still fits.
    """
    multiplier = scales.row.astype(np.int64)[:, None] * scales.col.astype(np.int64)[None, :]
    total = acc.astype(np.int64) * multiplier
    total += scales.bias.astype(np.int64)[None, :] << np.int64(scales.bias_shift)
    total += np.int64(1) << np.int64(scales.shift - 1)
    if added is not None:
        total += added
    total >>= np.int64(scales.shift)
    return total


def clamp(total: NDArray[np.int64], scales: Requantiser) -> NDArray[np.int16]:
    """Return ``total`` within the output's width, and not negative if the job has ReLU."""
    limit = 1 << (scales.bits - 1)
    low = 0 if scales.relu else -limit
    return np.clip(total, low, limit - 1).astype(np.int16)
