# SPDX-License-Identifier: Apache-2.0
"""The PL engine's half of the mapping: the shortest schedule of its lanes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.format.streams import ACCUMULATOR
from hgcn.graph.csr import Csr, frozen
from hgcn.jit import compiled
from hgcn.mapping.accumulators import accumulators
from hgcn.mapping.colouring import colour_tiles
from hgcn.mapping.mapped import LaneSchedule
from hgcn.mapping.operand import int8_values
from hgcn.partition.split import Grid, Split

_LANE = ACCUMULATOR["lane"].low


def schedule_lanes(split: Split, device: Device) -> LaneSchedule:
    """Return the schedule of the split's scattered nonzeros.

    Rows keep their accumulators in every column tile (`hgcn.mapping.accumulators`). Each tile's
    nonzeros are the edges of a bipartite multigraph of lanes and banks; an edge colouring with as
    many colours as the largest degree is a schedule, one bundle a colour, and none is shorter [1]_.

    References
    ----------
    .. [1] D. Koenig, "Ueber Graphen und ihre Anwendung auf Determinantentheorie und Mengenlehre",
       Math. Ann. 77, 1916.
    """
    operand, grid = split.operand, split.grid
    accumulator = accumulators(operand, split.part, grid, device)
    tile_cols, banks = grid.tile_cols, device.banks
    bound = _bounds(
        operand.indptr, operand.indices, split.part, accumulator,
        grid.cols, grid.tile_rows, tile_cols, device.lanes, banks,
    )  # fmt: skip
    start = np.zeros(grid.num_tiles + 1, dtype=np.int64)
    np.cumsum(bound, out=start[1:])
    entries = colour_tiles(
        operand.indptr, operand.indices, split.part, int8_values(operand), accumulator, start,
        grid.cols, grid.tile_rows, tile_cols, device.lanes, banks,
    )  # fmt: skip
    return _schedule(entries, start, accumulator, bound)


def idle_lanes(grid: Grid, device: Device) -> LaneSchedule:
    """Return a schedule that leaves the lanes idle: accumulators for the rows, no bundles.

    Examples
    --------
    >>> from hgcn.arch.presets import device
    >>> tiny = device("tiny")
    >>> idle_lanes(Grid.for_device(20, 8, tiny), tiny).accumulator.shape
    (32,)
    """
    nothing = Csr(shape=(0, grid.cols), indptr=np.zeros(1, np.int64), indices=np.zeros(0, np.int32))
    accumulator = accumulators(nothing, frozen(np.zeros(0, dtype=np.uint8)), grid, device)
    entries = np.zeros((0, device.lanes), dtype=np.uint32)
    start = np.zeros(grid.num_tiles + 1, dtype=np.int64)
    return _schedule(entries, start, accumulator, start[1:].copy())


def _schedule(
    entries: NDArray[np.uint32],
    start: NDArray[np.int64],
    accumulator: NDArray[np.uint16],
    bound: NDArray[np.int64],
) -> LaneSchedule:
    for array in (entries, start, accumulator, bound):
        array.setflags(write=False)
    return LaneSchedule(
        entries=frozen(entries),
        tile_start=frozen(start),
        accumulator=frozen(accumulator),
        bound_bundles=frozen(bound),
    )


@compiled
def _bounds(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    part: NDArray[np.uint8],
    accumulator: NDArray[np.uint16],
    num_cols: int,
    tile_rows: int,
    tile_cols: int,
    lanes: int,
    banks: int,
) -> NDArray[np.int64]:
    """Return the heaviest lane or bank of each tile."""
    num_rows = len(indptr) - 1
    col_tiles = (num_cols + tile_cols - 1) // tile_cols
    row_tiles = (num_rows + tile_rows - 1) // tile_rows
    bound = np.zeros(row_tiles * col_tiles, dtype=np.int64)
    lane_load = np.zeros((col_tiles, lanes), dtype=np.int64)
    bank_load = np.zeros((col_tiles, banks), dtype=np.int64)
    for start in range(0, num_rows, tile_rows):
        lane_load[:] = 0
        bank_load[:] = 0
        for row in range(start, min(start + tile_rows, num_rows)):
            lane = np.int64(accumulator[row]) >> _LANE
            for e in range(indptr[row], indptr[row + 1]):
                if part[e] == 0:
                    tile = indices[e] // tile_cols
                    lane_load[tile, lane] += 1
                    bank_load[tile, (indices[e] - tile * tile_cols) % banks] += 1
        for tile in range(col_tiles):
            bound[start // tile_rows * col_tiles + tile] = max(
                lane_load[tile].max(), bank_load[tile].max()
            )
    return bound
