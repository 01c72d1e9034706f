# SPDX-License-Identifier: Apache-2.0
"""Column windows in the stores: each load and each reuse by a sequence worked by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from hgcn.format.numbers import Base
from hgcn.isa.commands import Stream
from hgcn.lowering.right_operand import RightOperand, column_windows
from hgcn.mapping.mapped import Mapping
from hgcn.partition.split import Grid

GRID = Grid(rows=40, cols=40, window_rows=16, window_cols=16, block_rows=16)
STREAMS = [Stream(base=Base.SCRATCH, offset=place, lines=1) for place in range(3)]


def bringing(source: int | list[Stream], store: int) -> tuple[RightOperand, list[Any]]:
    loads: list[Any] = []
    operand = RightOperand(GRID, source, store, lambda *load: loads.append(load))
    return operand, loads


def test_a_right_operand_in_a_store_is_read_where_it_lies() -> None:
    operand, loads = bringing(1, 0)
    assert [operand.bring(window) for window in (0, 1, 2)] == [(1, 0), (1, 16), (1, 32)]
    assert loads == []


def test_windows_in_memory_go_to_the_stores_in_turn() -> None:
    operand, loads = bringing(STREAMS, 1)
    assert [operand.bring(window) for window in (0, 1, 2)] == [(1, 0), (0, 0), (1, 0)]
    assert loads == [(1, 16, STREAMS[0]), (0, 16, STREAMS[1]), (1, 8, STREAMS[2])]


def test_a_window_still_there_is_not_loaded_again() -> None:
    operand, loads = bringing(STREAMS, 0)
    places = [operand.bring(window) for window in (0, 1, 1, 0, 2)]
    # Window 0 is used last, from store 0: window 2 goes to store 1.
    assert places == [(0, 0), (1, 0), (1, 0), (0, 0), (1, 0)]
    assert [load[0] for load in loads] == [0, 1, 1]


def windows(row_window: int, *empty: int) -> list[int]:
    mapping = SimpleNamespace(grid=GRID, is_empty=lambda window: window in empty)
    return column_windows(cast(Mapping, mapping), row_window)


def test_neighbouring_row_windows_go_opposite_ways() -> None:
    assert [windows(row) for row in range(3)] == [[0, 1, 2], [2, 1, 0], [0, 1, 2]]


def test_windows_without_work_are_left_out_but_one_stays() -> None:
    assert windows(1, 4) == [2, 0]  # Row window 1 holds windows 3 to 5.
    assert windows(0, 0, 1, 2) == [0]
    assert windows(1, 3, 4, 5) == [2]
