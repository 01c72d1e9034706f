# SPDX-License-Identifier: Apache-2.0
"""What each threshold would cost, beside the split that was reached: as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.cycles.cost import TileCost
from hgcn.partition.policy import Policy
from hgcn.partition.split import Split
from hgcn.partition.splitter import split as split_by


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CostCurve:
    """Cycles of one operand in one feature tile by the cost function, which knows no conflicts.

    Attributes
    ----------
    thresholds : ndarray of int64, shape (T + 1,)
        1 to T + 1: the least count that the array takes, in every tile; at T + 1 it takes none.
    cycles : ndarray of float64, shape (T + 1,)
    reached : float
        Of the split at hand, whose threshold may differ from tile to tile.
    bound : float
        No split costs less.
    """

    thresholds: NDArray[np.int64]
    cycles: NDArray[np.float64]
    reached: float
    bound: float


def cost_curve(split: Split, device: Device) -> CostCurve:
    """Split the operand at each threshold and return the costs.

    Notes
    -----
    T + 1 splits: a second for a million nonzeros.

    Examples
    --------
    >>> import hgcn
    >>> program = hgcn.compile(hgcn.GCN.load("digits"), hgcn.datasets.load("digits"))
    >>> made = cost_curve(program.splits["adjacency"], program.device)
    >>> len(made.cycles), bool(made.bound <= made.cycles.min())
    (17, True)
    """
    operand, grid = split.operand, split.grid
    cost = TileCost(device=device, grid=grid, binary=operand.data is None)
    thresholds = np.arange(1, grid.block_rows + 2)
    policies = [Policy(name="threshold", threshold=count) for count in thresholds[:-1].tolist()]
    policies.append(Policy(name="pl-only"))
    cycles = [
        split_by(operand, grid, policy, cost, bound_cycles=split.bound_cycles).cost_cycles
        for policy in policies
    ]
    return CostCurve(
        thresholds=thresholds,
        cycles=np.array(cycles),
        reached=split.cost_cycles,
        bound=split.bound_cycles,
    )
