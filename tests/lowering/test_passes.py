# SPDX-License-Identifier: Apache-2.0
"""Passes, looked at one by one; that they compute the network is test_machine's."""

from __future__ import annotations

import numpy as np

from hgcn.isa.commands import End
from hgcn.lowering.passes import Passes
from hgcn.partition.split import Grid
from tests.samples import DEVICES, TINY


def test_scratch_is_given_in_lines_one_after_the_other() -> None:
    passes = Passes(20, TINY)
    assert [passes.scratch(size).offset for size in (1, 64, 65, 0)] == [0, 1, 2, 4]
    assert passes.scratch_lines == 4


def test_rows_are_whole_blocks_and_resident_where_a_store_holds_them() -> None:
    small = DEVICES["stores"]
    for rows, padded, resident in ((1, 16, True), (16, 16, True), (17, 32, False)):
        passes = Passes(rows, small)
        assert (passes.padded_rows, passes.resident) == (padded, resident)


def test_a_weight_has_a_stream_for_each_column_window() -> None:
    passes = Passes(20, DEVICES["windows"])
    grid = Grid.for_device(20, 150, DEVICES["windows"])
    streams = passes.weights(np.ones((150, 3), np.int8), grid)
    assert [stream.lines for stream in streams] == [8, 8, (150 - 128) * 8 // 64 + 1]


def test_a_program_ends() -> None:
    passes = Passes(1, TINY)
    passes.end()
    assert [type(command) for command in passes.image.commands] == [End]
