# SPDX-License-Identifier: Apache-2.0
"""The splits that are worth a try."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.cycles.cost import TileCost
from hgcn.graph.csr import Csr, frozen
from hgcn.partition.policy import POLICIES, Policy
from hgcn.partition.split import Grid, Split
from hgcn.partition.splitter import split

BALANCED = POLICIES[0]
WEIGHTS = (0.7, 1.4, 2.0)
"""What the array's work is weighed with in further splits of least cost.

Where the cost is off, as for banks in conflict or packets that wait for each other, it is off by
such a factor.
"""
FIXED = ("pl-only", "aie-only", *(f"threshold:{count}" for count in range(2, 9)))
"""The policies that ``balanced`` is never slower than, where it can try them all."""

Splits = dict[str, Split]
"""By operand."""


def split_all(operands: Mapping[str, Csr], device: Device, policy: Policy | str) -> Splits:
    """Return the splits of a policy."""
    made = {}
    for name, operand in operands.items():
        grid = Grid.for_device(*operand.shape, device)
        made[name] = split(operand, grid, policy, _cost(operand, grid, device))
    return made


def others(splits: Splits, device: Device) -> Iterator[tuple[str, Splits]]:
    """Yield the candidates beside the splits of least cost, by name: the same for each operand."""
    for weight in WEIGHTS:
        yield f"{BALANCED}, array x {weight}", _like(splits, device, BALANCED, weight)
    for policy in FIXED:
        yield policy, _like(splits, device, policy)


def _like(splits: Splits, device: Device, policy: str, weight: float = 1.0) -> Splits:
    """Return splits of the operands of ``splits``, the array's work weighed with ``weight``."""
    made = {}
    for name, one in splits.items():
        cost = _cost(one.operand, one.grid, device)

        def steer(
            nonzeros: NDArray[np.float64], segments: NDArray[np.float64], cost: TileCost = cost
        ) -> NDArray[np.float64]:
            return cost(nonzeros, weight * segments)

        made[name] = split(
            one.operand, one.grid, policy, cost, steer=steer, bound_cycles=one.bound_cycles
        )
    return made


def by_row_tile(splits: Sequence[Split], chosen: NDArray[np.int64], device: Device) -> Split:
    """Return the split that takes each row tile's part from ``splits[chosen[row tile]]``.

    Parameters
    ----------
    splits : sequence of Split
        Of one operand and one grid.
    chosen : ndarray of int64, shape (row tiles,)
    device : Device
    """
    first = splits[0]
    grid, indptr = first.grid, first.operand.indptr
    part = np.empty_like(first.part)
    scattered, columns = np.empty_like(first.scattered), np.empty_like(first.columns)
    for tile, number in enumerate(chosen):
        made = splits[number]
        rows = np.minimum(np.array([tile, tile + 1]) * grid.tile_rows, grid.rows)
        nonzeros = slice(*indptr[rows])
        tiles = slice(tile * grid.num_col_tiles, (tile + 1) * grid.num_col_tiles)
        part[nonzeros] = made.part[nonzeros]
        scattered[tiles] = made.scattered[tiles]
        columns[tiles] = made.columns[tiles]
    cost = _cost(first.operand, grid, device)
    return replace(
        first,
        policy=BALANCED,
        part=frozen(part),
        scattered=frozen(scattered),
        columns=frozen(columns),
        cost_cycles=math.fsum(cost(scattered.astype(np.float64), columns.astype(np.float64))),
    )


def _cost(operand: Csr, grid: Grid, device: Device) -> TileCost:
    return TileCost(device=device, grid=grid, binary=operand.data is None)
