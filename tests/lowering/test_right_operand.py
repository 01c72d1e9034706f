# SPDX-License-Identifier: Apache-2.0
"""Column tiles in the stores: each load and each reuse by a sequence worked by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from hgcn.format.numbers import Base
from hgcn.isa.commands import Stream
from hgcn.lowering.right_operand import ColumnTiles, Piece, RightOperand, column_tiles
from hgcn.mapping.mapped import Mapping
from hgcn.partition.split import Grid

GRID = Grid(rows=40, cols=40, tile_rows=16, tile_cols=16, block_rows=16)
TILES = [
    [Piece(position=0, rows=rows, stream=Stream(base=Base.SCRATCH, offset=place, lines=1))]
    for place, rows in enumerate((16, 16, 8))
]


def bringing(source: int | ColumnTiles, store: int) -> tuple[RightOperand, list[Any]]:
    loads: list[Any] = []
    operand = RightOperand(GRID, source, store, lambda *load: loads.append(load))
    return operand, loads


def test_a_right_operand_in_a_store_is_read_where_it_lies() -> None:
    operand, loads = bringing(1, 0)
    assert [operand.bring(tile) for tile in (0, 1, 2)] == [(1, 0), (1, 16), (1, 32)]
    assert loads == []


def test_tiles_in_memory_go_to_the_stores_in_turn() -> None:
    operand, loads = bringing(TILES, 1)
    assert [operand.bring(tile) for tile in (0, 1, 2)] == [(1, 0), (0, 0), (1, 0)]
    assert loads == [(1, TILES[0][0]), (0, TILES[1][0]), (1, TILES[2][0])]


def test_the_pieces_of_a_tile_go_to_one_store() -> None:
    first, second = TILES[0][0], replace(TILES[1][0], position=8)
    operand, loads = bringing([[first, second], TILES[2]], 0)
    assert [operand.bring(tile) for tile in (0, 1)] == [(0, 0), (1, 0)]
    assert loads == [(0, first), (0, second), (1, TILES[2][0])]


def test_a_tile_still_there_is_not_loaded_again() -> None:
    operand, loads = bringing(TILES, 0)
    places = [operand.bring(tile) for tile in (0, 1, 1, 0, 2)]
    # Tile 0 is used last, from store 0: tile 2 goes to store 1.
    assert places == [(0, 0), (1, 0), (1, 0), (0, 0), (1, 0)]
    assert [load[0] for load in loads] == [0, 1, 1]


def tiles(row_tile: int, *empty: int) -> list[int]:
    mapping = SimpleNamespace(grid=GRID, is_empty=lambda tile: tile in empty)
    return column_tiles(cast(Mapping, mapping), row_tile)


def test_neighbouring_row_tiles_go_opposite_ways() -> None:
    assert [tiles(row) for row in range(3)] == [[0, 1, 2], [2, 1, 0], [0, 1, 2]]


def test_tiles_without_work_are_left_out_but_one_stays() -> None:
    assert tiles(1, 4) == [2, 0]  # Row tile 1 holds tiles 3 to 5.
    assert tiles(0, 0, 1, 2) == [0]
    assert tiles(1, 3, 4, 5) == [2]
