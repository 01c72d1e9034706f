# SPDX-License-Identifier: Apache-2.0
"""The split stage: operand, grid, policy and cost to `Split`."""

from __future__ import annotations

import math

import numpy as np

from hgcn.arch.device import K0
from hgcn.errors import require
from hgcn.graph.csr import Csr
from hgcn.partition.balance import best_cut
from hgcn.partition.policy import Policy, parse_policy
from hgcn.partition.segments import assign_parts, count_slices, cut_blocks
from hgcn.partition.split import CostFunction, Grid, Split


def split(
    operand: Csr,
    grid: Grid,
    policy: Policy | str,
    cost: CostFunction,
    dense_fill: int = K0,
    steer: CostFunction | None = None,
    bound_cycles: float | None = None,
) -> Split:
    """Give every nonzero of ``operand`` to the engine and part that computes it.

    The policy chooses which segments the array takes; it is charged for them by eights, padding
    included. Of those, an aligned group of 8 adjacent columns with at least ``dense_fill`` chosen
    segments is dense, and absorbs the group's other nonzeros in that row block; the rest are
    sparse. A group that reaches past the last column is never dense.

    Parameters
    ----------
    operand : Csr
        The left operand in processing order.
    grid : Grid
        Its tiles and row blocks; of the operand's shape.
    policy : Policy or str
        As `parse_policy` reads it: ``balanced``, ``threshold:<c>``, ``pl-only`` or ``aie-only``.
    cost : CostFunction
        Cycles of one tile; see `hgcn.partition.balance.best_cut` for what is asked of it.
    dense_fill : int
        Chosen segments of 8 that make a group dense, 1..8. Below 8 the array multiplies columns
        nobody chose, and ``balanced``, which does not look ahead at them, may miss the optimum.
    steer : CostFunction, optional
        What ``balanced`` makes smallest in the place of ``cost``, which still says what the split
        reached costs: for one who knows better, or wants to try.
    bound_cycles : float, optional
        Of another split of this operand, with this grid and cost: it is the same for all, and takes
        longer to find than most splits. If it is not given, it is computed.

    Raises
    ------
    SpecError
        If the grid is not of the operand's shape, or a parameter is out of range.

    Notes
    -----
    Time O(nnz + tiles * T); memory beside the result O(columns + tiles * T).

    Examples
    --------
    Two rows in one block; columns 0 to 3 hold two nonzeros, 4 to 11 one. The PL takes a cycle a
    nonzero, the array half a cycle a column: one slice of 8 columns leaves, and makes a dense
    group.

    >>> import numpy as np
    >>> operand = Csr(shape=(2, 12), indptr=[0, 12, 16], indices=[*range(12), 0, 1, 2, 3])
    >>> grid = Grid(rows=2, cols=12, tile_rows=2, tile_cols=16, block_rows=2)
    >>> cost = lambda nonzeros, columns: np.maximum(nonzeros, columns / 2)
    >>> best = split(operand, grid, "balanced", cost)
    >>> best.part
    array([2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 2, 2, 2, 2], dtype=uint8)
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
    sizes = (grid.cols, grid.tile_rows, grid.tile_cols, grid.block_rows)
    balanced = policy.name == "balanced"
    cut = None
    if balanced or bound_cycles is None:
        histogram = count_slices(operand.indptr, operand.indices, *sizes)
        if bound_cycles is None:
            cut = best_cut(histogram, cost)
            bound_cycles = math.fsum(cut.bound)
        if cut is None or steer is not None:
            cut = best_cut(histogram, steer or cost, fluid=False)
    if balanced and cut is not None:
        above, share = cut_blocks(
            operand.indptr,
            operand.indices,
            *sizes,
            cut.threshold,
            cut.ties,
        )
    else:
        fixed = {"aie-only": 0, "pl-only": grid.block_rows}
        level = fixed[policy.name] if policy.threshold is None else policy.threshold - 1
        above = np.full((grid.num_blocks, grid.num_col_tiles), level, dtype=np.int32)
        share = np.zeros_like(above)
    bank_room = 0 if grid.gather_rows is None else K0 // grid.gather_rows
    part, scattered, columns = assign_parts(
        operand.indptr,
        operand.indices,
        *sizes,
        above,
        share,
        dense_fill,
        grid.banks or 0,
        bank_room,
    )
    for array in (part, scattered, columns):
        array.setflags(write=False)
    reached = cost(scattered.astype(np.float64), columns.astype(np.float64))
    return Split(
        operand=operand,
        grid=grid,
        policy=str(policy),
        part=part,
        scattered=scattered,
        columns=columns,
        cost_cycles=math.fsum(reached),
        bound_cycles=bound_cycles,
    )
