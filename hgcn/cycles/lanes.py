# SPDX-License-Identifier: Apache-2.0
"""hgcn_load, hgcn_pl_engine and hgcn_drain, a cycle at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles.reads import DRAIN, HAVE, LOAD, PL, take
from hgcn.cycles.sizes import Sizes
from hgcn.cycles.writes import write_beat, write_room
from hgcn.format.streams import COLUMN_PARAMETER, ROW_RECORD
from hgcn.jit import compiled_part

Int = NDArray[np.int64]

PL_FLIGHT = 4
"""Last bundle to idle (hgcn_pl_engine, FlightCycles)."""
DRAIN_DEPTH = 11
"""Row record to row written (hgcn_drain, Latency)."""
WRITER_BEATS = 6
"""Beats that may wait for memory while rows still move (hgcn_row_writer, FifoDepth less 2)."""
PARAMETER_BYTES = COLUMN_PARAMETER.bytes
"""Of a feature's column parameters."""
RECORD_BYTES = ROW_RECORD.bytes
"""Of a row's record."""

(
    ACTIVE,
    BEATS,  # Of the stream, to come
    ITEMS,  # PL: bundles to come
    ITEM_BYTES,  # PL: bytes of a bundle
    HELD,  # Bytes in the gearbox
    FLIGHT,  # PL: cycles until the last bundle's sums are there; drain: a bit per row under way
    BUSY,  # Cycles counted as the engine's `busy_o`
    PARAMETERS,  # The last are the drain's: column parameters to come
    ROWS,  # Rows to enter the pipeline
    LEAVING,  # Rows to leave it
    OUT_ROWS,  # Rows of the command
    OUT_BEATS,  # Beats of these in memory
    OUT_MADE,  # Of these, put into the writer's FIFO
    OUT_SENT,  # Of these, given to the write master
    OUT_SECOND,  # A row's second beat comes next
    OUT_READ,  # A beat of a tile is read
    TILED,
) = range(17)
ENGINE_SIZE = 17
"""Elements of an engine's state."""


@compiled_part
def load_cycle(load: Int, clients: Int) -> None:
    """A clock edge of hgcn_load: a beat a cycle."""
    if load[ACTIVE] == 0:
        return
    if load[BEATS] == 0:
        load[ACTIVE] = 0
    elif clients[LOAD, HAVE] > 0:
        take(clients, LOAD)
        load[BEATS] -= 1
        load[BUSY] += 1


@compiled_part
def pl_cycle(pl: Int, clients: Int, sizes: Sizes) -> None:
    """A clock edge of hgcn_pl_engine: a bundle a cycle, as far as beats bring its bytes."""
    if pl[ACTIVE] == 0:
        return
    bundle = pl[ITEMS] > 0 and pl[HELD] >= pl[ITEM_BYTES]
    # Beats behind the last bundle are padding, taken and dropped.
    room = pl[HELD] <= 2 * sizes.most_bundle_bytes or pl[ITEMS] == 0
    if pl[ITEMS] == 0 and pl[BEATS] == 0 and pl[FLIGHT] == 0:
        pl[ACTIVE] = 0
    if pl[FLIGHT] > 0:
        pl[FLIGHT] -= 1
    if bundle:
        pl[ITEMS] -= 1
        pl[HELD] -= pl[ITEM_BYTES]
        pl[FLIGHT] = PL_FLIGHT
        pl[BUSY] += 1
    if pl[BEATS] > 0 and room and clients[PL, HAVE] > 0:
        take(clients, PL)
        pl[BEATS] -= 1
        pl[HELD] += sizes.beat_bytes
    if pl[ITEMS] == 0:
        pl[HELD] = 0


@compiled_part
def drain_cycle(drain: Int, clients: Int, writes: Int, sizes: Sizes) -> None:
    """A clock edge of hgcn_drain and hgcn_row_writer.

    A column parameter or a row a cycle; the pipeline stands while the writer is behind, whose FIFO
    keeps two places. Rows of a tile become beats when all of its rows are there, others at once, a
    row of two beats in two cycles.
    """
    if drain[ACTIVE] == 0:
        return
    if drain[LEAVING] == 0 and drain[BEATS] == 0 and drain[OUT_SENT] == drain[OUT_BEATS]:
        drain[ACTIVE] = 0
        return
    moved = False
    held = drain[OUT_MADE] - drain[OUT_SENT]
    enabled = held <= WRITER_BEATS and drain[OUT_SECOND] == 0
    if held > 0 and write_room(writes, sizes):
        write_beat(writes)
        drain[OUT_SENT] += 1
        moved = True
    gone = drain[OUT_ROWS] - drain[LEAVING]
    if drain[TILED] == 1:
        drain[OUT_MADE] += drain[OUT_READ]
        whole = gone // sizes.block_rows * sizes.block_rows * drain[OUT_BEATS] // drain[OUT_ROWS]
        drain[OUT_READ] = whole > drain[OUT_MADE] and held <= WRITER_BEATS
    taken = 0
    if drain[PARAMETERS] > 0:
        if drain[HELD] >= PARAMETER_BYTES:
            drain[PARAMETERS] -= 1
            drain[HELD] -= PARAMETER_BYTES
            moved = True
    elif enabled and drain[ROWS] > 0 and drain[HELD] >= RECORD_BYTES:
        taken = 1
        drain[ROWS] -= 1
        drain[HELD] -= RECORD_BYTES
        moved = True
    if enabled:
        drain[FLIGHT] = drain[FLIGHT] << 1 | taken
        # A row leaves for the store's register, which is written a cycle later.
        if drain[FLIGHT] >> (DRAIN_DEPTH - 1) & 1:
            drain[LEAVING] -= 1
            gone += 1
            moved = True
        drain[FLIGHT] &= (1 << DRAIN_DEPTH) - 1
    if drain[TILED] == 0 and drain[OUT_BEATS] > 0:
        ready = gone * drain[OUT_BEATS] // drain[OUT_ROWS]
        drain[OUT_MADE] += ready > drain[OUT_MADE]
        drain[OUT_SECOND] = ready > drain[OUT_MADE]
    over = drain[PARAMETERS] == 0 and drain[ROWS] == 0
    room = over or drain[HELD] <= 2 * PARAMETER_BYTES
    if drain[BEATS] > 0 and clients[DRAIN, HAVE] > 0 and room:
        take(clients, DRAIN)
        drain[BEATS] -= 1
        drain[HELD] = 0 if over else drain[HELD] + sizes.beat_bytes
    # `busy_o`: a parameter or a record taken, a row leaving, a beat to memory.
    drain[BUSY] += moved
