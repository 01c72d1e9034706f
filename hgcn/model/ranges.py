# SPDX-License-Identifier: Apache-2.0
"""Where the ranges of products, hidden values and logits end, for a choice of `Quantisation`."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import require
from hgcn.model.quantisation import Quantisation
from hgcn.model.rounding import INT8_TOP

# A column this much weaker than the strongest gets no finer step: its share of any later sum is
# already below the strongest column's rounding error, and its large multiplier would take bits
# from all other columns.
_WEAKEST_COLUMN = 2.0**-8
# An offset of this many steps or more is made a whole number of them, which costs a quarter of a
# bit at most; a smaller one is left to be rounded with the product it is added to.
_WHOLE_OFFSET = 4


class ProductRows:
    """Scales down rows of products that would leave the others no bits, layer by layer.

    Attributes
    ----------
    kept : list of ndarray of float64, shape (n,)
        Of each layer seen: what is left of each row, 1 where it stays as it is.
    """

    def __init__(self, ranges: Quantisation, *, first_is_free: bool = False) -> None:
        """``first_is_free``: the first layer's rows stay, whatever features they are made of."""
        self.kept: list[NDArray[np.float64]] = []
        self._ranges = ranges
        self._first_is_free = first_is_free

    def scale(self, product: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the products of the next layer, shape (n, f), with their largest rows smaller."""
        peak = np.abs(product).max(axis=1)
        kept = np.ones(len(peak))
        if self.kept or not self._first_is_free:
            top = self._top(peak)
            over = peak > top
            kept[over] = top / peak[over]
        self.kept.append(kept)
        return product * kept[:, None] if (kept < 1).any() else product

    def _top(self, peak: NDArray[np.float64]) -> float:
        """Return the largest peak a row may keep."""
        top, live = np.inf, peak[peak > 0]
        if self._ranges.limit is not None and live.size:
            top = self._ranges.limit * float(np.median(live))
        if self._ranges.percentile < 100 and live.size:
            # Of fewer rows than leave one beyond the percentile, the largest is beyond it.
            rest = np.sort(live)[:-1] if live.size > 1 else live
            top = min(top, float(peaks(live, self._ranges.percentile)), float(rest[-1]))
        return top


def node_spread(gain: NDArray[np.float64], degree: float) -> tuple[NDArray[np.float64], float]:
    """Return how many times its layer's step the step of each node's output is, and the offset.

    Parameters
    ----------
    gain : ndarray of float64, shape (n,)
        Sum of the weights with which a node aggregates: of its row of ``Â``, not negative.
    degree : float
        `Quantisation.degree`.

    Returns
    -------
    spread : ndarray of float64, shape (n,)
        ``t[i] = 1 + a * gain[i]``.
    offset : float
        a: this share of the bias is taken off each product, see docs/arithmetic.md.

    Raises
    ------
    SpecError
        If a gain is negative and the spread would depend on it.
    """
    require(degree == 0 or bool((gain >= 0).all()), "edge weights", "negative sums", "at least 0")
    live = gain[gain > 0]
    offset = degree / float(np.median(live)) if live.size else 0.0
    return 1.0 + offset * gain, offset


def product_steps(
    product: NDArray[np.float64], percentile: float, offset: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the step of each column of P, from what is stored: ``product``, its offset taken off.

    Parameters
    ----------
    product : ndarray of float64, shape (n, f)
    percentile : float
        The peak is this percentile of the magnitudes.
    offset : ndarray of float64, shape (f,)
        What was taken off each row. It is a whole number of steps where it is many: hubs add it
        thousands of times, and what rounding makes of it as often.
    """
    steps = peaks(product, percentile) / INT8_TOP
    steps = np.maximum(steps, steps.max() * _WEAKEST_COLUMN)
    steps = np.where(steps > 0, steps, 1.0)
    whole = np.floor(np.abs(offset) / steps)
    aligned = np.abs(offset) / np.maximum(whole, 1.0)
    return np.where(whole >= _WHOLE_OFFSET, aligned, steps)


def output_step(output: NDArray[np.float64], percentile: float, top: int) -> float:
    """Return the step with which the percentile of the magnitudes becomes ``top``."""
    step = float(peaks(output.reshape(-1, 1), percentile)[0]) / top
    return step if step > 0 else 1.0


def peaks(values: NDArray[np.float64], percentile: float) -> NDArray[np.float64]:
    """Return a magnitude of each column that `percentile` % of its values do not exceed.

    The smallest there is: one of the column's own, so that no interpolation rounds.

    Examples
    --------
    >>> peaks(np.array([[1.0], [-4.0], [2.0], [3.0]]), 75.0), peaks(np.array([[1.0], [-4.0]]), 100)
    (array([3.]), array([4.]))
    """
    sizes = np.abs(values)
    if percentile == 100:
        return np.asarray(sizes.max(axis=0))
    # 99.9 % of 1000 values are 999, though the nearest float to 99.9 is above it.
    place = max(math.ceil(round(len(sizes) * percentile / 100, 6)) - 1, 0)
    return np.asarray(np.partition(sizes, place, axis=0)[place])
