# SPDX-License-Identifier: Apache-2.0
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hgcn.errors import SpecError
from hgcn.graph.csr import Csr
from hgcn.partition.split import Grid, Part
from hgcn.partition.splitter import split


def _csr(dense: np.ndarray) -> Csr:
    return Csr.from_coo(dense.shape, *np.nonzero(dense))


def _grid(shape: tuple[int, int]) -> Grid:
    return Grid(rows=shape[0], cols=shape[1], tile_rows=8, tile_cols=16, block_rows=4)


def _cost(nonzeros: np.ndarray, columns: np.ndarray) -> np.ndarray:
    return np.maximum(nonzeros, 0.6 * columns)


@st.composite
def operands(draw: st.DrawFn) -> np.ndarray:
    shape = draw(st.tuples(st.integers(1, 20), st.integers(1, 40)))
    density = draw(st.sampled_from([0.05, 0.3, 0.9]))
    seed = draw(st.integers(0, 1 << 16))
    return np.random.default_rng(seed).random(shape) < density


@given(
    operands(),
    st.sampled_from(["balanced", "pl-only", "aie-only", "threshold:2"]),
    st.integers(1, 8),
)
@settings(deadline=None)
def test_a_segment_has_one_part_and_a_dense_group_is_whole(
    dense: np.ndarray, policy: str, dense_fill: int
) -> None:
    csr = _csr(dense)
    made = split(csr, _grid(csr.shape), policy, _cost, dense_fill)
    block, col = csr.row_ids() // 4, csr.indices

    assert made.part.shape == (csr.nnz,)
    assert np.isin(made.part, list(Part)).all()
    parts: dict[tuple[int, int], set[int]] = {}
    groups: dict[tuple[int, int], set[bool]] = {}
    for b, c, p in zip(block, col, made.part, strict=True):
        parts.setdefault((b, c), set()).add(int(p))
        groups.setdefault((b, c // 8), set()).add(p == Part.DENSE)
    assert all(len(found) == 1 for found in parts.values())
    assert all(len(found) == 1 for found in groups.values())
    counts = made.counts()
    assert sum(counts[part]["nonzeros"] for part in counts) == csr.nnz
    assert sum(counts[part]["columns"] for part in counts) == len(parts)


@given(operands())
@settings(deadline=None)
def test_balanced_is_never_worse_than_a_threshold(dense: np.ndarray) -> None:
    csr = _csr(dense)
    grid = _grid(csr.shape)
    best = split(csr, grid, "balanced", _cost)

    for policy in ["pl-only", "aie-only", *(f"threshold:{c}" for c in range(1, 6))]:
        other = split(csr, grid, policy, _cost)
        assert best.cost_cycles <= other.cost_cycles + 1e-9
        assert best.bound_cycles == other.bound_cycles
    assert best.bound_cycles <= best.cost_cycles + 1e-9


@given(
    arrays(np.bool_, st.tuples(st.integers(1, 8), st.integers(1, 5)))
    | arrays(np.bool_, st.tuples(st.integers(1, 4), st.integers(9, 11)))
)
@settings(deadline=None, max_examples=60)
def test_balanced_is_the_best_of_all_subsets(dense: np.ndarray) -> None:
    csr = _csr(dense)
    segments = [
        (block, int(count))
        for block in range(-(-dense.shape[0] // 4))
        for count in dense[4 * block : 4 * block + 4].sum(axis=0)
        if count
    ]
    least = np.inf
    for chosen in itertools.product([False, True], repeat=len(segments)):
        nonzeros = sum(c for (_, c), take in zip(segments, chosen, strict=True) if not take)
        taken = [b for (b, _), take in zip(segments, chosen, strict=True) if take]
        columns = sum(8 * -(-taken.count(b) // 8) for b in set(taken))
        least = min(least, float(_cost(np.float64(nonzeros), np.float64(columns))))

    best = split(csr, _grid(csr.shape), "balanced", _cost)
    assert best.cost_cycles == pytest.approx(least)


def test_fixed_policies_do_what_they_say() -> None:
    dense = np.zeros((4, 9), dtype=np.bool_)
    dense[:, 0] = dense[0, 8] = dense[:2, 3] = True
    csr = _csr(dense)

    def parts(policy: str) -> list[int]:
        return [int(p) for p in split(csr, _grid(csr.shape), policy, _cost).part]

    # Nonzeros in order: (0,0) (0,3) (0,8) (1,0) (1,3) (2,0) (3,0).
    assert parts("pl-only") == [0, 0, 0, 0, 0, 0, 0]
    assert parts("aie-only") == [1, 1, 1, 1, 1, 1, 1]
    assert parts("threshold:2") == [1, 1, 0, 1, 1, 1, 1]
    assert parts("threshold:3") == [1, 0, 0, 1, 0, 1, 1]


def test_a_dense_group_absorbs_what_was_not_chosen() -> None:
    dense = np.ones((4, 8), dtype=np.bool_)
    dense[1:, 5] = False
    csr = _csr(dense)

    strict = split(csr, _grid(csr.shape), "threshold:2", _cost)
    loose = split(csr, _grid(csr.shape), "threshold:2", _cost, dense_fill=7)
    assert strict.counts()["dense"]["nonzeros"] == 0
    assert loose.counts()["dense"] == {"nonzeros": 29, "columns": 8}


def test_a_group_past_the_last_column_is_not_dense() -> None:
    csr = _csr(np.ones((4, 7), dtype=np.bool_))
    made = split(csr, _grid(csr.shape), "aie-only", _cost, dense_fill=1)
    assert made.counts()["sparse"]["columns"] == 7


def test_bad_arguments_are_named() -> None:
    csr = _csr(np.ones((4, 7), dtype=np.bool_))
    with pytest.raises(SpecError, match=r"operand's shape \(4, 7\), got \(4, 8\)"):
        split(csr, _grid((4, 8)), "balanced", _cost)
    with pytest.raises(SpecError, match="dense_fill must be 1 to 8, got 0"):
        split(csr, _grid((4, 7)), "balanced", _cost, dense_fill=0)


def test_ties_are_taken_from_distinct_banks() -> None:
    # Eight columns in bank 0 and one in each other, all of two nonzeros; one slice is taken.
    dense = np.zeros((4, 64), dtype=np.bool_)
    dense[:2, [*range(0, 64, 8), *range(9, 64, 9)]] = True
    csr = _csr(dense)
    grid = Grid(rows=4, cols=64, tile_rows=4, tile_cols=64, block_rows=4, banks=8, gather_rows=8)
    made = split(csr, grid, "balanced", lambda p, m: np.maximum(p / 16, m / 8))

    taken = np.unique(csr.indices[made.part == Part.SPARSE])
    assert len(taken) == 8
    assert sorted(taken % 8) == [*range(8)]


@given(operands())
@settings(deadline=None)
def test_a_split_may_be_steered_and_is_charged_by_the_cost(dense: np.ndarray) -> None:
    csr = _csr(dense)
    grid = _grid(csr.shape)

    def steer(nonzeros: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return _cost(nonzeros, 3.0 * columns)

    made = split(csr, grid, "balanced", _cost, steer=steer)
    plain, other = (split(csr, grid, "balanced", cost) for cost in (_cost, steer))
    assert np.array_equal(made.part, other.part)
    assert made.bound_cycles == plain.bound_cycles and made.cost_cycles >= plain.cost_cycles
    reached = _cost(made.scattered.astype(float), made.columns.astype(float))
    assert made.cost_cycles == pytest.approx(reached.sum())
    assert made.scattered.sum() == (made.part == Part.SCATTERED).sum()


@given(operands(), st.sampled_from(["balanced", "threshold:2"]))
@settings(deadline=None)
def test_a_bound_that_is_known_changes_nothing_else(dense: np.ndarray, policy: str) -> None:
    csr = _csr(dense)
    plain = split(csr, _grid(csr.shape), policy, _cost)
    told = split(csr, _grid(csr.shape), policy, _cost, bound_cycles=-1.0)
    assert np.array_equal(told.part, plain.part) and told.cost_cycles == plain.cost_cycles
    assert told.bound_cycles == -1.0
