# SPDX-License-Identifier: Apache-2.0
import dataclasses

import numpy as np

from hgcn.arch.presets import device
from hgcn.graph.csr import Csr
from hgcn.mapping.lanes import idle_lanes, schedule_lanes
from hgcn.partition.split import Grid
from hgcn.partition.splitter import split

TINY = device("tiny")


def _cost(nonzeros: np.ndarray, columns: np.ndarray) -> np.ndarray:
    return nonzeros + columns


def _bounds(dense: np.ndarray, tile_cols: int = 4096) -> list[int]:
    csr = Csr.from_coo(dense.shape, *np.nonzero(dense))
    grid = dataclasses.replace(Grid.for_device(*csr.shape, TINY), tile_cols=tile_cols)
    bounds: list[int] = schedule_lanes(
        split(csr, grid, "pl-only", _cost), TINY
    ).bound_bundles.tolist()
    return bounds


def test_a_schedule_is_as_long_as_the_heaviest_bank() -> None:
    dense = np.zeros((6, 8), dtype=np.bool_)
    for row, count in enumerate([1, 5, 3, 2, 2, 4]):
        dense[row, :count] = True
    # Bank 0 is in every row; no lane has more than 5 nonzeros.
    assert _bounds(dense) == [6]


def test_lanes_are_balanced_in_every_column_tile() -> None:
    # Rows 0, 1, 4, 5 lie in the left tile, the others in the right: by totals alone, rows 0 and 4
    # would share lane 0.
    dense = np.zeros((8, 32), dtype=np.bool_)
    dense[[0, 1, 4, 5], :16] = dense[[2, 3, 6, 7], 16:] = True
    assert _bounds(dense, tile_cols=16) == [16, 16]


def test_idle_lanes_have_an_accumulator_for_every_padded_row() -> None:
    lanes = idle_lanes(Grid.for_device(700, 16, TINY), TINY)

    assert lanes.entries.shape == (0, TINY.lanes)
    assert lanes.tile_start.tolist() == [0, 0, 0]
    assert len(lanes.accumulator) == 704
    assert len(np.unique(lanes.accumulator[:512])) == 512
    assert len(np.unique(lanes.accumulator[512:])) == 192
