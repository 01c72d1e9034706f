# SPDX-License-Identifier: Apache-2.0
"""Segments of a left operand: counting them, and giving each a part. Compiled, linear in nonzeros.

A *segment* is one column of one row block, with its count of nonzeros c, 1 <= c <= T. The array
multiplies 8 columns of a row block at a time: sorted by falling count and cut every 8, a block's
segments form *slices*, each with its value: the nonzeros it holds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0
from hgcn.jit import compiled


@compiled
def _tally(
    indices: NDArray[np.int32],
    begin: int,
    end: int,
    tile_cols: int,
    count: NDArray[np.int32],
    by_count: NDArray[np.int32],
) -> None:
    """Add one row block's segments to ``by_count[column tile, c]``; ``count`` stays zero."""
    for e in range(begin, end):
        count[indices[e]] += 1
    for e in range(begin, end):
        col = indices[e]
        if count[col] > 0:
            by_count[col // tile_cols, count[col]] += 1
            by_count[col // tile_cols, 0] += 1
            count[col] = 0


@compiled
def _slice_values(by_count: NDArray[np.int32], values: NDArray[np.int32]) -> int:
    """Write the falling values of a row block's slices in a column tile, return how many."""
    slices, filled, value = 0, 0, 0
    if by_count[0] > 0:
        for c in range(len(by_count) - 1, 0, -1):
            n = by_count[c]
            while n > 0:
                take = min(n, K0 - filled)
                n -= take
                filled += take
                value += take * c
                if filled == K0:
                    values[slices] = value
                    slices += 1
                    filled, value = 0, 0
        if filled > 0:
            values[slices] = value
            slices += 1
    return slices


@compiled
def count_slices(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    num_cols: int,
    tile_rows: int,
    tile_cols: int,
    block_rows: int,
) -> NDArray[np.int32]:
    """Return how many slices of each value every tile holds, shape (tiles, 8 T + 1).

    Notes
    -----
    Time O(nnz + row blocks * column tiles * T), the latter only where a row block has nonzeros;
    memory O(columns + tiles * T).
    """
    num_rows = len(indptr) - 1
    col_tiles = (num_cols + tile_cols - 1) // tile_cols
    row_tiles = (num_rows + tile_rows - 1) // tile_rows
    histogram = np.zeros((row_tiles * col_tiles, K0 * block_rows + 1), dtype=np.int32)
    count = np.zeros(num_cols, dtype=np.int32)
    by_count = np.zeros((col_tiles, block_rows + 1), dtype=np.int32)
    values = np.zeros(tile_cols // K0 + 1, dtype=np.int32)
    for row in range(0, num_rows, block_rows):
        end = indptr[min(row + block_rows, num_rows)]
        _tally(indices, indptr[row], end, tile_cols, count, by_count)
        for tile in range(col_tiles):
            for i in range(_slice_values(by_count[tile], values)):
                histogram[row // tile_rows * col_tiles + tile, values[i]] += 1
            if by_count[tile, 0] > 0:
                by_count[tile] = 0
    return histogram


@compiled
def cut_blocks(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    num_cols: int,
    tile_rows: int,
    tile_cols: int,
    block_rows: int,
    threshold: NDArray[np.int32],
    ties: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Turn a threshold on slice values into one on counts for each row block.

    The array takes the slices of a tile with a value above ``threshold[tile]``, and the first
    ``ties[tile]`` of those that equal it, in order of row blocks.

    Returns
    -------
    above, share : ndarray of int32, shape (row blocks, column tiles)
        It takes the segments with a count greater than ``above``, and ``share`` of those that equal
        it.
    """
    num_rows = len(indptr) - 1
    col_tiles = (num_cols + tile_cols - 1) // tile_cols
    blocks = (num_rows + block_rows - 1) // block_rows
    above = np.full((blocks, col_tiles), block_rows, dtype=np.int32)
    share = np.zeros((blocks, col_tiles), dtype=np.int32)
    left = ties.copy()
    count = np.zeros(num_cols, dtype=np.int32)
    by_count = np.zeros((col_tiles, block_rows + 1), dtype=np.int32)
    values = np.zeros(tile_cols // K0 + 1, dtype=np.int32)
    for block in range(blocks):
        row = block * block_rows
        end = indptr[min(row + block_rows, num_rows)]
        _tally(indices, indptr[row], end, tile_cols, count, by_count)
        for tile in range(col_tiles):
            number = row // tile_rows * col_tiles + tile
            columns = 0
            for i in range(_slice_values(by_count[tile], values)):
                if values[i] == threshold[number] and left[number] > 0:
                    left[number] -= 1
                elif values[i] <= threshold[number]:
                    break
                columns += K0
            columns = min(columns, by_count[tile, 0])
            cut = block_rows
            while columns > by_count[tile, cut]:
                columns -= by_count[tile, cut]
                cut -= 1
            above[block, tile] = cut
            share[block, tile] = columns
            if by_count[tile, 0] > 0:
                by_count[tile] = 0
    return above, share


@compiled
def assign_parts(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    num_cols: int,
    tile_rows: int,
    tile_cols: int,
    block_rows: int,
    above: NDArray[np.int32],
    share: NDArray[np.int32],
    dense_fill: int,
    banks: int,
    bank_room: int,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Give each nonzero its part.

    The array takes the segments of a row block and column tile with a count greater than ``above``,
    and ``share`` of those that equal it, in order of first row, then column; those that would put
    more than ``bank_room`` columns a slice into one bank come last (``banks`` 0: no matter).

    Returns
    -------
    part : ndarray of uint8, shape (nnz,)
    scattered : ndarray of int64, shape (tiles,)
        Nonzeros left to the PL.
    columns : ndarray of int64, shape (tiles,)
        Columns the array multiplies: 8 for every dense group and every 8 sparse segments of a row
        block, or fewer left over.
    """
    num_rows = len(indptr) - 1
    blocks, col_tiles = above.shape
    row_tiles = (num_rows + tile_rows - 1) // tile_rows
    part = np.zeros(len(indices), dtype=np.uint8)
    scattered = np.zeros(row_tiles * col_tiles, dtype=np.int64)
    columns = np.zeros(row_tiles * col_tiles, dtype=np.int64)
    left = np.zeros(col_tiles, dtype=np.int32)
    taken = np.zeros(col_tiles, dtype=np.int32)
    sparse = np.zeros(col_tiles, dtype=np.int32)
    in_bank = np.zeros((col_tiles, max(banks, 1)), dtype=np.int32)
    count = np.zeros(num_cols, dtype=np.int32)
    chosen = np.zeros(num_cols, dtype=np.bool_)
    full_groups = num_cols // K0  # A group that reaches past the matrix is never dense.
    fill = np.zeros(full_groups + 1, dtype=np.int32)
    for block in range(blocks):
        row = block * block_rows
        begin, end = indptr[row], indptr[min(row + block_rows, num_rows)]
        for e in range(begin, end):
            count[indices[e]] += 1
        first_tile = row // tile_rows * col_tiles
        left[:] = share[block]
        taken[:] = 0
        sparse[:] = 0
        in_bank[:] = 0
        for attempt in range(3):
            if attempt > 0 and (left.sum() == 0 or (attempt == 1 and banks == 0)):
                continue
            for e in range(begin, end):
                col = indices[e]
                tile = col // tile_cols
                bank = (col - tile * tile_cols) % max(banks, 1)
                excess = count[col] - above[block, tile]
                if attempt == 0:
                    take = excess > 0
                else:
                    take = excess == 0 and left[tile] > 0
                    if take and attempt == 1:
                        slices = (taken[tile] + left[tile] + K0 - 1) // K0
                        take = in_bank[tile, bank] < bank_room * slices
                    left[tile] -= take
                if not take:
                    continue
                count[col] = 0
                chosen[col] = True
                taken[tile] += 1
                in_bank[tile, bank] += 1
                group = min(col // K0, full_groups)
                fill[group] += 1
                if group == full_groups or fill[group] < dense_fill:
                    sparse[tile] += 1
                elif fill[group] == dense_fill:
                    sparse[tile] -= dense_fill - 1
                    columns[first_tile + tile] += K0
        for tile in range(col_tiles):
            columns[first_tile + tile] += (sparse[tile] + K0 - 1) // K0 * K0
        for e in range(begin, end):
            col = indices[e]
            group = min(col // K0, full_groups)
            if group < full_groups and fill[group] >= dense_fill:
                part[e] = 2
            elif chosen[col]:
                part[e] = 1
            else:
                scattered[first_tile + col // tile_cols] += 1
        for e in range(begin, end):
            fill[min(indices[e] // K0, full_groups)] = 0
            count[indices[e]] = 0
            chosen[indices[e]] = False
    return part, scattered, columns


@compiled
def count_part_segments(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    num_cols: int,
    block_rows: int,
    part: NDArray[np.uint8],
) -> NDArray[np.int64]:
    """Return the nonzeros and the segments of each part, shape (3, 2)."""
    num_rows = len(indptr) - 1
    totals = np.zeros((3, 2), dtype=np.int64)
    seen = np.full(num_cols, -1, dtype=np.int64)
    for row in range(0, num_rows, block_rows):
        for e in range(indptr[row], indptr[min(row + block_rows, num_rows)]):
            totals[part[e], 0] += 1
            if seen[indices[e]] != row:
                seen[indices[e]] = row
                totals[part[e], 1] += 1
    return totals
