# SPDX-License-Identifier: Apache-2.0
"""The best split of each tile: a scan over thresholds with one tie class divided.

Units are *slices*: 8 segments of one row block, which the array multiplies as one whatever they
hold, or the fewer left over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0
from hgcn.partition.split import CostFunction

_CHUNK = 1 << 12
"""Tiles looked at together: bounds the memory of the scan, 64 * T bytes each and term."""

_FLUID_STEPS = 64
"""Bisections of the fluid optimum: more than a double's mantissa."""

_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cut:
    """Where every tile is cut, and what it costs.

    Attributes
    ----------
    threshold : ndarray of int32, shape (tiles,)
        The tensor array takes the slices above this value ...
    ties : ndarray of int64, shape (tiles,)
        ... and this many of those that equal it.
    cost, bound : ndarray of float64, shape (tiles,)
        Cycles at the cut, and of the fluid optimum, in which slices can be divided.
    """

    threshold: NDArray[np.int32]
    ties: NDArray[np.int64]
    cost: NDArray[np.float64]
    bound: NDArray[np.float64]


def best_cut(histogram: NDArray[np.int32], cost: CostFunction, *, fluid: bool = True) -> Cut:
    """Return the cut of smallest cost in every tile.

    Parameters
    ----------
    histogram : ndarray of int32, shape (tiles, 8 T + 1)
        Slices of each value, the nonzeros they hold.
    cost : CostFunction
        Cycles from (nonzeros on the PL, columns on the array), elementwise, falling in neither.
    fluid : bool
        Whether the bound is asked for: most of the time goes into it. If not, it is the cost.

    Notes
    -----
    Why this is the best of all subsets of segments: for a given number of slices on the array, the
    PL's nonzeros are fewest when in every row block the segments of largest counts go, so when
    whole slices go, and of all row blocks' slices those of largest value, of which a block's first
    ones come first. The cost being monotone, the best split is on the chain of slices sorted by
    value, which falls into 8 T tie classes. Both ends of every class are evaluated. A class that
    its ends bound below by no less than the best end is skipped; in the others two searches run,
    each of log2(class size) steps:

    * the crossing of the falling ``cost(p - k v, 0)`` with the rising ``cost(0, m + 8 k)``: exact
      whenever the cost is the larger of a term in the nonzeros and a term in the columns, of any
      monotone shape, steps included;
    * the first k at which the cost stops falling: exact whenever the cost is convex along the class
      (sums, or joint linear terms such as memory traffic).

    Any other monotone cost gets the best point these find. Time O(tiles * T) plus the searches.
    """
    pieces = [
        _best_cut(histogram[start : start + _CHUNK].astype(np.float64), cost, fluid)
        for start in range(0, len(histogram), _CHUNK)
    ]
    return Cut(
        threshold=np.concatenate([piece.threshold for piece in pieces]),
        ties=np.concatenate([piece.ties for piece in pieces]),
        cost=np.concatenate([piece.cost for piece in pieces]),
        bound=np.concatenate([piece.bound for piece in pieces]),
    )


def _best_cut(histogram: NDArray[np.float64], cost: CostFunction, fluid: bool) -> Cut:
    tiles, height = histogram.shape[0], histogram.shape[1] - 1
    values = np.arange(height, 0, -1, dtype=np.float64)
    sizes = histogram[:, :0:-1]
    none = np.zeros((tiles, 1))
    columns = np.hstack([none, np.cumsum(K0 * sizes, axis=1)])
    nonzeros = np.hstack([none, np.cumsum(sizes * values, axis=1)])
    nonzeros = nonzeros[:, -1:] - nonzeros

    ends = cost(nonzeros, columns)
    edge = np.argmin(ends, axis=1)
    best = ends[np.arange(tiles), edge]
    threshold = (height - edge).astype(np.int32)
    ties = np.zeros(tiles, dtype=np.int64)
    bound = best.copy()

    floor = cost(nonzeros[:, 1:], columns[:, :-1])
    tile, level = np.nonzero((sizes > 0) & (floor < best[:, None]))
    if len(tile):
        walk = _Class(
            cost=cost,
            nonzeros=nonzeros[tile, level],
            columns=columns[tile, level],
            value=values[level],
            size=sizes[tile, level],
        )
        if fluid:
            np.minimum.at(bound, tile, walk.fluid())
        taken, reached = walk.whole()
        # Best class of each tile: the last one written wins, so write the cheapest last.
        order = np.argsort(-reached, kind="stable")
        order = order[reached[order] < best[tile[order]]]
        threshold[tile[order]] = values[level[order]].astype(np.int32)
        ties[tile[order]] = taken[order].astype(np.int64)
        best[tile[order]] = reached[order]
    bound = np.minimum(bound, best) if fluid else best
    return Cut(threshold=threshold, ties=ties, cost=best, bound=bound)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Class:
    """Tie classes, elementwise: moving k of ``size`` slices of ``value`` nonzeros to the array."""

    cost: CostFunction
    nonzeros: NDArray[np.float64]
    columns: NDArray[np.float64]
    value: NDArray[np.float64]
    size: NDArray[np.float64]

    def at(self, k: NDArray[np.float64]) -> NDArray[np.float64]:
        cost = self.cost(self.nonzeros - k * self.value, self.columns + K0 * k)
        return np.asarray(cost, dtype=np.float64)

    def crossed(self, k: NDArray[np.float64]) -> NDArray[np.bool_]:
        nothing = np.zeros_like(k)
        falling = self.cost(self.nonzeros - k * self.value, nothing)
        return np.asarray(self.cost(nothing, self.columns + K0 * k) >= falling)

    def whole(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the best whole k and its cost."""
        crossing = _first(self.crossed, self.size)
        slope = _first(lambda k: self.at(np.minimum(k + 1, self.size)) >= self.at(k), self.size)
        candidates = np.stack([crossing, np.maximum(crossing - 1, 0), slope])
        costs = np.stack([self.at(k) for k in candidates])
        pick = np.argmin(costs, axis=0)
        return np.take_along_axis(candidates, pick[None], 0)[0], costs.min(axis=0)

    def fluid(self) -> NDArray[np.float64]:
        """Return the smallest cost over real k."""
        low, high = np.zeros_like(self.size), self.size.copy()
        for _ in range(_FLUID_STEPS):
            middle = (low + high) / 2
            crossed = self.crossed(middle)
            high, low = np.where(crossed, middle, high), np.where(crossed, low, middle)
        best = np.minimum(self.at(low), self.at(high))
        low, high = np.zeros_like(self.size), self.size.copy()
        for _ in range(_FLUID_STEPS):
            left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
            rising = self.at(left) <= self.at(right)
            high, low = np.where(rising, right, high), np.where(rising, low, left)
        return np.minimum(best, self.at((low + high) / 2))


def _first(
    holds: Callable[[NDArray[np.float64]], NDArray[np.bool_]], size: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return, elementwise, the smallest whole k in 0..size at which ``holds``; size if none."""
    low: NDArray[np.float64] = np.zeros_like(size)
    high: NDArray[np.float64] = size.copy()
    while np.any(low < high):
        middle = np.floor((low + high) / 2)
        found = holds(middle) | (low >= high)
        high, low = np.where(found, middle, high), np.where(found, low, middle + 1)
    return high
