# SPDX-License-Identifier: Apache-2.0
"""hgcn_gather: control records, read steps, and the left operand's pieces beside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles import array as a
from hgcn.cycles import ports as p
from hgcn.cycles.reads import CONTROL, HAVE, LEFT_OPERAND, take
from hgcn.cycles.sizes import Sizes
from hgcn.format.streams import CONTROL_HEAD, CONTROL_RECORD, FLAG_DENSE, FLAG_FIRST, FLAG_INT8
from hgcn.jit import compiled_part

Int = NDArray[np.int64]

B_QUEUE = 16
"""Slices waiting at each B port (hgcn_gather, SliceDepth)."""
A_QUEUE = 16
"""Pieces waiting at each A port, at least two slices' (hgcn_left_packets, Depth)."""
ORDER = 16
"""Slices that wait for their left operand (hgcn_left_packets, OrderDepth)."""
HEAD_BYTES, RECORD_BYTES = CONTROL_HEAD.bytes, CONTROL_RECORD.bytes
"""Of a dense slice's record, and of a sparse one's."""
STORE = 2
"""Last read step of a slice to its push at the B ports (hgcn_gather: store, slice register)."""

(
    ACTIVE,
    CTL_BEATS,  # Of the control stream, to come
    A_BEATS,  # Of the left operand's, to come
    CTL_HELD,  # Bytes in the gearbox
    A_HELD,
    RECORDS,  # Of the command
    FIRST_SLICE,  # Place of its first slice in `Tables`
    PARSED,  # Records taken
    MOVED,  # Left operands moved to their A port
    READING,  # A record is being read
    STEP,  # Read steps of it done
    STORED,  # Edge at which the last slice is pushed
    PIECE,  # Pieces of the left operand moved
    BUSY,  # Read steps
) = range(14)
GATHER_SIZE = 14
"""Elements of `gather`."""


@compiled_part
def _room(t: int, ports: Int, row: int, port: int, pieces: int, depth: int) -> bool:
    """Whether a port has room for a piece beside the `depth` that came before."""
    old = pieces - depth
    if old < 0:
        return True
    left = ports[row, port, p.LEFT + old % p.PIECES]
    return bool(old < ports[row, port, p.PIECE] and left < t)


@compiled_part
def _b_room(t: int, rows: Int, ports: Int, row: int) -> bool:
    """Whether all B ports of a PE row have room for a slice."""
    for port in range(1, ports.shape[1]):
        if not _room(t, ports, row, port, rows[row, a.B_PIECES], B_QUEUE):
            return False
    return True


@compiled_part
def gather_cycle(
    t: int,
    gather: Int,
    rows: Int,
    ports: Int,
    clients: Int,
    slice_row: Int,
    slice_flags: Int,
    slice_tag: Int,
    sizes: Sizes,
) -> None:
    """A clock edge of hgcn_gather.

    A slice takes 8/G read steps, each piece of its left operand a cycle; both wait for room at the
    ports of their PE row.
    """
    g = gather
    if g[ACTIVE] == 0:
        return
    first, parsed = g[FIRST_SLICE], g[PARSED]
    over, ordered = parsed == g[RECORDS], g[MOVED] < parsed
    to_come = g[READING] + g[CTL_BEATS] + g[A_BEATS]
    if over and not ordered and to_come == 0 and t > g[STORED]:
        g[ACTIVE] = 0
        g[A_HELD] = 0  # Padding that was in the gearbox before the last slice was moved
        return
    if g[READING] == 1:
        row = slice_row[first + parsed - 1]
        if g[STEP] > 0 or _b_room(t, rows, ports, row):
            if g[STEP] == 0:
                g[STORED] = t + sizes.read_steps - 1 + STORE
                beats = sizes.b_beats + (slice_flags[first + parsed - 1] & FLAG_FIRST > 0)
                a.push_b(rows, ports, row, g[STORED], beats)
            g[STEP] += 1
            g[BUSY] += 1
            if g[STEP] == sizes.read_steps:
                g[STEP] = g[READING] = 0
    taken = 0
    if not over and g[READING] == 0 and parsed - g[MOVED] < ORDER:
        at = first + parsed
        need = HEAD_BYTES if slice_flags[at] & FLAG_DENSE else RECORD_BYTES
        if g[CTL_HELD] >= need:
            taken = need
            g[PARSED] += 1
            g[READING] = 1
            a.begin_slice(rows, slice_row[at], slice_flags[at], slice_tag[at])
    here = g[CTL_BEATS] > 0 and clients[CONTROL, HAVE] > 0
    here = here and (over or g[CTL_HELD] <= 2 * RECORD_BYTES)
    g[CTL_HELD] = 0 if over else g[CTL_HELD] - taken + here * sizes.beat_bytes
    if here:
        take(clients, CONTROL)
        g[CTL_BEATS] -= 1
    taken = 0
    if ordered:
        at = first + g[MOVED]
        row = slice_row[at]
        wide = slice_flags[at] & FLAG_INT8
        need = sizes.piece_bytes if wide else sizes.binary_bytes
        depth = max(2 * sizes.pieces, A_QUEUE)
        if g[A_HELD] >= need and _room(t, ports, row, 0, rows[row, a.A_PIECES], depth):
            taken = need
            beats = sizes.wide_beats // sizes.pieces if wide else sizes.binary_beats
            beats += g[PIECE] == 0 and slice_flags[at] & FLAG_FIRST > 0
            a.push_a(rows, ports, row, t, beats)
            g[PIECE] += 1
            if not wide or g[PIECE] == sizes.pieces:
                g[PIECE] = 0
                g[MOVED] += 1
    padding = over and not ordered
    here = g[A_BEATS] > 0 and clients[LEFT_OPERAND, HAVE] > 0
    here = here and (padding or g[A_HELD] <= sizes.piece_bytes)
    g[A_HELD] = 0 if padding else g[A_HELD] - taken + here * sizes.beat_bytes
    if here:
        take(clients, LEFT_OPERAND)
        g[A_BEATS] -= 1
