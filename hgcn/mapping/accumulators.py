# SPDX-License-Identifier: Apache-2.0
"""Rows to accumulators: a lane and a slot for each row of a row tile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import MAX_SLOTS, Device
from hgcn.graph.csr import Csr
from hgcn.jit import compiled, compiled_part
from hgcn.partition.split import Grid

Int = NDArray[np.int64]


def accumulators(
    operand: Csr, part: NDArray[np.uint8], grid: Grid, device: Device
) -> NDArray[np.uint16]:
    """Return `hgcn.format.streams.ACCUMULATOR` of each row, shape (padded rows,).

    Rows go to lanes by longest-first packing of their scattered nonzeros over the whole row tile,
    so that a row keeps its accumulator in every column tile. The drain reads a *line* of
    ``device.drain_rows`` neighbouring rows in a cycle, one from a lane: their lanes are distinct.

    Notes
    -----
    Every row finds a lane, on every device. A line has no more rows than there are lanes: so some
    lane, A, holds none of a row's line yet. If all such lanes are full, another one, B, is not: a
    tile has no more rows than there are accumulators. The rows of a lane are of different lines,
    and A has more of them than B. So a row of A is of a line that B has not: it moves to B, and
    leaves its slot.
    """
    count = _scattered_in_row(operand.indptr, part, grid.padded_rows)
    tile = np.arange(len(count)) // grid.tile_rows
    heaviest_first = np.lexsort((-count, tile))
    return _pack(
        operand.indptr, operand.indices, part, heaviest_first, grid.cols, grid.tile_rows,
        grid.tile_cols, device.drain_rows, device.lanes, device.slots, MAX_SLOTS,
    )  # fmt: skip


@compiled
def _scattered_in_row(indptr: Int, part: NDArray[np.uint8], padded_rows: int) -> NDArray[np.int32]:
    """Return the scattered nonzeros of each row, shape (padded_rows,)."""
    count = np.zeros(padded_rows, dtype=np.int32)
    for row in range(len(indptr) - 1):
        for e in range(indptr[row], indptr[row + 1]):
            if part[e] == 0:
                count[row] += 1
    return count


@compiled
def _pack(
    indptr: Int,
    indices: NDArray[np.int32],
    part: NDArray[np.uint8],
    heaviest_first: Int,
    num_cols: int,
    tile_rows: int,
    tile_cols: int,
    line_rows: int,
    lanes: int,
    slots: int,
    slot_base: int,
) -> NDArray[np.uint16]:
    """Return the accumulator of each row.

    Of the lanes with a free slot and no row of its line, a row goes to the one where it raises the
    sum of squared loads over the column tiles least; for one column tile that is the least
    loaded lane.
    """
    accumulator = np.zeros(len(heaviest_first), dtype=np.uint16)
    load = np.zeros(((num_cols + tile_cols - 1) // tile_cols, lanes), dtype=np.int64)
    total = np.zeros(lanes, dtype=np.int64)
    used = np.zeros(lanes, dtype=np.int64)
    rise = np.zeros(lanes, dtype=np.int64)
    row_in = np.zeros((lanes, slots), dtype=np.int64)
    has_line = np.zeros((tile_rows // line_rows, lanes), dtype=np.bool_)
    for i in range(len(heaviest_first)):
        if i % tile_rows == 0:
            load[:] = 0
            total[:] = 0
            used[:] = 0
            has_line[:] = False
        row = heaviest_first[i]
        line = row % tile_rows // line_rows
        tiles = _tiles(row, indptr, indices, part, tile_cols)
        rise[:] = 0
        for tile in tiles:
            rise += load[tile]
        lane = _best(has_line[line] | (used == slots), rise, total, used)
        if lane >= 0:
            slot = used[lane]
        else:
            lane = _best(has_line[line], rise, total, used)
            spare = _best(used == slots, total, total, used)
            slot = slots - 1
            while has_line[row_in[lane, slot] % tile_rows // line_rows, spare]:
                slot -= 1
            moved = row_in[lane, slot]
            for tile in _tiles(moved, indptr, indices, part, tile_cols):
                load[tile, lane] -= 1
                load[tile, spare] += 1
                total[lane] -= 1
                total[spare] += 1
            has_line[moved % tile_rows // line_rows, lane] = False
            has_line[moved % tile_rows // line_rows, spare] = True
            row_in[spare, used[spare]] = moved
            accumulator[moved] = spare * slot_base + used[spare]
            used[spare] += 1
            used[lane] -= 1
        for tile in tiles:
            load[tile, lane] += 1
        total[lane] += len(tiles)
        has_line[line, lane] = True
        row_in[lane, slot] = row
        accumulator[row] = lane * slot_base + slot
        used[lane] += 1
    return accumulator


@compiled_part
def _tiles(
    row: int,
    indptr: Int,
    indices: NDArray[np.int32],
    part: NDArray[np.uint8],
    tile_cols: int,
) -> Int:
    """Return the column tile of each of a row's scattered nonzeros; a padded row has none."""
    if row >= len(indptr) - 1:
        return np.zeros(0, dtype=np.int64)
    begin, end = indptr[row], indptr[row + 1]
    found = np.empty(end - begin, dtype=np.int64)
    count = 0
    for e in range(begin, end):
        if part[e] == 0:
            found[count] = indices[e] // tile_cols
            count += 1
    return found[:count]


@compiled_part
def _best(barred: NDArray[np.bool_], rise: Int, total: Int, used: Int) -> int:
    """Return the lane of least rise, then of least total load, then of fewest rows; -1: none."""
    best = -1
    for lane in range(len(barred)):
        if not barred[lane] and (
            best < 0
            or (rise[lane], total[lane], used[lane]) < (rise[best], total[best], used[best])
        ):
            best = lane
    return best
