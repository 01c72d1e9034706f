# SPDX-License-Identifier: Apache-2.0
"""Where a job's right operand lies while it runs: in a store, or brought window by window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hgcn.isa.commands import Stream
from hgcn.mapping.mapped import Mapping
from hgcn.partition.split import Grid

LoadFunction = Callable[[int, int, Stream], None]
"""Adds a LOAD of (store, rows, stream)."""


class RightOperand:
    """Brings column windows into the stores, and knows which are there.

    Parameters
    ----------
    grid : Grid
        Of the left operand.
    source : int or sequence of Stream
        The store that holds the whole right operand, or a stream per column window in memory.
    store : int
        Where the first window loaded goes; a job with a single column window uses no other.
    load : callable
        Adds a LOAD command.
    """

    def __init__(
        self, grid: Grid, source: int | Sequence[Stream], store: int, load: LoadFunction
    ) -> None:
        self._grid = grid
        self._source = source
        self._load = load
        self._held: list[int | None] = [None, None]
        self._latest = store ^ 1

    def bring(self, col_window: int) -> tuple[int, int]:
        """Return (store, first row position) of a column window, loading it if it is not there.

        A load goes to the store the last window did not come from, so it runs beside the work on
        that window.
        """
        start = col_window * self._grid.window_cols
        if isinstance(self._source, int):
            return self._source, start
        if col_window in self._held:
            self._latest = self._held.index(col_window)
        else:
            self._latest ^= 1
            rows = min(self._grid.window_cols, self._grid.cols - start)
            self._load(self._latest, rows, self._source[col_window])
            self._held[self._latest] = col_window
        return self._latest, 0


def column_windows(mapping: Mapping, row_window: int) -> list[int]:
    """Column windows of a row window in the order to visit them: those with work, at least one.

    Neighbouring row windows go opposite ways: the two column windows one ends with are still in the
    stores when the next begins, which saves two loads in each row window.
    """
    count = mapping.grid.num_col_windows
    order = window_order(count, row_window)
    busy = [col for col in order if not mapping.is_empty(row_window * count + col)]
    return busy or order[:1]


def window_order(count: int, row_window: int) -> list[int]:
    """All of ``count`` column windows, backwards in every other row window.

    Examples
    --------
    >>> window_order(3, 0), window_order(3, 1)
    ([0, 1, 2], [2, 1, 0])
    """
    return list(range(count))[:: -1 if row_window % 2 else 1]
