# SPDX-License-Identifier: Apache-2.0
"""hgcn_gather, hgcn_sta and hgcn_merge: slices through the array, a PL cycle at a time.

Gather, mover and merge step with the clock. A PE row does not: the times at which a slice is sent,
multiplied and done follow from those of the slices before it, and are computed when it is queued.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles.channels import CONTROL, HAVE, LEFT_OPERAND, take
from hgcn.cycles.sizes import Sizes
from hgcn.cycles.tables import DENSE, FIRST, INT8, LAST
from hgcn.jit import compiled_part

Int = NDArray[np.int64]
Float = NDArray[np.float64]

B_QUEUE = 16
"""Slices waiting at each B port (hgcn_gather, SliceDepth)."""
A_PIECES = 16
"""Pieces waiting at each A port, at least two slices' (hgcn_left_packets, Depth)."""
ORDER = 16
"""Slices that wait for their left operand (hgcn_left_packets, OrderDepth)."""
PORT_BEATS = 16
"""Beats of a clock crossing (hgcn_sta, PortDepth)."""
HEAD_BYTES, RECORD_BYTES = 8, 24
"""Of a dense slice's record, and of a sparse one's (hgcn_sta_records)."""
RING = 64
"""Slices of a PE row whose times are kept: more than can be under way."""
STORE = 2
"""Last read step of a slice to its push at the B ports (hgcn_gather: store, slice register)."""
PACKER = 2
"""Piece pushed to its first beat (hgcn_packer, Latency)."""
CROSSING = 3.0
"""Cycles of the receiving clock through hgcn_async_fifo (Latency)."""
PIPELINE = 6.0
"""STA cycles from a slice's step to its beat of C (hgcn_sta_pe, Latency)."""

(
    ACTIVE,
    CTL_BEATS,  # Of the control stream, to come
    A_BEATS,  # Of the left operand's, to come
    CTL_HELD,  # Bytes in the funnel
    A_HELD,
    RECORDS,  # Of the command
    FIRST_SLICE,  # Place of its first slice in `Tables`
    PARSED,  # Records taken
    MOVED,  # Left operands moved to their A port
    REC_VALID,  # A record is being read
    STEP,  # Read steps of it done
    PIECE,  # Pieces of the left operand moved
    GATHER_BUSY,
    MERGE_ACTIVE,
    PACKETS,  # Whose header is to come
    FROM,  # PE row first in line for its header
    MERGE_BUSY,
) = range(17)
GATHER_SIZE = 17
"""Elements of `gather`: gather unit and merge."""

(
    B_SLICES,  # Slices given to the B ports so far
    A_SLICES,  # To the A port
    B_KNOWN,  # Of these, those whose way is known: sent on B
    A_KNOWN,  # Sent on A
    COMPUTED,
    C_OUT,  # Packets whose first beat on C is known
    C_TAKEN,  # Packets merged
    ROW_ACTIVE,  # A packet is being merged
    ROW_BEAT,  # Its next beat, header included
) = range(9)
ROW_SIZE = 9
"""Columns of `rows`."""

B_PUSH, A_PUSH, B_END, A_END, DONE, C_START, SLICE = (RING * i for i in range(7))
B_FREE, A_FREE = 7 * RING, 7 * RING + 1
TIME_SIZE = 7 * RING + 2
"""Columns of `times`: rings of PL cycles by slice or packet, then when a port is free.

`SLICE` alone is no time but the slice's place in `Tables`.
"""


@compiled_part
def _waiting(rows: Int, times: Float, row: int, old: int, known: int, end: int, t: int) -> bool:
    """Whether slice `old` of a port, whose place the next one wants, has not been sent yet."""
    if old < 0:
        return False
    return bool(rows[row, known] <= old or times[row, end + old % RING] > t)


