# SPDX-License-Identifier: Apache-2.0
"""Feature tiles, looked at one by one; that they compute the network is test_machine's."""

from __future__ import annotations

import numpy as np

from hgcn.isa.commands import End
from hgcn.lowering.feature_tiles import FeatureTiles
from hgcn.partition.split import Grid
from tests.samples import DEVICES, TINY


def test_scratch_is_given_in_lines_one_after_the_other() -> None:
    feature_tiles = FeatureTiles(20, TINY)
    assert [feature_tiles.scratch(size).offset for size in (1, 64, 65, 0)] == [0, 1, 2, 4]
    assert feature_tiles.scratch_lines == 4


def test_rows_are_whole_blocks_and_resident_where_a_store_holds_them() -> None:
    small = DEVICES["stores"]
    for rows, padded, resident in ((1, 16, True), (16, 16, True), (17, 32, False)):
        feature_tiles = FeatureTiles(rows, small)
        assert (feature_tiles.padded_rows, feature_tiles.resident) == (padded, resident)


def test_a_weight_has_a_stream_for_each_column_tile() -> None:
    feature_tiles = FeatureTiles(20, DEVICES["tiles"])
    grid = Grid.for_device(20, 150, DEVICES["tiles"])
    tiles = feature_tiles.weights(np.ones((150, 3), np.int8), grid)
    assert [[piece.stream.lines for piece in tile] for tile in tiles] == [[8], [8], [3]]
    assert [[piece.rows for piece in tile] for tile in tiles] == [[64], [64], [22]]


def test_stacked_rows_lie_a_stride_apart_whatever_the_column_tiles() -> None:
    device = DEVICES["tiles"]  # 64 rows of 8 bytes in a store
    feature_tiles = FeatureTiles(70, device)
    regions = [feature_tiles.scratch(80 * 8) for _ in range(2)]
    tiles = feature_tiles.stacked(regions, Grid.for_device(70, 256, device))
    found = [[(p.position, p.rows, p.stream.offset, p.stream.lines) for p in t] for t in tiles]
    # 70 rows are 64 and 6; the second job's begin at column 128, ten lines on in memory.
    assert found == [[(0, 64, 0, 8)], [(0, 6, 8, 1)], [(0, 64, 10, 8)], [(0, 6, 18, 1)]]


def test_a_column_tile_may_hold_rows_of_several_jobs() -> None:
    feature_tiles = FeatureTiles(70, TINY)
    regions = [feature_tiles.scratch(80 * 8) for _ in range(2)]
    (tile,) = feature_tiles.stacked(regions, Grid.for_device(70, 256, TINY))
    assert [(p.position, p.rows, p.stream.offset) for p in tile] == [(0, 70, 0), (128, 70, 10)]


def test_a_program_ends() -> None:
    feature_tiles = FeatureTiles(1, TINY)
    feature_tiles.end()
    assert [type(command) for command in feature_tiles.image.commands] == [End]
