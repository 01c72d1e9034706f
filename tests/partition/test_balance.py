# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hgcn.partition.balance import best_cut
from hgcn.partition.split import CostFunction

COSTS: dict[str, CostFunction] = {
    "makespan": lambda p, m: np.maximum(p / 4, m * 0.7),
    "steps": lambda p, m: np.maximum(np.ceil(p / 16), 5 * np.ceil(m / 24)),
    "shared memory": lambda p, m: np.maximum(np.maximum(p / 4, m * 0.7), (3 * p + 5 * m) / 16),
    "overheads": lambda p, m: np.maximum(p + 20, m * 2 + 35),
    "sum": lambda p, m: p * 0.3 + m,
    "pl only": lambda p, m: p + 0 * m,
    "array only": lambda p, m: m + 0 * p,
}


def _all_costs(sizes: np.ndarray, cost: CostFunction) -> np.ndarray:
    """Cost at every number of slices on the tensor array, those of largest value first."""
    values = np.repeat(np.arange(len(sizes)), sizes)[::-1].astype(float)
    nonzeros = values.sum() - np.concatenate([[0.0], np.cumsum(values)])
    return cost(nonzeros, 8.0 * np.arange(len(values) + 1))


@pytest.mark.parametrize("name", COSTS)
@given(sizes=arrays(np.int32, st.integers(2, 20), elements=st.integers(0, 30)))
@settings(deadline=None, max_examples=60)
def test_the_cut_is_the_best_of_the_chain(name: str, sizes: np.ndarray) -> None:
    sizes[0] = 0
    every = _all_costs(sizes, COSTS[name])
    cut = best_cut(sizes[None], COSTS[name])
    taken = int(sizes[cut.threshold[0] + 1 :].sum() + cut.ties[0])

    assert cut.cost[0] == pytest.approx(every.min())
    assert every[taken] == pytest.approx(cut.cost[0])
    assert cut.bound[0] <= cut.cost[0]


def test_the_bound_divides_slices() -> None:
    # 3 slices of 4: all on the PL cost 12, one gone max(8, 8); divided slices do no better.
    cut = best_cut(np.array([[0, 0, 0, 0, 3]], np.int32), COSTS["makespan"])

    # p / 4 = 0.7 * 8 k with p = 12 - 4 k: k = 3 / 6.6.
    assert cut.bound[0] == pytest.approx(0.7 * 8 * 3 / 6.6)
    assert cut.cost[0] == 3.0


def test_tiles_do_not_touch_each_other() -> None:
    rng = np.random.default_rng(3)
    histogram = rng.integers(0, 9, (5000, 17)).astype(np.int32)
    together = best_cut(histogram, COSTS["shared memory"])

    for tile in (0, 4095, 4096, 4999):
        alone = best_cut(histogram[tile : tile + 1], COSTS["shared memory"])
        assert alone.threshold[0] == together.threshold[tile]
        assert alone.ties[0] == together.ties[tile]
        assert alone.bound[0] == together.bound[tile]


@pytest.mark.parametrize("name", COSTS)
def test_the_cut_does_not_depend_on_the_bound(name: str) -> None:
    histogram = np.random.default_rng(4).integers(0, 9, (300, 17)).astype(np.int32)
    bounded = best_cut(histogram, COSTS[name])
    plain = best_cut(histogram, COSTS[name], fluid=False)
    assert np.array_equal(plain.threshold, bounded.threshold)
    assert np.array_equal(plain.ties, bounded.ties)
    assert np.array_equal(plain.bound, plain.cost) and np.array_equal(plain.cost, bounded.cost)
    assert (bounded.bound <= plain.bound).all()
    assert (bounded.bound < plain.bound).any() == (
        name in ("makespan", "shared memory", "overheads")
    )
