# SPDX-License-Identifier: Apache-2.0
"""The memory, a cycle at a time: in order, a latency, one bandwidth for both directions.

What happens at an edge is what the simulator's memory (sim/dram/axi_memory.cc) does at it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles import reads as r
from hgcn.cycles import writes as w
from hgcn.cycles.sizes import Sizes
from hgcn.jit import compiled_part

Int = NDArray[np.int64]
Float = NDArray[np.float64]

CREDIT_BEATS = 4
"""Beats of bandwidth a memory that was idle makes up for."""


@compiled_part
def new_credit(sizes: Sizes) -> Float:
    """Return the bytes that may move, one element: all it can hold, for nothing has moved."""
    return np.full(1, float(CREDIT_BEATS * sizes.beat_bytes))


@compiled_part
def memory_cycle(t: int, reads: Int, writes: Int, credit: Float, sizes: Sizes) -> None:
    """A clock edge of the memory, after those of both masters."""
    beat_bytes = sizes.beat_bytes
    credit[0] = min(credit[0] + sizes.rate_bytes, float(CREDIT_BEATS * beat_bytes))
    # Who asks first for the shared bandwidth changes every cycle: neither side starves.
    for half in range(2):
        if (half + t + sizes.start_edge) % 2 == 0:
            slot = r.BURSTS + 3 * (reads[r.SENT] % r.READS)
            ready = reads[r.SENT] < reads[r.ACCEPTED] and reads[slot + 2] <= t
            if ready and credit[0] >= beat_bytes:
                credit[0] -= beat_bytes
                reads[r.SENDING] = reads[slot] + 1
                reads[r.PROGRESS] += 1
                reads[r.SENDING_LAST] = reads[r.PROGRESS] == reads[slot + 1]
                if reads[r.SENDING_LAST] == 1:
                    reads[r.PROGRESS] = 0
                    reads[r.SENT] += 1
        else:
            slot = w.BURSTS + 2 * (writes[w.ANSWERED] % w.WRITES)
            if writes[w.ANSWERED] < writes[w.SENT] and writes[slot + 1] <= t:
                writes[w.ANSWERED] += 1
                writes[w.ANSWER] = 1
            if writes[w.SENT] < writes[w.OPENED] and credit[0] >= beat_bytes:
                credit[0] -= beat_bytes
                writes[w.READY] = 1
