# SPDX-License-Identifier: Apache-2.0
"""hgcn_axi_read, hgcn_axi_write and the memory behind them, a cycle at a time, without data.

Arrays instead of objects: these are the inner loops of the cycle model. `clients` has a row per
stream reader, `bus` is everything else; their columns are the constants below. Counters only rise;
what is under way is the difference of two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles.sizes import Sizes
from hgcn.jit import compiled_part

Int = NDArray[np.int64]
Float = NDArray[np.float64]

CLIENTS = 6
RECORDS, LOAD, PL, CONTROL, LEFT_OPERAND, DRAIN = range(CLIENTS)
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
"""Read bursts under way (hgcn_axi_read, Bursts)."""
WRITES = 16
"""Write bursts under way (hgcn_axi_write, Bursts)."""
WRITE_BURSTS = 4
"""Bursts the write FIFO holds (hgcn_axi_write, FifoBeats)."""
ARRIVAL = 4
"""Beat on the R channel to the cycle its client can give it away (hgcn_axi_read: 3 to valid)."""
ACKNOWLEDGED = 2
"""Response on the B channel to the master knowing it (hgcn_axi_write: a register, then a count)."""
CREDIT_BEATS = 4
"""Beats of bandwidth a memory that was idle makes up for."""

(
    LEFT,  # Lines of the stream being cut into bursts
    AT,  # Its next line, of which the place in a burst matters
    RESERVED,  # Beats held or asked for
    BURST,  # Beats of the burst offered
    HAVE,  # Beats at the output
    ASKED,  # Streams queued so far
    ISSUED,  # Of these, cut into bursts or being cut
    ENDED,  # Of these, wholly arrived
    TO_COME,  # Beats of the stream that arrives
    DEPTH,  # Beats that may be reserved
) = range(10)
QUEUE = 10
"""Columns of `clients`; from `QUEUE` on, lines and first line of each queued stream."""
CLIENT_SIZE = QUEUE + 2 * QUEUED

(
    TURN,  # Client granted last
    ADDRESS,  # Client of the address under way, plus 1
    GRANTED,  # Read bursts, in order of their progress
    ACCEPTED,
    LANDING,
    FINISHED,
    PROGRESS,  # Beats of the oldest read burst sent
    SENDING,  # Client of the beat on the R channel, plus 1
    BEATS_READ,
    W_LEFT,  # Lines of the write command for which no burst is claimed
    W_AT,
    W_UNCLAIMED,  # Beats held for which no burst is claimed
    W_HELD,
    W_CLAIMED,  # Write bursts, in order of their progress
    W_OPEN,
    W_SENT,
    W_ACKED,
    W_PROGRESS,  # Beats of the oldest write burst sent
    W_READY,  # The memory takes a W beat
    BEATS_WRITTEN,
) = range(20)
ARRIVING = 20  # Clients of the beats on their way to the outputs, plus 1
BURSTS = ARRIVING + ARRIVAL  # Client, beats, due of each read burst
W_BURSTS = BURSTS + 3 * READS  # Beats, due of each write burst
BUS_SIZE = W_BURSTS + 2 * WRITES
"""Elements of `bus`."""


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
    return True


@compiled_part
def take(clients: Int, client: int) -> None:
    """Take a beat that a client holds."""
    clients[client, HAVE] -= 1
    clients[client, RESERVED] -= 1


@compiled_part
def read_cycle(t: int, clients: Int, bus: Int, sizes: Sizes) -> None:
    """A clock edge of hgcn_axi_read; the memory's part is `memory_cycle`."""
    # Beats come out of the FIFOs.
    out = bus[ARRIVING + t % ARRIVAL]
    if out > 0:
        clients[out - 1, HAVE] += 1
    bus[ARRIVING + t % ARRIVAL] = 0
    if bus[SENDING] > 0:
        client = bus[SENDING] - 1
        bus[SENDING] = 0
        bus[BEATS_READ] += 1
        bus[ARRIVING + t % ARRIVAL] = client + 1
        clients[client, TO_COME] -= 1
        if clients[client, TO_COME] == 0:
            clients[client, ENDED] += 1
            if clients[client, ENDED] < clients[client, ASKED]:
                slot = QUEUE + 2 * (clients[client, ENDED] % QUEUED)
                clients[client, TO_COME] = clients[client, slot] * sizes.line_beats
        bus[PROGRESS] += 1
        if bus[PROGRESS] == bus[BURSTS + 3 * (bus[FINISHED] % READS) + 1]:
            bus[PROGRESS] = 0
            bus[FINISHED] += 1
    # The memory takes the address; the next one is granted.
    if bus[ADDRESS] > 0:
        bus[ADDRESS] = 0
        bus[ACCEPTED] += 1
    granted = -1
    if bus[GRANTED] - bus[FINISHED] < READS:
        turn = bus[TURN]
        for step in range(1, CLIENTS + 1):
            client = turn + step - (CLIENTS if turn + step >= CLIENTS else 0)
            if clients[client, BURST] > 0:
                slot = BURSTS + 3 * (bus[GRANTED] % READS)
                bus[slot] = client
                bus[slot + 1] = clients[client, BURST]
                clients[client, BURST] = 0
                bus[GRANTED] += 1
                bus[TURN] = client
                bus[ADDRESS] = client + 1
                granted = client
                break
    # Clients cut their streams into bursts, one every second cycle.
    for client in range(CLIENTS):
        if clients[client, LEFT] > 0:
            if clients[client, BURST] == 0 and client != granted:
                chunk = min(clients[client, LEFT], BURST_LINES - clients[client, AT] % BURST_LINES)
                if clients[client, RESERVED] + chunk * sizes.line_beats <= clients[client, DEPTH]:
                    clients[client, BURST] = chunk * sizes.line_beats
                    clients[client, RESERVED] += chunk * sizes.line_beats
                    clients[client, LEFT] -= chunk
                    clients[client, AT] += chunk
        elif clients[client, ISSUED] < clients[client, ASKED]:
            slot = QUEUE + 2 * (clients[client, ISSUED] % QUEUED)
            if clients[client, ISSUED] == clients[client, ENDED]:
                clients[client, TO_COME] = clients[client, slot] * sizes.line_beats
            clients[client, LEFT] = clients[client, slot]
            clients[client, AT] = clients[client, slot + 1]
            clients[client, ISSUED] += 1


