# SPDX-License-Identifier: Apache-2.0
"""Condensing a row block's tensor array columns into slices. Compiled, linear in nonzeros."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0
from hgcn.format.streams import NO_POSITION
from hgcn.jit import compiled


@compiled
def condensed_sizes(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    part: NDArray[np.uint8],
    num_cols: int,
    tile_rows: int,
    tile_cols: int,
    block_rows: int,
    banks: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return what row blocks hold, three arrays of shape (row blocks, column tiles).

    Returns
    -------
    dense : ndarray of int32
        Dense groups.
    sparse : ndarray of int32
        Sparse columns.
    fullest : ndarray of int32
        Sparse columns in the bank with most of them.
    """
    num_rows = len(indptr) - 1
    col_tiles = (num_cols + tile_cols - 1) // tile_cols
    blocks = (num_rows + block_rows - 1) // block_rows
    dense = np.zeros((blocks, col_tiles), dtype=np.int32)
    sparse = np.zeros((blocks, col_tiles), dtype=np.int32)
    fullest = np.zeros((blocks, col_tiles), dtype=np.int32)
    in_bank = np.zeros((col_tiles, banks), dtype=np.int32)
    col_seen = np.full(num_cols, -1, dtype=np.int32)
    group_seen = np.full(num_cols // K0 + 1, -1, dtype=np.int32)
    for block in range(blocks):
        row = block * block_rows
        begin, end = indptr[row], indptr[min(row + block_rows, num_rows)]
        for e in range(begin, end):
            col = indices[e]
            tile = col // tile_cols
            if part[e] == 2 and group_seen[col // K0] != block:
                group_seen[col // K0] = block
                dense[block, tile] += 1
            elif part[e] == 1 and col_seen[col] != block:
                col_seen[col] = block
                sparse[block, tile] += 1
                bank = (col - tile * tile_cols) % banks
                in_bank[tile, bank] += 1
                fullest[block, tile] = max(fullest[block, tile], in_bank[tile, bank])
        for e in range(begin, end):
            tile = indices[e] // tile_cols
            in_bank[tile, (indices[e] - tile * tile_cols) % banks] = 0
    return dense, sparse, fullest


@compiled
def fill_slices(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    part: NDArray[np.uint8],
    values: NDArray[np.int8],
    num_cols: int,
    tile_cols: int,
    block_rows: int,
    banks: int,
    gather_rows: int,
    dense: NDArray[np.int32],
    groups: NDArray[np.int32],
    first_slice: NDArray[np.int64],
    place: NDArray[np.int64],
) -> tuple[NDArray[np.uint16], NDArray[np.uint16], NDArray[np.int8]]:
    """Return base, positions and left operand of every slice, in processing order.

    Parameters
    ----------
    values : ndarray of int8, shape (nnz,) or (0,)
        Empty for a binary operand.
    dense : ndarray of int32, shape (row blocks, column tiles)
        Dense groups of each packet: its first slices.
    groups : ndarray of int32, shape (row blocks, column tiles)
        Gather groups its sparse columns are dealt to.
    first_slice : ndarray of int64, shape (row blocks, column tiles)
        Its first slice, counting packet after packet ...
    place : ndarray of int64, shape (slices,)
        ... and where each slice so counted stands in processing order.
    """
    num_rows = len(indptr) - 1
    blocks, col_tiles = dense.shape
    base = np.zeros(len(place), dtype=np.uint16)
    positions = np.full((len(place), K0), NO_POSITION, dtype=np.uint16)
    left = np.zeros((len(place), block_rows, K0), dtype=np.int8)
    next_dense = np.zeros(col_tiles, dtype=np.int64)
    rank = np.zeros((col_tiles, banks), dtype=np.int64)
    col_seen = np.full(num_cols, -1, dtype=np.int32)
    group_seen = np.full(num_cols // K0 + 1, -1, dtype=np.int32)
    # slice * 8 + k of a sparse column, slice of a dense group
    col_target = np.zeros(num_cols, dtype=np.int64)
    group_target = np.zeros(num_cols // K0 + 1, dtype=np.int64)
    for block in range(blocks):
        start = block * block_rows
        stop = min(start + block_rows, num_rows)
        next_dense[:] = 0
        rank[:] = 0
        # Columns of each bank, then the first rank of each bank: bank by bank.
        for e in range(indptr[start], indptr[stop]):
            col = indices[e]
            if part[e] == 1 and col_seen[col] != block:
                col_seen[col] = block
                tile = col // tile_cols
                rank[tile, (col - tile * tile_cols) % banks] += 1
        for tile in range(col_tiles):
            total = 0
            for bank in range(banks):
                size = rank[tile, bank]
                rank[tile, bank] = total
                total += size
        for row in range(start, stop):
            for e in range(indptr[row], indptr[row + 1]):
                if part[e] == 0:
                    continue
                col = indices[e]
                tile = col // tile_cols
                position = col - tile * tile_cols
                if part[e] == 2:
                    group = col // K0
                    if group_seen[group] != block:
                        group_seen[group] = block
                        out = place[first_slice[block, tile] + next_dense[tile]]
                        next_dense[tile] += 1
                        group_target[group] = out
                        base[out] = position // K0 * K0
                        for k in range(K0):
                            positions[out, k] = position // K0 * K0 + k
                    out, k = group_target[group], col % K0
                else:
                    if col_seen[col] == block:
                        # First nonzero of the column in this block: -2 - block marks it placed.
                        col_seen[col] = -2 - block
                        turn = rank[tile, position % banks]
                        rank[tile, position % banks] = turn + 1
                        gather = turn % groups[block, tile]
                        spot = gather * gather_rows + turn // groups[block, tile]
                        natural = first_slice[block, tile] + dense[block, tile] + spot // K0
                        col_target[col] = place[natural] * K0 + spot % K0
                        positions[place[natural], spot % K0] = position
                    out, k = col_target[col] // K0, col_target[col] % K0
                left[out, row - start, k] = values[e] if len(values) > 0 else 1
    return base, positions, left