@compiled_part
def gather_cycle(
    t: int,
    gather: Int,
    rows: Int,
    times: Float,
    clients: Int,
    slice_row: Int,
    slice_flags: Int,
    sizes: Sizes,
) -> None:
    """A clock edge of hgcn_gather: record, read steps, and the left operand's pieces beside them.

    A slice takes 8/G cycles, a piece one; both wait for room at the ports of their PE row, an int8
    slice for that of all its pieces at once, which costs it up to half a cycle in eight.
    """
    g = gather
    if g[ACTIVE] == 0:
        return
    first = g[FIRST_SLICE]
    if g[REC_VALID] == 1:
        row = slice_row[first + g[PARSED] - 1]
        old = rows[row, B_SLICES] - B_QUEUE
        if g[STEP] > 0 or not _waiting(rows, times, row, old, B_KNOWN, B_END, t):
            if g[STEP] == 0:
                k = rows[row, B_SLICES] % RING
                times[row, B_PUSH + k] = t + sizes.read_steps - 1 + STORE
                times[row, SLICE + k] = first + g[PARSED] - 1
                rows[row, B_SLICES] += 1
            g[STEP] += 1
            g[GATHER_BUSY] += 1
            if g[STEP] == sizes.read_steps:
                g[STEP] = 0
                g[REC_VALID] = 0
    if g[PARSED] < g[RECORDS] and g[REC_VALID] == 0 and g[PARSED] - g[MOVED] < ORDER:
        dense = slice_flags[first + g[PARSED]] & DENSE
        need = HEAD_BYTES if dense else RECORD_BYTES
        if g[CTL_HELD] >= need:
            g[CTL_HELD] -= need
            g[PARSED] += 1
            g[REC_VALID] = 1
    over = g[PARSED] == g[RECORDS]
    if (
        g[CTL_BEATS] > 0
        and clients[CONTROL, HAVE] > 0
        and (over or g[CTL_HELD] <= 2 * RECORD_BYTES)
    ):
        take(clients, CONTROL)
        g[CTL_BEATS] -= 1
        g[CTL_HELD] = 0 if over else g[CTL_HELD] + sizes.beat_bytes
    if g[MOVED] < g[PARSED]:
        at = first + g[MOVED]
        row = slice_row[at]
        wide = slice_flags[at] & INT8
        need = sizes.piece_bytes if wide else sizes.binary_bytes
        slots = max(2 * sizes.pieces, A_PIECES) // (sizes.pieces if wide else 1)
        old = rows[row, A_SLICES] - slots
        if g[A_HELD] >= need and not _waiting(rows, times, row, old, A_KNOWN, A_END, t):
            g[A_HELD] -= need
            g[PIECE] += 1
            if not wide or g[PIECE] == sizes.pieces:
                g[PIECE] = 0
                g[MOVED] += 1
                times[row, A_PUSH + rows[row, A_SLICES] % RING] = t
                rows[row, A_SLICES] += 1
    over = over and g[MOVED] == g[RECORDS]
    if (
        g[A_BEATS] > 0
        and clients[LEFT_OPERAND, HAVE] > 0
        and (over or g[A_HELD] <= sizes.piece_bytes)
    ):
        take(clients, LEFT_OPERAND)
        g[A_BEATS] -= 1
        g[A_HELD] = 0 if over else g[A_HELD] + sizes.beat_bytes
    if over and g[REC_VALID] == 0 and g[CTL_BEATS] == 0 and g[A_BEATS] == 0:
        g[ACTIVE] = 0


