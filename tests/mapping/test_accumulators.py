# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgcn.arch.device import Device
from hgcn.arch.presets import device
from hgcn.graph.csr import Csr
from hgcn.mapping.accumulators import accumulators
from hgcn.partition.split import Grid, Part

TINY = device("tiny")


def _csr(counts: list[int], cols: int = 8) -> Csr:
    """Rows of so many nonzeros."""
    dense = np.arange(cols) < np.array(counts)[:, None]
    return Csr.from_coo(dense.shape, *np.nonzero(dense))


def _lanes_and_slots(operand: Csr, target: Device) -> tuple[list[int], list[int]]:
    part = np.full(operand.nnz, Part.SCATTERED, dtype=np.uint8)
    found = accumulators(operand, part, Grid.for_device(*operand.shape, target), target)
    return (found >> 9).tolist(), (found & 511).tolist()


def _wide(**sizes: int) -> Device:
    return dataclasses.replace(TINY, name="wide", **sizes)


def test_rows_go_longest_first_to_the_least_loaded_lane() -> None:
    lanes, slots = _lanes_and_slots(_csr([1, 5, 3, 2, 2, 4]), _wide(drain_rows=1))

    # By falling count: row 1 (5) to lane 0, 5 (4) to 1, 2 (3) to 2, 3 (2) to 3, 4 (2) to 3 (the
    # lightest), 0 (1) to 2.
    assert lanes[:6] == [2, 0, 2, 3, 3, 1]
    assert slots[:6] == [1, 0, 0, 0, 1, 0]
    assert len(lanes) == 16
    assert len(set(zip(lanes, slots, strict=True))) == 16


def test_rows_of_a_line_go_to_distinct_lanes() -> None:
    # Rows 0 to 2 fill lanes 0 to 2. Rows 3 and 4 go to lane 3; row 5, of row 4's line, may not.
    lanes, _ = _lanes_and_slots(_csr([8, 8, 8, 2, 2, 2]), _wide(drain_rows=2))
    assert lanes[:6] == [0, 1, 2, 3, 3, 0]


def test_slots_are_a_lane_s_capacity() -> None:
    narrow = _wide(slots=8, tile_rows=32, drain_rows=1)
    lanes, slots = _lanes_and_slots(_csr([8] + [0] * 31), narrow)

    assert np.bincount(lanes).tolist() == [8, 8, 8, 8]
    assert max(slots) == 7


@pytest.mark.parametrize("drain_rows", [2, 4])
def test_a_row_moves_where_only_lanes_of_its_line_have_room(drain_rows: int) -> None:
    # As many accumulators as rows; lane 0 has the heavy one, so it takes rows last.
    full = _wide(slots=4, tile_rows=16, banks=16, drain_rows=drain_rows)
    lanes, slots = _lanes_and_slots(_csr([8] + [1] * 15), full)

    assert np.bincount(lanes).tolist() == [4, 4, 4, 4]
    assert sorted(zip(lanes, slots, strict=True)) == [(a, b) for a in range(4) for b in range(4)]
    assert all(
        len(set(line)) == drain_rows for line in np.reshape(lanes, (-1, drain_rows)).tolist()
    )


@st.composite
def _devices(draw: st.DrawFn) -> Device:
    """A device of few accumulators, some of them with as many as a row tile has rows."""
    lanes = draw(st.sampled_from([1, 2, 4, 8, 16]))
    most = min(lanes, 8)
    rows = 16 * draw(st.integers(1, 8))
    least = 1 << (-(-rows // lanes) - 1).bit_length()
    return _wide(
        axi_bytes=64,
        lanes=lanes,
        gather_rows=1,
        banks=16,
        slots=least << draw(st.integers(0, 1)),
        tile_rows=rows,
        drain_rows=draw(st.sampled_from([e for e in (1, 2, 4, 8) if e <= most])),
    )


@given(target=_devices(), seed=st.integers(0, 1 << 20), spread=st.sampled_from([0, 1, 8]))
@settings(deadline=None, max_examples=300)
def test_every_row_finds_an_accumulator_of_its_own(target: Device, seed: int, spread: int) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 2 * target.tile_rows + 2))
    cells = rng.random((rows, 20)) < rng.random((rows, 1)) ** spread
    operand = Csr.from_coo(cells.shape, *np.nonzero(cells))
    lanes, slots = _lanes_and_slots(operand, target)

    assert max(lanes) < target.lanes
    assert max(slots) < target.slots
    for start in range(0, len(lanes), target.tile_rows):
        end = min(start + target.tile_rows, len(lanes))
        tile = list(zip(lanes[start:end], slots[start:end], strict=True))
        assert len(set(tile)) == len(tile)
    for line in np.reshape(lanes, (-1, target.drain_rows)).tolist():
        assert len(set(line)) == target.drain_rows
