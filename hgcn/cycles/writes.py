# SPDX-License-Identifier: Apache-2.0
"""hgcn_axi_write, a cycle at a time, without data: `writes` is its state, as in `reads`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles.reads import BURST_LINES
from hgcn.cycles.sizes import Sizes
from hgcn.jit import compiled_part

Int = NDArray[np.int64]
Float = NDArray[np.float64]

QUEUED = 4
"""Commands queued (hgcn_axi_write, Commands)."""
WRITES = 16
"""Bursts under way (hgcn_axi_write, Bursts)."""
FIFO_BURSTS = 4
"""Bursts the FIFO holds (hgcn_axi_write, FifoBeats)."""

(
    ASKED,  # Commands queued so far
    NEW,  # Of these, queued at this edge
    ISSUED,  # Of these, cut into bursts or being cut
    LEFT,  # Lines of the command for which no burst is claimed
    AT,  # Its next line
    UNCLAIMED,  # Beats held for which no burst is claimed
    STORED,  # Beats in the FIFO's RAM
    HAVE,  # A beat is at the FIFO's output
    GIVEN,  # A beat is put into the FIFO at this edge
    ADDRESS,  # An address is on the AW channel
    CLAIMED,  # Bursts, in order of their progress
    OPENED,  # Address taken by the memory
    SENT,  # All beats taken by the memory
    ANSWERED,  # By the memory
    ACKNOWLEDGED,  # Response counted by the master
    PROGRESS,  # Beats of the oldest burst sent
    READY,  # The memory takes a W beat
    ANSWER,  # A response is on the B channel
    ANSWER_HELD,  # In the master's register
    BEATS_WRITTEN,
) = range(20)
QUEUE = 20  # Lines, first line of each queued command
BURSTS = QUEUE + 2 * QUEUED  # Beats, due of each burst
WRITE_SIZE = BURSTS + 2 * WRITES
"""Elements of `writes`."""


@compiled_part
def ask_write(writes: Int, lines: int, at: int) -> bool:
    """Queue a command; False if the queue is full."""
    if writes[ASKED] - writes[ISSUED] >= QUEUED:
        return False
    slot = QUEUE + 2 * (writes[ASKED] % QUEUED)
    writes[slot] = lines
    writes[slot + 1] = at
    writes[ASKED] += 1
    writes[NEW] = 1
    return True


@compiled_part
def write_room(writes: Int, sizes: Sizes) -> bool:
    """Whether the FIFO takes a beat."""
    return bool(writes[STORED] < FIFO_BURSTS * BURST_LINES * sizes.line_beats)


@compiled_part
def write_beat(writes: Int) -> None:
    """Put a beat into the FIFO."""
    writes[GIVEN] = 1


@compiled_part
def write_idle(writes: Int) -> bool:
    """Whether all that was written has been acknowledged."""
    under_way = writes[ADDRESS] + writes[ANSWER_HELD] + writes[LEFT] + writes[UNCLAIMED]
    return bool(
        under_way == 0
        and writes[CLAIMED] == writes[ACKNOWLEDGED]
        and writes[ISSUED] == writes[ASKED]
    )


@compiled_part
def write_cycle(t: int, writes: Int, credit: Float, sizes: Sizes) -> None:
    """A clock edge of hgcn_axi_write; the memory's part is `hgcn.cycles.memory`."""
    if writes[READY] > 0:
        writes[READY] = 0
        if writes[HAVE] > 0 and writes[SENT] < writes[CLAIMED]:
            writes[HAVE] = 0
            writes[BEATS_WRITTEN] += 1
            writes[PROGRESS] += 1
            slot = BURSTS + 2 * (writes[SENT] % WRITES)
            if writes[PROGRESS] == writes[slot]:
                writes[slot + 1] = t + sizes.latency_cycles - 1
                writes[PROGRESS] = 0
                writes[SENT] += 1
        else:
            credit[0] += sizes.beat_bytes  # A promise of bandwidth that was not used
    if writes[HAVE] == 0 and writes[STORED] > 0:
        writes[HAVE] = 1
        writes[STORED] -= 1
    writes[OPENED] += writes[ADDRESS]
    writes[ADDRESS] = 0
    if writes[LEFT] > 0:
        chunk = min(writes[LEFT], BURST_LINES - writes[AT] % BURST_LINES)
        beats = chunk * sizes.line_beats
        if writes[UNCLAIMED] >= beats and writes[CLAIMED] - writes[ACKNOWLEDGED] < WRITES:
            writes[BURSTS + 2 * (writes[CLAIMED] % WRITES)] = beats
            writes[CLAIMED] += 1
            writes[ADDRESS] = 1
            writes[UNCLAIMED] -= beats
            writes[LEFT] -= chunk
            writes[AT] += chunk
    elif writes[ISSUED] < writes[ASKED] - writes[NEW]:
        slot = QUEUE + 2 * (writes[ISSUED] % QUEUED)
        writes[LEFT] = writes[slot]
        writes[AT] = writes[slot + 1]
        writes[ISSUED] += 1
    writes[NEW] = 0
    writes[STORED] += writes[GIVEN]
    writes[UNCLAIMED] += writes[GIVEN]
    writes[GIVEN] = 0
    writes[ACKNOWLEDGED] += writes[ANSWER_HELD]
    writes[ANSWER_HELD] = writes[ANSWER]
    writes[ANSWER] = 0