@compiled_part
def row_times(t: int, row: int, rows: Int, times: Float, slice_flags: Int, sizes: Sizes) -> None:
    """Follow the slices of a PE row, on A and B and through its PEs, as far as is known.

    A slice goes at the pace of the slowest of its steps, its A beats and its B beats (hgcn_sta_pe);
    a packet's first one has a header beat more. A port runs ahead by what its clock crossing and
    the PE's own buffers hold: two slices of B, one A beat. Sums leave while the next packet is
    multiplied, whose last slice waits for room.
    """
    cross = CROSSING / sizes.clock_ratio
    compute = sizes.sta_steps / sizes.clock_ratio
    moving = True
    while moving:
        moving = False
        k = rows[row, B_KNOWN]
        before = k - 2 - PORT_BEATS // sizes.b_beats
        if k < rows[row, B_SLICES] and rows[row, COMPUTED] > before:
            begin = max(times[row, B_PUSH + k % RING] + PACKER, times[row, B_FREE])
            if before >= 0:
                begin = max(begin, times[row, DONE + before % RING])
            head = slice_flags[int(times[row, SLICE + k % RING])] & FIRST
            times[row, B_END + k % RING] = times[row, B_FREE] = begin + sizes.b_beats + head
            rows[row, B_KNOWN] += 1
            moving = True
        k = rows[row, A_KNOWN]
        if k < rows[row, A_SLICES] and k < rows[row, B_SLICES]:
            flags = slice_flags[int(times[row, SLICE + k % RING])]
            beats = sizes.wide_beats if flags & INT8 else sizes.binary_beats
            before = k - 1 - PORT_BEATS // beats
            if rows[row, COMPUTED] > before:
                begin = max(times[row, A_PUSH + k % RING] + PACKER, times[row, A_FREE])
                if before >= 0:
                    begin = max(begin, times[row, DONE + before % RING])
                times[row, A_END + k % RING] = times[row, A_FREE] = begin + beats + (flags & FIRST)
                rows[row, A_KNOWN] += 1
                moving = True
        k = rows[row, COMPUTED]
        if k < rows[row, B_KNOWN] and k < rows[row, A_KNOWN]:
            flags = slice_flags[int(times[row, SLICE + k % RING])]
            last = flags & LAST
            owed = (rows[row, C_OUT] - rows[row, C_TAKEN]) * (sizes.sum_beats + 1)
            if last and owed - rows[row, ROW_BEAT] > PORT_BEATS:
                break
            beats = sizes.wide_beats if flags & INT8 else sizes.binary_beats
            arrived = times[row, A_END + k % RING] + cross
            begin = max(times[row, B_END + k % RING] + cross, arrived - beats + 1)
            if k > 0:
                begin = max(begin, times[row, DONE + (k - 1) % RING])
            done = max(begin + compute, arrived)
            if last:
                done = max(done, float(t))
                start = done - compute + PIPELINE / sizes.clock_ratio + CROSSING
                k = rows[row, C_OUT]
                if k > 0:  # A beat of C an STA cycle
                    sent = (sizes.sum_beats + 1) / sizes.clock_ratio
                    start = max(start, times[row, C_START + (k - 1) % RING] + sent)
                times[row, C_START + k % RING] = start
                rows[row, C_OUT] += 1
            times[row, DONE + rows[row, COMPUTED] % RING] = done
            rows[row, COMPUTED] += 1
            moving = True


@compiled_part
def merge_cycle(t: int, gather: Int, rows: Int, times: Float, sizes: Sizes) -> None:
    """A clock edge of hgcn_merge: a header of all PE rows, and a beat of each chunk of features.

    Tags are not followed: two PE rows rarely send the same row block at once.
    """
    g = gather
    if g[MERGE_ACTIVE] == 0:
        return
    count = len(rows)
    served = 0  # Bit per chunk
    active = False
    header = -1
    group = 4 * sizes.chunks
    for turn in range(count):
        row = (g[FROM] + turn) % count
        if rows[row, ROW_ACTIVE] == 1:
            start = times[row, C_START + rows[row, C_TAKEN] % RING]
            beat = rows[row, ROW_BEAT] - 1  # The header apart
            place = beat % group
            chunk = place // (4 * sizes.block_chunks) * sizes.block_chunks
            chunk += place % sizes.block_chunks
            here = (t - start) * min(1.0, sizes.clock_ratio) > beat
            if here and served >> chunk & 1 == 0:
                served |= 1 << chunk
                rows[row, ROW_BEAT] += 1
                if rows[row, ROW_BEAT] > sizes.sum_beats:
                    rows[row, ROW_BEAT] = 0
                    rows[row, ROW_ACTIVE] = 0
                    rows[row, C_TAKEN] += 1
            active = True
        elif (
            header < 0
            and g[PACKETS] > 0
            and rows[row, C_TAKEN] < rows[row, C_OUT]
            and times[row, C_START + rows[row, C_TAKEN] % RING] <= t
        ):
            header = row
    if header >= 0:
        rows[header, ROW_ACTIVE] = 1
        rows[header, ROW_BEAT] = 1
        g[PACKETS] -= 1
        g[FROM] = (header + 1) % count
        active = True
    g[MERGE_BUSY] += served > 0
    if g[PACKETS] == 0 and not active:
        g[MERGE_ACTIVE] = 0
