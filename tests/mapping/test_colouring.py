# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgcn.graph.csr import Csr
from hgcn.mapping.colouring import colour_tiles

_LANES, _BANKS = 4, 8


def _schedule(lane_bank: np.ndarray) -> tuple[np.ndarray, int]:
    """Schedule a multigraph of edge counts: one row a lane, as many columns as a bank needs."""
    deepest = max(int(lane_bank.max()), 1)
    cols = deepest * _BANKS
    dense = np.zeros((_LANES, cols), dtype=np.bool_)
    for lane in range(_LANES):
        for bank in range(_BANKS):
            dense[lane, bank : bank + int(lane_bank[lane, bank]) * _BANKS : _BANKS] = True
    csr = Csr.from_coo(dense.shape, *np.nonzero(dense))
    bound = int(max(lane_bank.sum(axis=0).max(), lane_bank.sum(axis=1).max()))
    part = np.zeros(csr.nnz, dtype=np.uint8)
    values = np.zeros(0, dtype=np.int8)
    accumulator = (np.arange(_LANES) << 9).astype(np.uint16)
    start = np.array([0, bound])
    for array in (part, values, accumulator, start):
        array.setflags(write=False)
    entries = colour_tiles(
        csr.indptr,
        csr.indices,
        part,
        values,
        accumulator,
        start,
        cols,
        _LANES,
        cols,
        _LANES,
        _BANKS,
    )
    return entries, bound


def _check(lane_bank: np.ndarray) -> None:
    entries, bound = _schedule(lane_bank)
    assert entries.shape == (bound, _LANES)
    bundle, lane = np.nonzero(entries >> 23 & 1)
    bank = entries[bundle, lane] % _BANKS
    meetings = np.zeros((max(bound, 1), _BANKS), dtype=int)
    np.add.at(meetings, (bundle, bank), 1)
    assert meetings.max() <= 1
    got = np.zeros_like(lane_bank)
    np.add.at(got, (lane, bank), 1)
    np.testing.assert_array_equal(got, lane_bank)


@given(st.integers(0, 1 << 20), st.integers(0, 30), st.floats(0, 1))
@settings(deadline=None)
def test_every_multigraph_takes_its_largest_degree(seed: int, most: int, density: float) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, most + 1, (_LANES, _BANKS))
    _check(counts * (rng.random(counts.shape) < density))


@pytest.mark.parametrize("times", [1, 3, 200])
def test_regular_multigraphs_leave_no_slack(times: int) -> None:
    rng = np.random.default_rng(5)
    counts = np.zeros((_LANES, _BANKS), dtype=np.int64)
    for _ in range(times):
        counts[np.arange(_LANES), rng.permutation(_LANES)] += 1
    entries, bound = _schedule(counts)

    assert bound == times
    assert (entries >> 23 & 1).all()
    _check(counts)
