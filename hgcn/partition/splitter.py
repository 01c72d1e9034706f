# SPDX-License-Identifier: Apache-2.0
"""The split stage: operand, grid, policy and cost to `Split`."""

from __future__ import annotations

import numpy as np

from hgcn.arch.device import K0
from hgcn.errors import require
from hgcn.graph.csr import Csr
from hgcn.partition.balance import best_cut
from hgcn.partition.policy import Policy, parse_policy
from hgcn.partition.segments import (
    assign_parts,
    count_segments,
    count_ties,
    share_ties,
)
from hgcn.partition.split import CostFunction, Grid, Split


def split(
    operand: Csr,
    grid: Grid,
    policy: Policy | str,
    cost: CostFunction,
    dense_fill: int = K0,
) -> Split:
    """Give every nonzero of ``operand`` to the engine and part that computes it.

    The policy chooses which segments the STA takes. Of those, an aligned group of 8 adjacent columns with at least ``dense_fill``
    chosen segments is dense, and absorbs the group's other nonzeros in that row block; the rest are sparse. A group that reaches
    past the last column is never dense.

    Parameters
    ----------
    operand : Csr
        The left operand in processing order.
    grid : Grid
        Its windows and row blocks; of the operand's shape.
    policy : Policy or str
        As `parse_policy` reads it: ``balanced``, ``threshold:<c>``, ``pl-only`` or ``aie-only``.
    cost : CostFunction
        Cycles of one window; see `hgcn.partition.balance.best_cut` for what is asked of it.
    dense_fill : int
        Chosen segments of 8 that make a group dense, 1..8. Below 8 the STA multiplies columns nobody chose: the cost reached counts
        8 columns for every dense group and the PL without the absorbed nonzeros, and ``balanced`` is no longer the optimum.

    Raises
    ------
    SpecError
        If the grid is not of the operand's shape, or a parameter is out of range.

    Notes
    -----
    Time O(nnz + windows * T); memory beside the result O(columns + windows * T).

    Examples
    --------
    Four rows in one block. The PL takes one cycle a nonzero, the STA two a column: the two fullest columns leave.

    >>> import numpy as np
    >>> operand = Csr(shape=(4, 8), indptr=[0, 3, 5, 7, 9], indices=[0, 1, 7, 0, 1, 0, 1, 0, 5])
    >>> grid = Grid(rows=4, cols=8, window_rows=4, window_cols=8, block_rows=4)
    >>> best = split(operand, grid, "balanced", lambda nonzeros, columns: np.maximum(nonzeros, 2 * columns))
    >>> best.part
    array([1, 1, 0, 1, 1, 1, 1, 1, 0], dtype=uint8)
    >>> best.cost_cycles
    4.0
    """
    require(
        operand.shape == (grid.rows, grid.cols),
        "grid",
        (grid.rows, grid.cols),
        f"of the operand's shape {operand.shape}",
    )
    require(1 <= dense_fill <= K0, "dense_fill", dense_fill, f"1 to {K0}")
    if isinstance(policy, str):
        policy = parse_policy(policy)
    sizes = (grid.cols, grid.window_rows, grid.window_cols, grid.block_rows)
    histogram = count_segments(operand.indptr, operand.indices, *sizes)
    best = best_cut(histogram, cost)
    if policy.name == "balanced":
        threshold, ties = best.threshold, best.ties
    else:
        fixed = {"aie-only": 0, "pl-only": grid.block_rows}
        above = fixed[policy.name] if policy.threshold is None else policy.threshold - 1
        threshold = np.full(grid.num_windows, above, dtype=np.int32)
        ties = np.zeros(grid.num_windows, dtype=np.int64)
    above, at = count_ties(operand.indptr, operand.indices, *sizes, threshold)
    share = share_ties(above, at, ties, grid.window_rows // grid.block_rows)
    part, scattered, columns = assign_parts(
        operand.indptr, operand.indices, *sizes, threshold, share, dense_fill
    )
    part.setflags(write=False)
    reached = cost(scattered.astype(np.float64), columns.astype(np.float64))
    return Split(
        operand=operand,
        grid=grid,
        policy=str(policy),
        part=part,
        cost_cycles=float(reached.sum()),
        bound_cycles=float(best.bound.sum()),
    )
