# SPDX-License-Identifier: Apache-2.0
"""Real values to int8: the one rounding of every operand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

INT8_TOP = 127
"""Largest magnitude of a quantised operand: the range is symmetric."""


def round_to_int8(
    values: NDArray[np.floating[Any]], step: float | NDArray[np.float64]
) -> tuple[NDArray[np.int8], int]:
    """Return ``q`` with ``values ≈ step * q``, ``|q| <= 127``, and how many values saturated.

    Parameters
    ----------
    values : ndarray of float
        Finite.
    step : float or ndarray of float64, broadcast to the values
        Positive.

    Notes
    -----
    Halves go to the even neighbour (`numpy.rint`).

    Examples
    --------
    >>> round_to_int8(np.array([0.26, -1.0, 70.0]), 0.5)
    (array([   1,   -2,  127], dtype=int8), 1)
    """
    rounded = values / step
    np.rint(rounded, out=rounded)
    within = np.clip(rounded, -INT8_TOP, INT8_TOP)
    return within.astype(np.int8), int(np.count_nonzero(within != rounded))
