# SPDX-License-Identifier: Apache-2.0
"""Segments of a left operand: counting them, and giving each a part. Compiled, linear in nonzeros.

A *segment* is one column of one row block, with its count of nonzeros c, 1 <= c <= T.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0
from hgcn.ordering.compiled import compiled


@compiled
def count_segments(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    num_cols: int,
    window_rows: int,
    window_cols: int,
    block_rows: int,
) -> NDArray[np.int32]:
    """Return how many segments of each count every window holds, shape (windows, T + 1).

    Notes
    -----
    Two passes over the nonzeros of each row block; memory O(columns + windows * T).
    """
    num_rows = len(indptr) - 1
    col_windows = (num_cols + window_cols - 1) // window_cols
    row_windows = (num_rows + window_rows - 1) // window_rows
    histogram = np.zeros((row_windows * col_windows, block_rows + 1), dtype=np.int32)
    count = np.zeros(num_cols, dtype=np.int32)
    for row in range(0, num_rows, block_rows):
        begin, end = indptr[row], indptr[min(row + block_rows, num_rows)]
        for e in range(begin, end):
            count[indices[e]] += 1
        window = row // window_rows * col_windows
        for e in range(begin, end):
            col = indices[e]
            if count[col] > 0:
                histogram[window + col // window_cols, count[col]] += 1
                count[col] = 0
    return histogram


@compiled
def count_ties(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    num_cols: int,
    window_rows: int,
    window_cols: int,
    block_rows: int,
    threshold: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the segments above and at their window's threshold, two arrays of shape (row blocks, column windows)."""
    num_rows = len(indptr) - 1
    col_windows = (num_cols + window_cols - 1) // window_cols
    blocks = (num_rows + block_rows - 1) // block_rows
    above = np.zeros((blocks, col_windows), dtype=np.int32)
    at = np.zeros((blocks, col_windows), dtype=np.int32)
    count = np.zeros(num_cols, dtype=np.int32)
    for block in range(blocks):
        row = block * block_rows
        begin, end = indptr[row], indptr[min(row + block_rows, num_rows)]
        for e in range(begin, end):
            count[indices[e]] += 1
        for e in range(begin, end):
            col = indices[e]
            if count[col] > 0:
                window = col // window_cols
                excess = count[col] - threshold[row // window_rows * col_windows + window]
                if excess > 0:
                    above[block, window] += 1
                elif excess == 0:
                    at[block, window] += 1
                count[col] = 0
    return above, at


@compiled
def share_ties(
    above: NDArray[np.int32],
    at: NDArray[np.int32],
    ties: NDArray[np.int64],
    blocks_in_window: int,
) -> NDArray[np.int32]:
    """Return how many ties each row block takes, summing to ``ties`` in every window.

    The STA takes columns of a row block 8 at a time: first blocks are filled to whole eights, those that lack least first, then
    blocks get eight more in turn, then what is left goes to the first blocks that have any.
    """
    blocks, col_windows = above.shape
    share = np.zeros_like(at)
    for start in range(0, blocks, blocks_in_window):
        stop = min(start + blocks_in_window, blocks)
        for window in range(col_windows):
            left = ties[start // blocks_in_window * col_windows + window]
            for lack in range(1, K0):
                for block in range(start, stop):
                    if -above[block, window] % K0 == lack <= min(at[block, window], left):
                        share[block, window] = lack
                        left -= lack
            more = left >= K0
            while more:
                more = False
                for block in range(start, stop):
                    rest = at[block, window] - share[block, window]
                    filled = (above[block, window] + share[block, window]) % K0 == 0
                    if filled and rest >= K0 and left >= K0:
                        share[block, window] += K0
                        left -= K0
                        more = True
            for block in range(start, stop):
                take = min(at[block, window] - share[block, window], left)
                share[block, window] += take
                left -= take
    return share


@compiled
def assign_parts(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    num_cols: int,
    window_rows: int,
    window_cols: int,
    block_rows: int,
    threshold: NDArray[np.int32],
    share: NDArray[np.int32],
    dense_fill: int,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Give each nonzero its part.

    The STA takes the segments of a window with a count above ``threshold[window]``, and in each row block the first
    ``share[block, column window]`` of those that equal it, in order of first row, then column.

    Returns
    -------
    part : ndarray of uint8, shape (nnz,)
    scattered : ndarray of int64, shape (windows,)
        Nonzeros left to the PL.
    columns : ndarray of int64, shape (windows,)
        Columns the STA multiplies: one per sparse segment, 8 per dense group.
    """
    num_rows = len(indptr) - 1
    col_windows = (num_cols + window_cols - 1) // window_cols
    part = np.zeros(len(indices), dtype=np.uint8)
    scattered = np.zeros(len(threshold), dtype=np.int64)
    columns = np.zeros(len(threshold), dtype=np.int64)
    left = np.zeros(col_windows, dtype=np.int32)
    count = np.zeros(num_cols, dtype=np.int32)
    chosen = np.zeros(num_cols, dtype=np.bool_)
    full_groups = num_cols // K0  # A group that reaches past the matrix is never dense.
    fill = np.zeros(full_groups + 1, dtype=np.int32)
    for row in range(0, num_rows, block_rows):
        begin, end = indptr[row], indptr[min(row + block_rows, num_rows)]
        for e in range(begin, end):
            count[indices[e]] += 1
        first_window = row // window_rows * col_windows
        left[:] = share[row // block_rows]
        for e in range(begin, end):
            col = indices[e]
            if count[col] == 0:
                continue
            window = col // window_cols
            excess = count[col] - threshold[first_window + window]
            count[col] = 0
            take = excess > 0
            if excess == 0 and left[window] > 0:
                left[window] -= 1
                take = True
            chosen[col] = take
            if take:
                group = min(col // K0, full_groups)
                fill[group] += 1
                if group == full_groups or fill[group] < dense_fill:
                    columns[first_window + window] += 1
                elif fill[group] == dense_fill:
                    columns[first_window + window] += 1 + K0 - dense_fill
        for e in range(begin, end):
            col = indices[e]
            group = min(col // K0, full_groups)
            if group < full_groups and fill[group] >= dense_fill:
                part[e] = 2
            elif chosen[col]:
                part[e] = 1
            else:
                scattered[first_window + col // window_cols] += 1
        for e in range(begin, end):
            fill[min(indices[e] // K0, full_groups)] = 0
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
