# SPDX-License-Identifier: Apache-2.0
"""Gather, PE rows and merge over the slices of one command."""

from __future__ import annotations

import numpy as np

from hgcn.cycles import array, gather, merge, reads
from hgcn.cycles.sizes import Sizes, sizes_of
from hgcn.format.streams import FLAG_DENSE, FLAG_FIRST, FLAG_INT8, FLAG_LAST
from tests.samples import TINY

FREE = sizes_of(TINY)._replace(
    read_steps=1, array_steps=1, b_beats=1, binary_beats=1, sum_beats=4, array_ps=10_000
)
"""An array none of whose stages takes more than a cycle for a slice, in one clock."""


class Slices:
    """The array with streams that are never late."""

    def __init__(
        self, rows: list[int], flags: list[int], sizes: Sizes, tags: list[int] | None = None
    ) -> None:
        self.sizes, self.t, self.gather_end = sizes, 0, 0
        self.slice_row, self.slice_flags = np.array(rows, int), np.array(flags, int)
        self.slice_tag = np.array(range(len(rows)) if tags is None else tags, int)
        self.clients = reads.new_clients(sizes)
        self.gather = np.zeros(gather.GATHER_SIZE, np.int64)
        self.merge = merge.new_merge(sizes)
        self.merging = np.zeros((sizes.pe_rows, merge.MERGING_SIZE), np.int64)
        self.rows, self.ports, self.pes = array.new_array(sizes)
        control = sum(
            gather.HEAD_BYTES if flag & FLAG_DENSE else gather.RECORD_BYTES for flag in flags
        )
        left = sum(sizes.binary_bytes * (8 if flag & FLAG_INT8 else 1) for flag in flags)
        self.gather[gather.RECORDS] = len(rows)
        self.gather[gather.CTL_BEATS] = -(-control // sizes.beat_bytes)
        self.gather[gather.A_BEATS] = -(-left // sizes.beat_bytes)
        self.merge[merge.PACKETS] = sum(flag & FLAG_LAST > 0 for flag in flags)
        self.gather[gather.ACTIVE] = self.merge[merge.ACTIVE] = 1

    def edge(self, *, left_operand: bool = True, merges: bool = True) -> None:
        """A clock edge, of the merge too if it is to take anything."""
        self.t += 1
        self.clients[:, reads.HAVE] = 1
        self.clients[reads.LEFT_OPERAND, reads.HAVE] = left_operand
        gather.gather_cycle(
            self.t,
            self.gather,
            self.rows,
            self.ports,
            self.clients,
            self.slice_row,
            self.slice_flags,
            self.slice_tag,
            self.sizes,
        )
        for row in range(self.sizes.pe_rows):
            array.follow(row, self.rows, self.ports, self.pes, self.sizes)
        if merges:
            merge.merge_cycle(self.t, self.merge, self.merging, self.rows, self.pes, self.sizes)
        if not self.gather[gather.ACTIVE] and not self.gather_end:
            self.gather_end = self.t

    def run(self) -> int:
        """Cycles until gather and merge are idle."""
        while self.gather[gather.ACTIVE] or self.merge[merge.ACTIVE]:
            self.edge()
            assert self.t < 100_000
        return self.t

    def done(self, row: int = 0, col: int = 0) -> list[int]:
        """Array edges of the last steps of a PE's last slices."""
        last = int(self.pes[row, col, array.STEP_SLICE])
        places = np.arange(max(0, last - array.SLICES), last) % array.SLICES
        return [int(edge) for edge in self.pes[row, col, array.DONE_AT + places]]

    def pace(self) -> float:
        """PL cycles a slice of PE row 0 takes, measured over its last ones."""
        done = self.done()
        return (done[-1] - done[-17]) / 16 * self.sizes.array_ps / self.sizes.pl_ps


def one_packet(slices: int, kind: int = FLAG_DENSE) -> tuple[list[int], list[int]]:
    """Slices of a packet on PE row 0."""
    flags = [kind] * slices
    flags[0] |= FLAG_FIRST
    flags[-1] |= FLAG_LAST
    return [0] * slices, flags


def packets(count: int, pe_rows: int) -> tuple[list[int], list[int]]:
    """Packets of a slice, over the PE rows in turn."""
    return [number % pe_rows for number in range(count)], [
        FLAG_FIRST | FLAG_LAST | FLAG_DENSE
    ] * count
