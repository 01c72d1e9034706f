# SPDX-License-Identifier: Apache-2.0
"""Both memory masters and the memory, with consumers that take what they may."""

from __future__ import annotations

import numpy as np

from hgcn.cycles import memory, reads, writes
from hgcn.cycles.sizes import Sizes, sizes_of
from tests.samples import TINY


class Traffic:
    """The masters and a memory of `tiny`, or one with other fields of `Sizes`."""

    def __init__(self, **changes: float) -> None:
        fast = {"rate_bytes": 2.0 * TINY.axi_bytes} | changes
        self.sizes: Sizes = sizes_of(TINY)._replace(**fast)  # type: ignore[arg-type]
        self.clients = reads.new_clients(self.sizes)
        self.reads = np.zeros(reads.READ_SIZE, np.int64)
        self.writes = np.zeros(writes.WRITE_SIZE, np.int64)
        self.credit = memory.new_credit(self.sizes)
        self.t = 0
        self.taken = np.zeros(reads.CLIENTS, int)
        self.to_write = 0

    def edge(self, *takers: int) -> None:
        """A clock edge at which `takers` take a beat each, if they have one."""
        self.t += 1
        for client in takers:
            if self.clients[client, reads.HAVE] > 0:
                reads.take(self.clients, client)
                self.taken[client] += 1
        if self.to_write > 0 and writes.write_room(self.writes, self.sizes):
            writes.write_beat(self.writes)
            self.to_write -= 1
        reads.read_cycle(self.t, self.clients, self.reads, self.sizes)
        writes.write_cycle(self.t, self.writes, self.credit, self.sizes)
        memory.memory_cycle(self.t, self.reads, self.writes, self.credit, self.sizes)

    def edges(self, count: int, *takers: int) -> None:
        """So many clock edges."""
        for _ in range(count):
            self.edge(*takers)

    def until_taken(self, beats: int, *takers: int) -> int:
        """Edges until `takers` have `beats` together."""
        while self.taken.sum() < beats:
            self.edge(*takers)
            assert self.t < 100_000
        return self.t

    def write(self, lines: int) -> None:
        """A write command, and its beats one an edge from the next on."""
        assert writes.ask_write(self.writes, lines, 0)
        self.to_write += lines * self.sizes.line_beats
