# SPDX-License-Identifier: Apache-2.0
"""hgcn_drain and hgcn_row_writer, a cycle at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles.reads import DRAIN, HAVE, take
from hgcn.cycles.sizes import Sizes
from hgcn.cycles.writes import write_beat, write_room
from hgcn.jit import compiled_part

Int = NDArray[np.int64]

DRAIN_DEPTH = 11
"""Line of records to its rows written (hgcn_drain, Latency)."""
RECORD_BEATS = 2
"""Beats of records that wait to be used (hgcn_drain_records, FifoDepth)."""
WRITER_BEATS = 8
"""Beats that wait for memory (hgcn_row_writer, FifoDepth)."""
TILE_BUFFERS = 2
"""Row blocks on their way to tiles (hgcn_tile_beats): one fills while another is sent."""

(
    ACTIVE,
    BEATS,  # Of the stream, to come
    HELD,  # Beats of records here
    USED,  # Lines of the oldest of them that are used
    PARAMETERS,  # Beats of column parameters to come
    LINES,  # To enter the pipeline
    LEAVING,  # Lines to leave it
    FLIGHT,  # A bit per line under way
    BUSY,  # Cycles counted as `busy_o`
    OUT_LINES,  # Lines of the command
    OUT_BEATS,  # Beats of these in memory
    OUT_MADE,  # Of these, put into the writer's FIFO
    OUT_SENT,  # Of these, given to the write master
    OUT_REST,  # Beats to come of a line that has left the pipeline
    OUT_READ,  # A beat of a tile is read
    TILED,
) = range(16)
DRAIN_SIZE = 16
"""Elements of its state."""


@compiled_part
def start_drain(
    drain: Int, beats: int, rows: int, out_beats: int, tiled: int, sizes: Sizes
) -> None:
    """Take a command: beats of records, rows, and the beats that these are in memory."""
    drain[ACTIVE] = 1
    drain[BEATS] = beats
    drain[HELD] = drain[USED] = 0
    drain[PARAMETERS] = sizes.parameter_beats
    drain[LINES] = drain[LEAVING] = drain[OUT_LINES] = rows // sizes.drain_rows
    drain[OUT_BEATS] = out_beats
    drain[OUT_MADE] = drain[OUT_SENT] = 0
    drain[TILED] = tiled


@compiled_part
def drain_cycle(drain: Int, clients: Int, writes: Int, sizes: Sizes) -> None:
    """A clock edge of hgcn_drain and hgcn_row_writer.

    A beat of column parameters or a line of rows a cycle; the pipeline stands while the writer is
    behind, whose FIFO keeps two places. A row block of a tile becomes beats when all of its lines
    are there, other lines at once, those of several beats in as many cycles.
    """
    if drain[ACTIVE] == 0:
        return
    if drain[LEAVING] == 0 and drain[BEATS] == 0 and drain[OUT_SENT] == drain[OUT_BEATS]:
        drain[ACTIVE] = 0
        return
    moved = False
    room = drain[HELD] < RECORD_BEATS
    waiting = drain[OUT_MADE] - drain[OUT_SENT]
    gone = drain[OUT_LINES] - drain[LEAVING]
    enabled = waiting <= WRITER_BEATS - 2 and drain[OUT_REST] == 0
    if waiting > 0 and write_room(writes, sizes):
        write_beat(writes)
        drain[OUT_SENT] += 1
        moved = True
    if drain[TILED] == 1:
        drain[OUT_MADE] += drain[OUT_READ]
        block_lines = sizes.block_rows // sizes.drain_rows
        block_beats = block_lines * drain[OUT_BEATS] // drain[OUT_LINES]
        whole = gone // block_lines
        enabled &= whole - drain[OUT_MADE] // block_beats < TILE_BUFFERS
        drain[OUT_READ] = waiting <= WRITER_BEATS - 2 and drain[OUT_MADE] < whole * block_beats
    taken = used = 0
    if drain[HELD] > 0:
        if drain[PARAMETERS] > 0:
            drain[PARAMETERS] -= 1
            used = sizes.beat_lines
            moved = True
        elif drain[LINES] == 0:
            used = sizes.beat_lines  # Beats behind the last line are taken and dropped.
        elif enabled:
            drain[LINES] -= 1
            taken = used = 1
            moved = True
    drain[USED] += used
    if drain[USED] >= sizes.beat_lines:
        drain[USED] = 0
        drain[HELD] -= 1
    if enabled:
        drain[FLIGHT] = drain[FLIGHT] << 1 | taken
        # A line leaves for the store's register, which is written a cycle later.
        if drain[FLIGHT] >> (DRAIN_DEPTH - 1) & 1:
            drain[LEAVING] -= 1
            gone += 1
            moved = True
        drain[FLIGHT] &= (1 << DRAIN_DEPTH) - 1
    if drain[TILED] == 0 and drain[OUT_BEATS] > 0 and waiting < WRITER_BEATS:
        ready = gone * drain[OUT_BEATS] // drain[OUT_LINES]
        drain[OUT_MADE] += ready > drain[OUT_MADE]
        drain[OUT_REST] = ready - drain[OUT_MADE]
    if drain[BEATS] > 0 and clients[DRAIN, HAVE] > 0 and room:
        take(clients, DRAIN)
        drain[BEATS] -= 1
        drain[HELD] += 1
    # `busy_o`: parameters or a line of records taken, a line leaving, a beat to memory.
    drain[BUSY] += moved
