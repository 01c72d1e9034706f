# SPDX-License-Identifier: Apache-2.0
"""hgcn_axi_read and its stream readers, a cycle at a time, without data.

Arrays instead of objects: these are the inner loops of the cycle model. `clients` has a row per
stream reader, `reads` is the master they share; their columns are the constants below. Counters
only rise; what is under way is the difference of two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles.sizes import Sizes
from hgcn.format.numbers import ReadClient
from hgcn.jit import compiled_part

Int = NDArray[np.int64]

CLIENTS = len(ReadClient)
RECORDS, LOAD, PL, CONTROL, LEFT_OPERAND, DRAIN = (client.value for client in ReadClient)
"""The stream readers of hgcn_axi_read."""
QUEUED = 4
"""Streams a client queues (hgcn_stream_reader, Commands)."""
FIFO_BEATS = 512
"""Beats a client holds (hgcn_axi_read, FifoBeats)."""
RECORD_LINES = 32
"""Lines the record client holds (hgcn_axi_read, RecordBeats)."""
BURST_LINES = 16
"""A burst stays within so many aligned lines (hgcn_stream_reader, BurstLines)."""
READS = 16
"""Bursts under way (hgcn_axi_read, Bursts)."""

(
    LEFT,  # Lines of the stream being cut into bursts
    AT,  # Its next line, of which the place in a burst matters
    RESERVED,  # Beats asked for, or in the FIFO's RAM
    BURST,  # Beats of the burst offered
    STORED,  # Beats in the FIFO's RAM
    HAVE,  # A beat is at the output
    ASKED,  # Streams queued so far
    NEW,  # Of these, queued at this edge
    ISSUED,  # Of these, cut into bursts or being cut
    ENDED,  # Of these, wholly arrived
    ARRIVED,  # Beats of the stream that arrives
    DEPTH,  # Beats that may be reserved
) = range(12)
QUEUE = 12
"""Columns of `clients`; from `QUEUE` on, lines and first line of each queued stream."""
CLIENT_SIZE = QUEUE + 2 * QUEUED

(
    TURN,  # Client granted last
    ADDRESS,  # An address is on the AR channel
    GRANTED,  # Bursts, in order of their progress
    ACCEPTED,  # Address taken by the memory
    SENT,  # All beats sent by the memory
    LANDED,  # All beats out of the R register
    PROGRESS,  # Beats of the oldest burst sent
    SENDING,  # Client of the beat on the R channel, plus 1
    SENDING_LAST,
    LANDING,  # Client of the beat in the R register, plus 1
    LANDING_LAST,
    BEATS_READ,
) = range(12)
BURSTS = 12  # Client, beats, due of each burst
READ_SIZE = BURSTS + 3 * READS
"""Elements of `reads`."""


@compiled_part
def new_clients(sizes: Sizes) -> Int:
    """Return the clients with nothing asked."""
    clients = np.zeros((CLIENTS, CLIENT_SIZE), np.int64)
    clients[:, DEPTH] = FIFO_BEATS
    clients[RECORDS, DEPTH] = RECORD_LINES * sizes.line_beats
    return clients


@compiled_part
def ask(clients: Int, client: int, lines: int, at: int) -> bool:
    """Queue a stream at a client; False if its queue is full."""
    if clients[client, ASKED] - clients[client, ENDED] >= QUEUED:
        return False
    slot = QUEUE + 2 * (clients[client, ASKED] % QUEUED)
    clients[client, slot] = lines
    clients[client, slot + 1] = at
    clients[client, ASKED] += 1
    clients[client, NEW] = 1
    return True


@compiled_part
def take(clients: Int, client: int) -> None:
    """Take the beat at a client's output."""
    clients[client, HAVE] = 0


@compiled_part
def read_cycle(t: int, clients: Int, reads: Int, sizes: Sizes) -> None:
    """A clock edge of hgcn_axi_read; the memory's part is `hgcn.cycles.memory`."""
    landed = reads[LANDING] - 1
    landed_last = landed >= 0 and reads[LANDING_LAST] == 1
    reads[LANDING], reads[LANDING_LAST] = reads[SENDING], reads[SENDING_LAST]
    if reads[SENDING] > 0:
        reads[BEATS_READ] += 1
        reads[SENDING] = 0
    # The memory takes the address; the next one is granted.
    if reads[ADDRESS] > 0:
        reads[ADDRESS] = 0
        reads[BURSTS + 3 * (reads[ACCEPTED] % READS) + 2] = t + sizes.latency_cycles - 1
        reads[ACCEPTED] += 1
    granted = -1
    if reads[GRANTED] - reads[LANDED] < READS:
        turn = reads[TURN]
        for step in range(1, CLIENTS + 1):
            client = turn + step - (CLIENTS if turn + step >= CLIENTS else 0)
            if clients[client, BURST] > 0:
                slot = BURSTS + 3 * (reads[GRANTED] % READS)
                reads[slot] = client
                reads[slot + 1] = clients[client, BURST]
                clients[client, BURST] = 0
                reads[GRANTED] += 1
                reads[TURN] = client
                reads[ADDRESS] = 1
                granted = client
                break
    reads[LANDED] += landed_last
    for client in range(CLIENTS):
        # Its stream is cut into bursts, one every second cycle, for room reserved before.
        if clients[client, LEFT] > 0:
            if clients[client, BURST] == 0 and client != granted:
                chunk = min(clients[client, LEFT], BURST_LINES - clients[client, AT] % BURST_LINES)
                if clients[client, RESERVED] + chunk * sizes.line_beats <= clients[client, DEPTH]:
                    clients[client, BURST] = chunk * sizes.line_beats
                    clients[client, RESERVED] += chunk * sizes.line_beats
                    clients[client, LEFT] -= chunk
                    clients[client, AT] += chunk
        elif clients[client, ISSUED] < clients[client, ASKED] - clients[client, NEW]:
            slot = QUEUE + 2 * (clients[client, ISSUED] % QUEUED)
            clients[client, LEFT] = clients[client, slot]
            clients[client, AT] = clients[client, slot + 1]
            clients[client, ISSUED] += 1
        clients[client, NEW] = 0
        # A beat moves from the RAM to the output, and gives its room back.
        if clients[client, HAVE] == 0 and clients[client, STORED] > 0:
            clients[client, HAVE] = 1
            clients[client, STORED] -= 1
            clients[client, RESERVED] -= 1
        if client == landed:
            clients[client, STORED] += 1
            clients[client, ARRIVED] += 1
            slot = QUEUE + 2 * (clients[client, ENDED] % QUEUED)
            if clients[client, ARRIVED] == clients[client, slot] * sizes.line_beats:
                clients[client, ARRIVED] = 0
                clients[client, ENDED] += 1