@compiled_part
def write_cycle(bus: Int, sizes: Sizes) -> None:
    """A clock edge of hgcn_axi_write; the memory's part is `memory_cycle`."""
    if bus[W_READY] > 0:
        bus[W_READY] = 0
        if bus[W_SENT] < bus[W_CLAIMED] and bus[W_HELD] > 0:
            bus[W_HELD] -= 1
            bus[BEATS_WRITTEN] += 1
            bus[W_PROGRESS] += 1
    bus[W_OPEN] = bus[W_CLAIMED]
    if bus[W_LEFT] > 0 and bus[W_CLAIMED] - bus[W_ACKED] < WRITES:
        chunk = min(bus[W_LEFT], BURST_LINES - bus[W_AT] % BURST_LINES)
        beats = chunk * sizes.line_beats
        if bus[W_UNCLAIMED] >= beats:
            bus[W_BURSTS + 2 * (bus[W_CLAIMED] % WRITES)] = beats
            bus[W_CLAIMED] += 1
            bus[W_UNCLAIMED] -= beats
            bus[W_LEFT] -= chunk
            bus[W_AT] += chunk


@compiled_part
def write_room(bus: Int, sizes: Sizes) -> bool:
    """Whether the write FIFO takes a beat."""
    return bool(bus[W_HELD] < WRITE_BURSTS * BURST_LINES * sizes.line_beats)


@compiled_part
def write_beat(bus: Int) -> None:
    """Put a beat into the write FIFO."""
    bus[W_HELD] += 1
    bus[W_UNCLAIMED] += 1


@compiled_part
def write_idle(bus: Int) -> bool:
    """Whether all that was written has been acknowledged."""
    return bool(bus[W_LEFT] == 0 and bus[W_CLAIMED] == bus[W_ACKED] and bus[W_UNCLAIMED] == 0)


@compiled_part
def memory_cycle(t: int, bus: Int, credit: Float, sizes: Sizes) -> None:
    """A clock edge of the memory: in order, a latency, one bandwidth for both directions.

    `credit` has one element, the bytes that may move. What happens at an edge is what the
    simulator's memory (sim/dram/axi_memory.cc) does at it.
    """
    beat_bytes = sizes.beat_bytes
    due = t + sizes.latency_cycles - 1
    while bus[LANDING] < bus[ACCEPTED]:
        bus[BURSTS + 3 * (bus[LANDING] % READS) + 2] = due
        bus[LANDING] += 1
    head = W_BURSTS + 2 * (bus[W_SENT] % WRITES)
    if bus[W_SENT] < bus[W_CLAIMED] and bus[W_PROGRESS] == bus[head]:
        bus[head + 1] = due + ACKNOWLEDGED
        bus[W_PROGRESS] = 0
        bus[W_SENT] += 1
    credit[0] = min(credit[0] + sizes.rate_bytes, float(CREDIT_BEATS * beat_bytes))
    # Who asks first for the shared bandwidth changes every cycle: neither side starves.
    for half in range(2):
        if (half + t) % 2 == 0:
            ready = (
                bus[SENDING] == 0
                and bus[FINISHED] < bus[LANDING]
                and bus[BURSTS + 3 * (bus[FINISHED] % READS) + 2] <= t
            )
            if ready and credit[0] >= beat_bytes:
                credit[0] -= beat_bytes
                bus[SENDING] = bus[BURSTS + 3 * (bus[FINISHED] % READS)] + 1
        else:
            if bus[W_ACKED] < bus[W_SENT] and bus[W_BURSTS + 2 * (bus[W_ACKED] % WRITES) + 1] <= t:
                bus[W_ACKED] += 1
            ready = bus[W_SENT] < bus[W_OPEN] and bus[W_HELD] > 0
            if ready and credit[0] >= beat_bytes:
                credit[0] -= beat_bytes
                bus[W_READY] = 1
