# SPDX-License-Identifier: Apache-2.0
"""Left operands in memory: every column in one part, every row of it in one stream."""

from __future__ import annotations

import pytest

from hgcn.format.numbers import Base
from hgcn.isa.commands import Stream
from hgcn.isa.input_layout import InputLayout
from hgcn.lowering.left_operand import Region, hidden_left, input_left
from tests.samples import DEVICES, TINY


def test_a_part_of_a_region_is_its_lines() -> None:
    region = Region(base=Base.SCRATCH, offset=10)
    assert region.part(128, 65) == Stream(base=Base.SCRATCH, offset=12, lines=2)


def test_hidden_parts_lie_side_by_side_in_one_column_tile() -> None:
    regions = [Region(base=Base.SCRATCH, offset=100 * number) for number in range(3)]
    left = hidden_left(regions, 48, TINY)
    (parts,) = left.parts
    assert left.grid.cols == 24 and [part.offset for part in parts] == [0, 8, 16]
    assert [part.region for part in parts] == regions
    assert parts[1].rows(16, 32) == Stream(base=Base.SCRATCH, offset=102, lines=4)


def test_a_hidden_layer_wider_than_a_column_tile_goes_on_in_the_next() -> None:
    target = DEVICES["tiles"]
    regions = [Region(base=Base.SCRATCH, offset=number) for number in range(10)]
    left = hidden_left(regions, 16, target)
    assert [len(parts) for parts in left.parts] == [8, 2]
    assert [part.offset for part in left.parts[1]] == [0, 8]


@pytest.mark.parametrize("device", DEVICES)
def test_the_input_is_read_whole_and_without_overlap(device: str) -> None:
    target = DEVICES[device]
    layout = InputLayout.for_device(100, 150, target)
    left = input_left(layout, target)
    assert len(left.parts) == left.grid.num_col_tiles
    lines = []
    for (part,) in left.parts:
        stream = part.rows(0, layout.grid.rows)
        assert stream.base == Base.INPUT and (stream.s1, stream.s2) == (0, 0)
        assert len(part.slices.tag) * target.block_rows * 8 == layout.grid.rows * part.depth
        lines += range(stream.offset, stream.offset + stream.lines)
    assert lines == list(range(layout.lines))
