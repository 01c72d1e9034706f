# SPDX-License-Identifier: Apache-2.0
"""Streams to bytes and back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.cycles.cost import TileCost
from hgcn.errors import ProgramError
from hgcn.format.streams import NO_POSITION
from hgcn.isa.payload import (
    decode_bundles,
    decode_control,
    decode_left,
    decode_records,
    encode_bundles,
    encode_control,
    encode_left,
    encode_records,
)
from hgcn.mapping.map import map_operand
from hgcn.mapping.mapped import SliceSchedule
from hgcn.partition.split import Grid
from hgcn.partition.splitter import split
from tests.samples import TINY, random_csr, random_requantiser

seeds = st.integers(0, 2**32 - 1)


def slices(seed: int, *, values: bool) -> SliceSchedule:
    rng = np.random.default_rng(seed)
    operand = random_csr(rng, (50, 60), density=0.4, values=values)
    grid = Grid.for_device(50, 60, TINY)
    made = split(operand, grid, "threshold:3", TileCost(device=TINY, grid=grid, binary=not values))
    return map_operand(made, TINY).slices


@given(seeds, st.booleans(), st.integers(0, 20))
def test_schedule_bundles_survive_their_bytes(seed: int, binary: bool, bundles: int) -> None:
    rng = np.random.default_rng(seed)
    top = 1 << (24 if binary else 32)
    entries = rng.integers(0, top, (bundles, TINY.lanes)).astype(np.uint32)
    data = encode_bundles(entries, binary=binary)
    assert len(data) == bundles * TINY.lanes * (3 if binary else 4)
    np.testing.assert_array_equal(
        decode_bundles(data + bytes(5), bundles, TINY, binary=binary), entries
    )


def test_a_binary_entry_is_three_bytes_lane_0_first() -> None:
    entries = np.array([[0x800001, 0xC00002, 0, 0x80FFFF]], dtype=np.uint32)
    assert encode_bundles(entries, binary=True).hex() == "010080" + "0200c0" + "000000" + "ffff80"


@given(seeds, st.booleans())
def test_control_records_survive_their_bytes(seed: int, values: bool) -> None:
    made = slices(seed, values=values)
    count = len(made.tag)
    data = encode_control(made, slice(0, count), binary=not values)
    found = decode_control(data + bytes(30), count)
    assert found.size_bytes == len(data)
    for name in ("tag", "packet_slices", "pe_row", "first", "last", "dense", "positions"):
        np.testing.assert_array_equal(getattr(found, name), getattr(made, name), err_msg=name)
    assert bool(found.int8.all()) == values


def test_a_dense_record_is_its_head_and_the_offset_moves_its_base() -> None:
    made = slices(0, values=False)
    where = int(np.flatnonzero(made.dense)[0])
    span = slice(where, where + 1)
    data = encode_control(made, span, binary=False, offset=16)
    assert len(data) == 8
    assert int.from_bytes(data[6:8], "little") == int(made.base[where]) + 16
    assert decode_control(data, 1).positions[0, 0] == made.base[where] + 16


@given(seeds, st.booleans())
def test_left_operands_survive_their_bytes(seed: int, values: bool) -> None:
    made = slices(seed, values=values)
    count = len(made.tag)
    data = encode_left(made, slice(0, count), binary=not values)
    found = decode_left(data, count, TINY, binary=not values)
    np.testing.assert_array_equal(found, made.left)


def test_a_binary_slice_is_a_byte_a_row_column_0_in_bit_0() -> None:
    made = slices(0, values=False)
    left = np.zeros((1, TINY.block_rows, 8), dtype=np.int8)
    left[0, 2, 0] = left[0, 2, 7] = 1
    data = encode_left(replace(made, left=left), slice(0, 1), binary=True)
    assert data[:4].hex() == "00008100" and len(data) == TINY.block_rows


@given(seeds, st.integers(1, 60), st.integers(1, 20), st.integers(0, 2))
def test_row_records_survive_their_bytes(seed: int, rows: int, cols: int, part: int) -> None:
    rng = np.random.default_rng(seed)
    scales = random_requantiser(rng, rows, cols, bits=8, relu=False)
    padded = -(-rows // 16) * 16
    accumulator = rng.permutation(1 << 11)[:padded].astype(np.uint16)
    span = slice(part * TINY.features, (part + 1) * TINY.features)
    data = encode_records(scales, slice(0, padded), span, accumulator, TINY)
    col, bias, row, found = decode_records(data, padded, TINY)
    width = len(scales.col[span])
    np.testing.assert_array_equal(col[:width], scales.col[span])
    np.testing.assert_array_equal(bias[:width], scales.bias[span])
    np.testing.assert_array_equal(row[:rows], scales.row)
    assert not col[width:].any() and not bias[width:].any() and not row[rows:].any()
    np.testing.assert_array_equal(found, accumulator)


def test_short_streams_are_refused_by_name() -> None:
    with pytest.raises(ProgramError, match="PL stream must hold 24 bytes for 2 bundles, got 23"):
        decode_bundles(bytes(23), 2, TINY, binary=True)
    with pytest.raises(ProgramError, match="left stream must hold 16 bytes for 1 slices, got 8"):
        decode_left(bytes(8), 1, TINY, binary=True)
    with pytest.raises(ProgramError, match="record stream must hold 128 bytes for 16 rows, got 64"):
        decode_records(bytes(64), 16, TINY)
    with pytest.raises(ProgramError, match="control stream of 64 bytes cannot hold 9 records"):
        decode_control(bytes(64), 9)
    with pytest.raises(ProgramError, match="control stream ends in record 2 of 3"):
        decode_control(bytes(64), 3)
    with pytest.raises(ProgramError, match="control stream ends in record 2 of 4"):
        decode_control(bytes(52), 4)


def test_padding_positions_have_bit_15() -> None:
    made = slices(1, values=False)
    found = decode_control(encode_control(made, slice(None), binary=True), len(made.tag))
    padded = found.positions[found.positions >= NO_POSITION]
    assert set(padded.tolist()) <= {NO_POSITION}
