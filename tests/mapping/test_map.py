# SPDX-License-Identifier: Apache-2.0
import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgcn.arch.presets import PRESETS, device
from hgcn.errors import CompileError
from hgcn.graph.csr import Csr
from hgcn.mapping.check import check
from hgcn.mapping.map import map_operand
from hgcn.partition.split import Grid, Split
from hgcn.partition.splitter import split


def _cost(nonzeros: np.ndarray, columns: np.ndarray) -> np.ndarray:
    return np.maximum(nonzeros, 0.5 * columns)


@st.composite
def splits(draw: st.DrawFn) -> tuple[Split, str]:
    """A random operand, split for a preset with tiles small enough that there are several."""
    name = draw(st.sampled_from(sorted(PRESETS)))
    target = PRESETS[name]
    rng = np.random.default_rng(draw(st.integers(0, 1 << 20)))
    rows, cols = draw(st.integers(1, 150)), draw(st.integers(1, 300))
    # Rows and columns of very different weight: hubs, empty rows, hot banks.
    weight = np.outer(rng.random(rows) ** 4, rng.random(cols) ** 4)
    dense = rng.random((rows, cols)) < draw(st.sampled_from([0.2, 3.0, 30.0])) * weight
    at = np.nonzero(dense)
    values = rng.integers(-128, 128, len(at[0])).astype(np.int8) if draw(st.booleans()) else None
    grid = Grid(
        rows=rows,
        cols=cols,
        tile_rows=2 * target.block_rows,
        tile_cols=draw(st.sampled_from([64, 2048])),
        block_rows=target.block_rows,
    )
    policy = draw(st.sampled_from(["balanced", "pl-only", "aie-only", "threshold:2"]))
    dense_fill = draw(st.integers(1, 8))
    return split(Csr.from_coo((rows, cols), *at, values), grid, policy, _cost, dense_fill), name


@given(splits())
@settings(deadline=None, max_examples=200)
def test_every_rule_holds(case: tuple[Split, str]) -> None:
    made, name = case
    mapping = map_operand(made, device(name))

    check(mapping, made, device(name))
    assert mapping.binary == (made.operand.data is None)


@given(splits())
@settings(deadline=None)
def test_both_engines_together_compute_the_product(case: tuple[Split, str]) -> None:
    made, name = case
    grid, target = made.grid, device(name)
    mapping = map_operand(made, target)
    rng = np.random.default_rng(0)
    right = rng.integers(-128, 128, (grid.num_col_tiles * grid.tile_cols, 2)).astype(np.int64)
    sums = np.zeros((grid.padded_rows, 2), dtype=np.int64)
    row_at = {
        (row // grid.tile_rows, int(accumulator)): row
        for row, accumulator in enumerate(mapping.lanes.accumulator)
    }
    for tile in range(grid.num_tiles):
        row_tile, col_tile = divmod(tile, grid.num_col_tiles)
        offset = col_tile * grid.tile_cols
        for bundle in range(*mapping.lanes.tile_start[tile : tile + 2]):
            for lane, entry in enumerate(mapping.lanes.entries[bundle].tolist()):
                if entry >> 23 & 1:
                    value = 1 if mapping.binary else (entry >> 24) - (entry >> 31 << 8)
                    row = row_at[row_tile, lane << 9 | entry >> 14 & 511]
                    sums[row] += value * right[offset + (entry & 0x3FFF)]
        slices = mapping.slices
        for piece in range(*slices.tile_start[tile : tile + 2]):
            row = row_tile * grid.tile_rows + int(slices.tag[piece]) * grid.block_rows
            real = slices.positions[piece] < 0x8000
            left = slices.left[piece].astype(np.int64)[:, real]
            sums[row : row + grid.block_rows] += (
                left @ right[offset + slices.positions[piece][real]]
            )

    expected = made.operand.to_dense().astype(np.int64) @ right[: grid.cols]
    np.testing.assert_array_equal(sums[: grid.rows], expected)
    assert not sums[grid.rows :].any()


def test_a_grid_that_does_not_fit_is_named() -> None:
    tiny, vck190 = device("tiny"), device("vck190")
    operand = Csr(shape=(1, 1), indptr=[0, 1], indices=[0])
    grid = Grid.for_device(1, 1, vck190)
    with pytest.raises(CompileError, match="tile_rows must be at most tiny's 512, got 1024"):
        map_operand(split(operand, grid, "balanced", _cost), tiny)
    low = dataclasses.replace(grid, tile_rows=512, tile_cols=8)
    with pytest.raises(CompileError, match="block_rows must be tiny's 16, got 32"):
        map_operand(split(operand, low, "balanced", _cost), tiny)
