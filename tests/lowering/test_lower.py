# SPDX-License-Identifier: Apache-2.0
"""Lowering: how many commands, where rows go; that they compute the network is test_machine's."""

from __future__ import annotations

from hgcn.format.numbers import Base
from hgcn.isa.commands import Drain, End, Load, Spmm
from hgcn.isa.image import read_header
from tests.samples import DEVICES, TINY, build, random_network


def test_a_layer_is_a_load_and_two_products_and_drains_a_feature_tile() -> None:
    builder, _, _ = build(random_network(0, nodes=40, widths=(20, 17)), TINY)
    one_tile = [Load, Spmm, Drain, Spmm, Drain]
    assert [type(command) for command in builder.commands] == [*one_tile * 3, End]


def test_buffers_take_turns_drain_by_drain() -> None:
    builder, _, _ = build(random_network(0, nodes=200, widths=(20, 9)), DEVICES["tiles"])
    drains = [command.buffer for command in builder.commands if isinstance(command, Drain)]
    assert drains == [number % 2 for number in range(len(drains))]


def test_every_row_tile_starts_by_clearing_its_sums() -> None:
    builder, _, _ = build(random_network(0, nodes=200, widths=(90, 9)), DEVICES["tiles"])
    fresh = True
    for command in builder.commands:
        if isinstance(command, Spmm):
            assert command.clear == fresh
            fresh = False
        elif isinstance(command, Drain):
            fresh = True


def test_hidden_layers_are_written_tiled_and_logits_as_wide_rows() -> None:
    builder, _, _ = build(random_network(0, nodes=20, widths=(9, 9, 3)), TINY)
    written = [c for c in builder.commands if isinstance(c, Drain) and c.write_memory]
    assert [(c.tiled, c.int16, c.relu) for c in written] == [
        (True, False, True),
        (True, False, True),
        (False, True, False),
    ]


def test_regions_are_as_large_as_what_is_written_to_them() -> None:
    builder, image, _ = build(random_network(0, nodes=70, widths=(9, 20, 12)), DEVICES["tiles"])
    header = read_header(image)
    ends = {Base.SCRATCH: 0, Base.OUTPUT: 0}
    for command in builder.commands:
        if isinstance(command, Drain) and command.write_memory:
            target = command.destination
            ends[target.base] = max(ends[target.base], target.offset + target.lines)
    assert ends == {Base.SCRATCH: header.scratch_lines, Base.OUTPUT: header.output_lines}
    assert header.output_lines == 2 * 80 * 8 * 2 // 64


def test_written_regions_do_not_overlap() -> None:
    builder, _, _ = build(random_network(0, nodes=70, widths=(9, 20, 12)), DEVICES["tiles"])
    lines = [
        (c.destination.base, line)
        for c in builder.commands
        if isinstance(c, Drain) and c.write_memory
        for line in range(c.destination.offset, c.destination.offset + c.destination.lines)
    ]
    assert len(lines) == len(set(lines))


def test_the_feature_tiles_of_a_layer_share_the_schedules_of_their_left_operand() -> None:
    builder, _, _ = build(random_network(0, nodes=40, widths=(20, 24)), TINY)
    spmms = [command for command in builder.commands if isinstance(command, Spmm)]
    assert len({(c.pl, c.control, c.left) for c in spmms[::2]}) == 1
