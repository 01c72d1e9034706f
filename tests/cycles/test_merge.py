# SPDX-License-Identifier: Apache-2.0
"""The merge: headers, parts, and row blocks that two PE rows send at once."""

from __future__ import annotations

import pytest

from hgcn.cycles import merge as c
from tests.cycles.slices import FREE, Slices, packets


@pytest.mark.parametrize(("block_rows", "features"), [(16, 4), (16, 8), (32, 16)])
def test_one_row_merges_a_packet_in_its_beats_and_a_header(block_rows: int, features: int) -> None:
    beats = block_rows * features // 4
    sizes = FREE._replace(sum_beats=beats, chunks=features // 4, array_steps=4)
    slices = Slices(*packets(40, 1), sizes)
    assert slices.run() == pytest.approx(40 * (beats + 1), rel=0.02, abs=30)
    assert slices.merge[c.BUSY] == 40 * beats


@pytest.mark.parametrize(
    ("chunks", "drain_rows", "pe_rows"),
    [(1, 1, 4), (2, 1, 4), (4, 1, 4), (4, 1, 8), (1, 2, 4), (1, 4, 4), (2, 2, 4), (16, 8, 70)],
)
def test_all_rows_merge_a_beat_of_each_part_a_cycle(
    chunks: int, drain_rows: int, pe_rows: int
) -> None:
    side_by_side = min(chunks * drain_rows, pe_rows)
    sizes = FREE._replace(
        sum_beats=16 * chunks, chunks=chunks, drain_rows=drain_rows, pe_rows=pe_rows
    )
    slices = Slices(*packets(40 * pe_rows, pe_rows), sizes)
    ideal = 40 * pe_rows * 16 * chunks / side_by_side
    cycles = slices.run()
    # Headers find rows in step only now and then: within a third of the rule, never above it.
    assert ideal <= cycles <= 1.35 * ideal + 60
    assert ideal <= slices.merge[c.BUSY] <= cycles


def test_rows_that_send_the_same_block_merge_one_after_the_other() -> None:
    sizes = FREE._replace(sum_beats=64, chunks=4, pe_rows=4)
    apart = Slices(*packets(4, 4), sizes).run()
    together = Slices(*packets(4, 4), sizes, tags=[5] * 4).run()
    assert apart < 2 * 64 + 30 and together >= 4 * 64


def test_merge_waits_for_packets_that_never_come() -> None:
    slices = Slices(*packets(3, 1), FREE)
    slices.merge[c.PACKETS] += 1
    for _ in range(500):
        slices.edge()
    assert slices.merge[c.ACTIVE] == 1 and slices.merge[c.PACKETS] == 1
