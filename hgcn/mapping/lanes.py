# SPDX-License-Identifier: Apache-2.0
"""The PL engine's half of the mapping: the shortest schedule of its lanes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.format.streams import PLACE
from hgcn.graph.csr import Csr, frozen
from hgcn.jit import compiled
from hgcn.mapping.accumulators import accumulators
from hgcn.mapping.colouring import colour_windows
from hgcn.mapping.mapped import LaneSchedule
from hgcn.mapping.operand import int8_values
from hgcn.partition.split import Grid, Split

_LANE = PLACE["lane"].low


def schedule_lanes(split: Split, device: Device) -> LaneSchedule:
    """Return the schedule of the split's scattered nonzeros.

    Rows keep their places in every column window (`hgcn.mapping.accumulators`). Each window's
    nonzeros are the edges of a bipartite multigraph of lanes and banks; an edge colouring with as
    many colours as the largest degree is a schedule, one word a colour, and none is shorter [1]_.

    References
    ----------
    .. [1] D. Koenig, "Ueber Graphen und ihre Anwendung auf Determinantentheorie und Mengenlehre",
       Math. Ann. 77, 1916.
    """
    operand, grid = split.operand, split.grid
    place = accumulators(operand, split.part, grid, device)
    window_cols, banks = grid.window_cols, device.banks
    bound = _bounds(
        operand.indptr, operand.indices, split.part, place,
        grid.cols, grid.window_rows, window_cols, device.lanes, banks,
    )  # fmt: skip
    start = np.zeros(grid.num_windows + 1, dtype=np.int64)
    np.cumsum(bound, out=start[1:])
    entries = colour_windows(
        operand.indptr, operand.indices, split.part, int8_values(operand), place, start,
        grid.cols, grid.window_rows, window_cols, device.lanes, banks,
    )  # fmt: skip
    return _schedule(entries, start, place, bound)


def idle_lanes(grid: Grid, device: Device) -> LaneSchedule:
    """Return the schedule of a job that leaves the lanes idle: places for the rows, no words.

    Examples
    --------
    >>> from hgcn.arch.presets import device
    >>> tiny = device("tiny")
    >>> idle_lanes(Grid.for_device(20, 8, tiny), tiny).place.shape
    (32,)
    """
    nothing = Csr(shape=(0, grid.cols), indptr=np.zeros(1, np.int64), indices=np.zeros(0, np.int32))
    place = accumulators(nothing, frozen(np.zeros(0, dtype=np.uint8)), grid, device)
    entries = np.zeros((0, device.lanes), dtype=np.uint32)
    start = np.zeros(grid.num_windows + 1, dtype=np.int64)
    return _schedule(entries, start, place, start[1:].copy())


def _schedule(
    entries: NDArray[np.uint32],
    start: NDArray[np.int64],
    place: NDArray[np.uint16],
    bound: NDArray[np.int64],
) -> LaneSchedule:
    for array in (entries, start, place, bound):
        array.setflags(write=False)
    return LaneSchedule(
        entries=frozen(entries),
        window_start=frozen(start),
        place=frozen(place),
        bound_words=frozen(bound),
    )


@compiled
def _bounds(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    part: NDArray[np.uint8],
    place: NDArray[np.uint16],
    num_cols: int,
    window_rows: int,
    window_cols: int,
    lanes: int,
    banks: int,
) -> NDArray[np.int64]:
    """Return the heaviest lane or bank of each window."""
    num_rows = len(indptr) - 1
    col_windows = (num_cols + window_cols - 1) // window_cols
    row_windows = (num_rows + window_rows - 1) // window_rows
    bound = np.zeros(row_windows * col_windows, dtype=np.int64)
    lane_load = np.zeros((col_windows, lanes), dtype=np.int64)
    bank_load = np.zeros((col_windows, banks), dtype=np.int64)
    for start in range(0, num_rows, window_rows):
        lane_load[:] = 0
        bank_load[:] = 0
        for row in range(start, min(start + window_rows, num_rows)):
            lane = np.int64(place[row]) >> _LANE
            for e in range(indptr[row], indptr[row + 1]):
                if part[e] == 0:
                    window = indices[e] // window_cols
                    lane_load[window, lane] += 1
                    bank_load[window, (indices[e] - window * window_cols) % banks] += 1
        for window in range(col_windows):
            bound[start // window_rows * col_windows + window] = max(
                lane_load[window].max(), bank_load[window].max()
            )
    return bound
