# SPDX-License-Identifier: Apache-2.0
"""A program as arrays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hgcn.cycles import reads
from hgcn.cycles import tables as c
from hgcn.errors import ProgramError
from hgcn.format.numbers import Base
from hgcn.format.streams import FLAG_DENSE, FLAG_FIRST, FLAG_LAST
from hgcn.isa.commands import Spmm
from hgcn.isa.image import ImageBuilder, read_commands, read_header
from tests.isa import handmade
from tests.isa.handmade import AGGREGATE, SPMM, image_of
from tests.samples import TINY


def tables_of(image: bytes) -> c.Tables:
    header = read_header(image)
    return c.tables(read_commands(image, header), image, header.commands_line, TINY)


def same(builder: ImageBuilder) -> None:
    """No change."""


def test_columns_of_the_handmade_program() -> None:
    image = image_of(same)
    made = tables_of(image)
    load, spmm, drain, aggregate, output, end = made.commands
    assert made.commands[:, c.KIND].tolist() == [c.LOAD, c.SPMM, c.DRAIN, c.SPMM, c.DRAIN, c.END]
    assert made.commands[:, c.WAIT_MASK].tolist() == [0, 1, 6, 8, 6, 15]
    assert made.records_at == read_header(image).commands_line
    assert load[c.STREAMS : c.STREAMS + 2].tolist() == [reads.LOAD, 2]
    clients = spmm[c.STREAMS :: 3].tolist()
    assert clients == [reads.PL, reads.CONTROL, reads.LEFT_OPERAND]
    assert spmm[[c.ITEMS, c.ITEM_BYTES, c.SLICES, c.PACKETS]].tolist() == [1, 3 * 4, 3, 2]
    assert aggregate[[c.SLICES, c.PACKETS]].tolist() == [0, 0]
    # Its empty streams have no lines, but are looked at.
    assert aggregate[[c.STREAMS + 4, c.STREAMS + 7]].tolist() == [0, 0]
    assert made.commands[:, c.NUM_STREAMS].tolist() == [1, 3, 1, 3, 1, 0]
    assert drain[c.WRITE_LINES] == drain[c.WRITE_BEATS] == 0  # To the store alone.
    assert output[[c.ITEMS, c.WRITE_LINES, c.WRITE_BEATS]].tolist() == [32, 8, 8 * 4]
    assert not end[c.STREAMS :].any()


def test_slices_have_their_rows_and_flags() -> None:
    made = tables_of(image_of(same))
    assert made.slice_row.tolist() == [0, 0, 1]
    assert made.slice_flags.tolist() == [FLAG_FIRST, FLAG_LAST | FLAG_DENSE, FLAG_FIRST | FLAG_LAST]
    assert made.slice_tag.tolist() == [0, 0, 1]


def changed_spmm(place: int, **fields: object) -> bytes:
    def change(builder: ImageBuilder) -> None:
        first = builder.commands[SPMM]
        assert isinstance(first, Spmm)
        fields_of_first = {"control": first.control, "left": first.left} | fields
        target = builder.commands[place]
        builder.commands[place] = replace(target, **fields_of_first)  # type: ignore[type-var]

    return image_of(change)


def test_a_control_stream_read_twice_lies_there_once() -> None:
    made = tables_of(changed_spmm(AGGREGATE, slices=3, packets=2))
    assert len(made.slice_row) == 3
    assert made.commands[[SPMM, AGGREGATE], c.FIRST_SLICE].tolist() == [0, 0]


def test_a_control_stream_read_to_two_lengths_lies_there_twice() -> None:
    made = tables_of(changed_spmm(AGGREGATE, slices=2, packets=1))
    assert made.slice_row.tolist() == [0, 0, 1, 0, 0]
    assert made.commands[[SPMM, AGGREGATE], c.FIRST_SLICE].tolist() == [0, 3]


def test_int8_bundles_are_four_bytes_a_lane() -> None:
    made = tables_of(changed_spmm(SPMM, pl_int8=True))
    assert made.commands[SPMM, c.ITEM_BYTES] == 4 * TINY.lanes


def test_a_pe_row_the_device_does_not_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = bytearray(handmade.control())
    damaged[handmade.LONE + 4] = 77
    monkeypatch.setattr(handmade, "control", lambda: bytes(damaged))
    with pytest.raises(ProgramError, match=f"must be below {TINY.array_rows}, got 77"):
        tables_of(image_of(same))


def test_control_records_outside_the_program_are_refused() -> None:
    def change(builder: ImageBuilder) -> None:
        spmm = builder.commands[SPMM]
        assert isinstance(spmm, Spmm)
        elsewhere = replace(spmm.control, base=Base.SCRATCH)
        builder.commands[SPMM] = replace(spmm, control=elsewhere)

    with pytest.raises(ProgramError, match="control records must lie in the program, got SCRATCH"):
        tables_of(image_of(change))


def test_slices_without_a_stream_are_refused() -> None:
    with pytest.raises(ProgramError, match="control stream"):
        tables_of(changed_spmm(AGGREGATE, slices=9, packets=2))
