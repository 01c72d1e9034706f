# SPDX-License-Identifier: Apache-2.0
"""hgcn_merge: the packets on PLIO C into the row blocks' sums, a PL cycle at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles import array as a
from hgcn.cycles.ports import BEATS
from hgcn.cycles.sizes import Sizes
from hgcn.jit import compiled_part

Int = NDArray[np.int64]

(
    ACTIVE,
    PACKETS,  # Whose header is to come
    FROM,  # PE row first in line
    BUSY,  # Cycles in which beats are merged
) = range(4)
TAKEN = 4
"""`merge` from here on: the edge at which each part of the sums took its last beat."""
PACKET, TO_COME, TAG, MOVED = range(4)
"""Columns of `merging`, by PE row: packets begun, beats to come of this one, its row block, and the
edge of its last beat."""
MERGING_SIZE = 4


@compiled_part
def new_merge(sizes: Sizes) -> Int:
    """Return a merge that has seen nothing; its edges are counted from 1."""
    return np.zeros(TAKEN + sizes.chunks * sizes.drain_rows, np.int64)


@compiled_part
def _here(t: int, row: int, rows: Int, pes: Int) -> bool:
    """Whether the next beat of C can be taken from all columns of a PE row."""
    beat = rows[row, a.MERGED]
    for col in range(pes.shape[1]):
        if pes[row, col, a.C_CROSSED] <= beat:
            return False
        if pes[row, col, a.C_SHOWN + beat % BEATS] > t:
            return False
    return True


@compiled_part
def _take(t: int, row: int, rows: Int) -> None:
    rows[row, a.MERGED_AT + rows[row, a.MERGED] % BEATS] = t
    rows[row, a.MERGED] += 1
    rows[row, a.MERGED_NEW] = 1


@compiled_part
def _locked(tag: int, merging: Int) -> bool:
    """Whether a PE row merges this row block."""
    for row in range(len(merging)):
        if merging[row, TO_COME] > 0 and merging[row, TAG] == tag:
            return True
    return False


@compiled_part
def merge_cycle(t: int, merge: Int, merging: Int, rows: Int, pes: Int, sizes: Sizes) -> None:
    """A clock edge of hgcn_merge: a header of all PE rows, and a beat into each part of the sums.

    A part has 4 features, in the rows at one place of a line. A header waits while another PE row
    merges the same row block.
    """
    if merge[ACTIVE] == 0:
        return
    count = sizes.pe_rows
    over = merge[PACKETS] == 0
    moved = False
    header = -1
    group = 4 * sizes.chunks
    for turn in range(count):
        row = (merge[FROM] + turn) % count
        to_come = merging[row, TO_COME]
        if to_come > 0:
            over = False
            beat = sizes.sum_beats - to_come
            place = beat % group
            chunk = place // (4 * sizes.block_chunks) * sizes.block_chunks
            chunk += place % sizes.block_chunks
            line_row = (beat // group * 4 + beat // sizes.block_chunks % 4) % sizes.drain_rows
            part = TAKEN + chunk * sizes.drain_rows + line_row
            if merge[part] < t and _here(t, row, rows, pes):
                merge[part] = merging[row, MOVED] = t
                moved = True
        elif header < 0 and merge[PACKETS] > 0 and _here(t, row, rows, pes):
            tag = rows[row, a.TAG + merging[row, PACKET] % a.SLICES]
            if not _locked(tag, merging):
                header = row
    for row in range(count):
        if merging[row, MOVED] == t:
            _take(t, row, rows)
            merging[row, TO_COME] -= 1
    if header >= 0:
        _take(t, header, rows)
        merging[header, TAG] = rows[header, a.TAG + merging[header, PACKET] % a.SLICES]
        merging[header, TO_COME] = sizes.sum_beats
        merging[header, PACKET] += 1
        merge[PACKETS] -= 1
        merge[FROM] = (header + 1) % count
    merge[BUSY] += moved
    if over:
        merge[ACTIVE] = 0
