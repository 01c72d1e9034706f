# SPDX-License-Identifier: Apache-2.0
import pytest

from hgcn.arch.presets import PRESETS
from hgcn.errors import SpecError
from hgcn.partition.split import Grid, Part


def test_parts_have_the_numbers_the_compiled_loops_test_for() -> None:
    assert [int(part) for part in (Part.SCATTERED, Part.SPARSE, Part.DENSE)] == [0, 1, 2]


def test_tiles_and_blocks_are_rounded_up() -> None:
    grid = Grid(rows=100, cols=20, tile_rows=32, tile_cols=8, block_rows=16)

    assert (grid.num_row_tiles, grid.num_col_tiles, grid.num_tiles) == (4, 3, 12)
    assert (grid.num_blocks, grid.padded_rows) == (7, 112)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_a_grid(name: str) -> None:
    grid = Grid.for_device(5000, 70000, PRESETS[name])

    assert grid.tile_cols <= PRESETS[name].store_rows
    assert grid.num_tiles >= grid.num_row_tiles > 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"tile_rows": 24},
            r"tile_rows must be a positive multiple of block_rows \(16\), got 24",
        ),
        ({"tile_cols": 12}, "tile_cols must be a multiple of 8 up to 16384, got 12"),
        ({"tile_cols": 32768}, "tile_cols must be a multiple of 8 up to 16384, got 32768"),
        ({"rows": 0}, "rows must be at least 1, got 0"),
    ],
)
def test_a_bad_grid_is_named(change: dict[str, int], message: str) -> None:
    sizes = {"rows": 16, "cols": 16, "tile_rows": 16, "tile_cols": 8, "block_rows": 16}
    with pytest.raises(SpecError, match=message):
        Grid(**(sizes | change))
