# SPDX-License-Identifier: Apache-2.0
import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgcn.arch.presets import device
from hgcn.errors import SpecError
from hgcn.format.streams import NO_POSITION
from hgcn.graph.csr import Csr
from hgcn.mapping.slices import dense_places, map_dense_left, schedule_slices
from hgcn.partition.split import Grid
from hgcn.partition.splitter import split

TINY = device("tiny")
NO = NO_POSITION


def _cost(nonzeros: np.ndarray, columns: np.ndarray) -> np.ndarray:
    return nonzeros + columns


def test_one_block_by_hand() -> None:
    # Columns 0..7 are dense; 8, 16 (both bank 0), 9 and 26 sparse: two gathers of 4 suffice, one of
    # each pair.
    rows = np.array([*[0] * 8, 1, 2, 3, 15])
    cols = np.array([*range(8), 8, 9, 16, 26])
    values = np.arange(1, 13, dtype=np.int8)
    csr = Csr.from_coo((16, 32), rows, cols, values)
    slices = schedule_slices(split(csr, Grid.for_device(16, 32, TINY), "aie-only", _cost), TINY)

    assert slices.dense.tolist() == [True, False]
    assert slices.base.tolist() == [0, 0]
    assert slices.positions.tolist() == [[*range(8)], [8, 9, NO, NO, 16, 26, NO, NO]]
    assert slices.left[0, 0].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [int(slices.left[1, row, k]) for row, k in ((1, 0), (2, 1), (3, 4), (15, 5))] == [
        9,
        10,
        11,
        12,
    ]
    assert np.count_nonzero(slices.left) == 12
    assert slices.first.tolist() == [True, False]
    assert slices.last.tolist() == [False, True]
    assert slices.packet_slices.tolist() == [2, 2]
    assert slices.tile_packets.tolist() == [1]


def test_packets_take_pe_rows_longest_first_and_turns() -> None:
    # Row blocks of 1, 3 and 2 dense slices on two PE rows: block 1 on PE row 0; blocks 2 and 0 on
    # PE row 1.
    dense = np.zeros((48, 24), dtype=np.bool_)
    for block, slices in enumerate((1, 3, 2)):
        dense[16 * block, : 8 * slices] = True
    csr = Csr.from_coo(dense.shape, *np.nonzero(dense))
    slices = schedule_slices(split(csr, Grid.for_device(48, 24, TINY), "aie-only", _cost), TINY)

    assert slices.tag.tolist() == [1, 2, 1, 2, 1, 0]
    assert slices.pe_row.tolist() == [0, 1, 0, 1, 0, 1]
    assert slices.base.tolist() == [0, 0, 8, 8, 16, 0]


@given(
    st.lists(st.integers(0, 63), min_size=1, max_size=40, unique=True),
    st.sampled_from([1, 2, 4, 8]),
)
@settings(deadline=None)
def test_slices_are_as_few_as_the_banks_allow(cols: list[int], gather_rows: int) -> None:
    target = dataclasses.replace(TINY, gather_rows=gather_rows)
    part = split(
        Csr(shape=(1, 64), indptr=[0, len(cols)], indices=sorted(cols)),
        Grid.for_device(1, 64, target),
        "aie-only",
        _cost,
    )
    slices = schedule_slices(part, target)
    sparse = np.array(cols)[~np.isin(np.array(cols) // 8, slices.base[slices.dense] // 8)]
    fullest = np.bincount(sparse % 8, minlength=8).max()
    gathers = max(-(-len(sparse) // gather_rows), fullest)

    assert (~slices.dense).sum() == -(-gathers // (8 // gather_rows))
    assert sorted(slices.positions[slices.positions < NO].tolist()) == sorted(cols)


def test_a_dense_left_operand_is_block_major_and_has_no_values() -> None:
    slices = map_dense_left(600, 24, Grid.for_device(600, 24, TINY), TINY)

    assert slices.left.shape == (38 * 3, 0, 8)
    assert slices.tile_start.tolist() == [0, 96, 114]
    assert slices.tile_packets.tolist() == [32, 6]
    assert slices.tag[96:102].tolist() == [0, 0, 0, 1, 1, 1]
    assert slices.pe_row[96:102].tolist() == [0, 0, 0, 1, 1, 1]
    assert slices.base[:6].tolist() == [0, 8, 16, 0, 8, 16]
    assert slices.positions[1].tolist() == [*range(8, 16)]
    assert slices.dense.all()
    assert slices.first.sum() == slices.last.sum() == 38


@given(
    blocks=st.integers(1, 40),
    groups=st.integers(1, 9),
    in_tile=st.integers(1, 8),
    array_rows=st.integers(1, 9),
    in_turns=st.booleans(),
)
def test_every_slice_of_a_dense_left_operand_has_a_place_in_its_tile(
    blocks: int, groups: int, in_tile: int, array_rows: int, in_turns: bool
) -> None:
    depth = 8 * groups
    grid = Grid(
        rows=16 * blocks, cols=depth, tile_rows=16 * in_tile, tile_cols=depth, block_rows=16
    )
    places = dense_places(grid, depth, array_rows, in_turns=in_turns)

    assert sorted(places.ravel().tolist()) == list(range(blocks * groups))
    assert (np.diff(places, axis=1) > 0).all()  # A packet's slices keep their order.
    tile = places // (in_tile * groups)
    np.testing.assert_array_equal(tile, np.arange(blocks)[:, None] // in_tile + 0 * places)


def test_slices_in_turns_change_the_pe_row_each_time() -> None:
    target = dataclasses.replace(TINY, array_rows=4)
    slices = map_dense_left(16 * 6, 24, Grid.for_device(96, 24, target), target, in_turns=True)
    assert slices.pe_row.tolist() == [0, 1, 2, 3] * 3 + [0, 1] * 3
    assert slices.tag.tolist() == [0, 1, 2, 3] * 3 + [4, 5] * 3
    assert slices.base.tolist() == [0] * 4 + [8] * 4 + [16] * 4 + [0, 0, 8, 8, 16, 16]
    assert slices.first.tolist() == [base == 0 for base in slices.base]
    assert slices.last.tolist() == [base == 16 for base in slices.base]


def test_a_dense_left_operand_must_fit_its_grid() -> None:
    with pytest.raises(SpecError, match="depth must be a positive multiple of 8, got 12"):
        map_dense_left(16, 12, Grid.for_device(16, 12, TINY), TINY)
    with pytest.raises(SpecError, match="grid must be 32 rows, 16 columns and 1 column tile"):
        map_dense_left(32, 16, Grid.for_device(16, 16, TINY), TINY)
