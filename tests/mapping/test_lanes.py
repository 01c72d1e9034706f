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


def _scheduled(dense: np.ndarray, window_cols: int = 4096) -> tuple[np.ndarray, np.ndarray]:
    csr = Csr.from_coo(dense.shape, *np.nonzero(dense))
    grid = dataclasses.replace(Grid.for_device(*csr.shape, TINY), window_cols=window_cols)
    lanes = schedule_lanes(split(csr, grid, "pl-only", _cost), TINY)
    return lanes.place, lanes.bound_words


def test_rows_go_longest_first_to_the_least_loaded_lane() -> None:
    dense = np.zeros((6, 8), dtype=np.bool_)
    for row, count in enumerate([1, 5, 3, 2, 2, 4]):
        dense[row, :count] = True
    place, bound = _scheduled(dense)

    # By falling count: row 1 (5) to lane 0, 5 (4) to 1, 2 (3) to 2, 3 (2) to 3, 4 (2) to 3 (the
    # lightest), 0 (1) to 2.
    assert [int(p) >> 9 for p in place[:6]] == [2, 0, 2, 3, 3, 1]
    assert [int(p) & 511 for p in place[:6]] == [1, 0, 0, 0, 1, 0]
    # Bank 0 is in every row: the bound is its six entries.
    assert bound.tolist() == [6]
    assert len(place) == 16
    assert len(np.unique(place)) == 16


def test_lanes_are_balanced_in_every_column_window() -> None:
    # Rows 0, 1, 4, 5 lie in the left window, the others in the right: by totals alone, rows 0 and 4
    # would share lane 0.
    dense = np.zeros((8, 32), dtype=np.bool_)
    dense[[0, 1, 4, 5], :16] = dense[[2, 3, 6, 7], 16:] = True
    _, bound = _scheduled(dense, window_cols=16)

    assert bound.tolist() == [16, 16]


def test_slots_are_a_lane_s_capacity() -> None:
    narrow = dataclasses.replace(TINY, slots=8, window_rows=32)
    csr = Csr(shape=(32, 8), indptr=np.minimum(np.arange(33), 1) * 8, indices=np.arange(8))
    lanes = schedule_lanes(split(csr, Grid.for_device(32, 8, narrow), "pl-only", _cost), narrow)

    assert np.bincount(lanes.place >> 9).tolist() == [8, 8, 8, 8]
    assert (lanes.place & 511).max() == 7


def test_idle_lanes_place_every_padded_row() -> None:
    lanes = idle_lanes(Grid.for_device(700, 16, TINY), TINY)

    assert lanes.entries.shape == (0, TINY.lanes)
    assert lanes.window_start.tolist() == [0, 0, 0]
    assert len(lanes.place) == 704
    assert len(np.unique(lanes.place[:512])) == 512
    assert len(np.unique(lanes.place[512:])) == 192
