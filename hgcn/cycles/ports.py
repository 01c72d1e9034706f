# SPDX-License-Identifier: Apache-2.0
"""hgcn_packetiser and hgcn_async_fifo: beats from a port's queue into the other clock.

`ports` has a port at ``[row, port]``: that of A, then those of B by column. PL edges and array
edges are counted each in its own clock.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles.sizes import Sizes
from hgcn.jit import compiled_part

Int = NDArray[np.int64]

PORT_BEATS = 16
"""Beats of a clock crossing (hgcn_tensor_array, PortDepth)."""
CROSSING = 3
"""Edges of the receiving clock to a beat, or to its room, seen there (hgcn_async_fifo)."""
PIECES = 32
"""Pieces of a port: more than it queues."""
BEATS = 32
"""Beats of a clock crossing: more than it holds, and as many again that have been taken."""

(
    PIECE,  # Pieces wholly in the packetiser's output register so far
    IN_PIECE,  # Beats of the next one
    OUT,  # Beats in the output register so far
    OUT_AT,  # PL edge of the last one
    CROSSED,  # Beats in the clock crossing so far
    CROSSED_AT,
    TAKEN,  # Beats taken by the PE so far
) = range(7)
PUSHED = 7  # PL edge of each piece
LENGTH = PUSHED + PIECES  # Its beats, a header included
LEFT = LENGTH + PIECES  # PL edge at which its last beat leaves the packetiser's queue
SHOWN = LEFT + PIECES  # array edge from which each beat can be taken
TAKEN_AT = SHOWN + BEATS  # array edge at which it is
PORT_SIZE = TAKEN_AT + BEATS
"""Elements of a port."""


@compiled_part
def array_after(t: int, sizes: Sizes) -> int:
    """Return the first array edge after PL edge ``t``."""
    return (t * sizes.pl_ps - sizes.array_phase_ps) // sizes.array_ps + 1


@compiled_part
def pl_after(k: int, sizes: Sizes) -> int:
    """Return the first PL edge after array edge ``k``."""
    return (k * sizes.array_ps + sizes.array_phase_ps) // sizes.pl_ps + 1


@compiled_part
def send(ports: Int, row: int, port: int, pieces: int, sizes: Sizes) -> bool:
    """Follow a port's beats from its queue into the clock crossing; whether any moved."""
    moved = False
    while True:
        if ports[row, port, OUT] == ports[row, port, CROSSED]:
            # To the packetiser's output register, once the beat before has left it.
            if ports[row, port, PIECE] == pieces:
                return moved
            slot = ports[row, port, PIECE] % PIECES
            at = max(ports[row, port, PUSHED + slot], ports[row, port, OUT_AT]) + 1
            at = max(at, ports[row, port, CROSSED_AT])
            ports[row, port, OUT_AT] = at
            ports[row, port, OUT] += 1
            ports[row, port, IN_PIECE] += 1
            if ports[row, port, IN_PIECE] == ports[row, port, LENGTH + slot]:
                ports[row, port, LEFT + slot] = at
                ports[row, port, IN_PIECE] = 0
                ports[row, port, PIECE] += 1
            moved = True
        beat = ports[row, port, CROSSED]
        at = ports[row, port, OUT_AT] + 1
        if beat >= PORT_BEATS:
            if ports[row, port, TAKEN] <= beat - PORT_BEATS:
                return moved
            room = ports[row, port, TAKEN_AT + (beat - PORT_BEATS) % BEATS]
            at = max(at, pl_after(room, sizes) + CROSSING)
        ports[row, port, CROSSED_AT] = at
        ports[row, port, SHOWN + beat % BEATS] = array_after(at, sizes) + CROSSING
        ports[row, port, CROSSED] += 1
