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
    streams = feature_tiles.weights(np.ones((150, 3), np.int8), grid)
    assert [stream.lines for stream in streams] == [8, 8, (150 - 128) * 8 // 64 + 1]


def test_a_program_ends() -> None:
    feature_tiles = FeatureTiles(1, TINY)
    feature_tiles.end()
    assert [type(command) for command in feature_tiles.image.commands] == [End]
