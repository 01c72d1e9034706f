# SPDX-License-Identifier: Apache-2.0
"""Where a job's right operand lies while it runs: in a store, or brought tile by tile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hgcn.isa.commands import Stream
from hgcn.mapping.mapped import Mapping
from hgcn.partition.split import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Rows of a column tile that lie together in memory.

    Attributes
    ----------
    position : int
        Of the first one in the tile.
    rows : int
    stream : Stream
    """

    position: int
    rows: int
    stream: Stream


LoadFunction = Callable[[int, Piece], None]
"""Adds a LOAD of a piece to a store."""


ColumnTiles = Sequence[Sequence[Piece]]
"""Where a right operand lies in memory: the pieces of each column tile."""


class RightOperand:
    """Brings column tiles into the stores, and knows which are there.

    Parameters
    ----------
    grid : Grid
        Of the left operand.
    source : int or sequence of sequence of Piece
        The store that holds the whole right operand, or the pieces of each column tile in memory.
    store : int
        Where the first tile loaded goes; a job with a single column tile uses no other.
    load : callable
        Adds a LOAD command.
    """

    def __init__(
        self, grid: Grid, source: int | ColumnTiles, store: int, load: LoadFunction
    ) -> None:
        self._grid = grid
        self._source = source
        self._load = load
        self._held: list[int | None] = [None, None]
        self._latest = store ^ 1

    def bring(self, col_tile: int) -> tuple[int, int]:
        """Return (store, first row position) of a column tile, loading it if it is not there.

        A load goes to the store the last tile did not come from, so it runs beside the work on
        that tile.
        """
        start = col_tile * self._grid.tile_cols
        if isinstance(self._source, int):
            return self._source, start
        if col_tile in self._held:
            self._latest = self._held.index(col_tile)
        else:
            self._latest ^= 1
            for piece in self._source[col_tile]:
                self._load(self._latest, piece)
            self._held[self._latest] = col_tile
        return self._latest, 0


def column_tiles(mapping: Mapping, row_tile: int) -> list[int]:
    """Column tiles of a row tile in the order to visit them: those with work, at least one.

    Neighbouring row tiles go opposite ways: the two column tiles one ends with are still in the
    stores when the next begins, which saves two loads in each row tile.
    """
    count = mapping.grid.num_col_tiles
    order = tile_order(count, row_tile)
    busy = [col for col in order if not mapping.is_empty(row_tile * count + col)]
    return busy or order[:1]


def tile_order(count: int, row_tile: int) -> list[int]:
    """All of ``count`` column tiles, backwards in every other row tile.

    Examples
    --------
    >>> tile_order(3, 0), tile_order(3, 1)
    ([0, 1, 2], [2, 1, 0])
    """
    return list(range(count))[:: -1 if row_tile % 2 else 1]
