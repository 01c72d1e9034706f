# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import GraphError, SpecError
from hgcn.graph import erdos_renyi, power_law, rmat

MAKERS = [erdos_renyi, power_law, rmat]


@given(st.sampled_from(MAKERS), st.integers(5, 60), st.integers(0, 2**32))
def test_edges_are_exactly_as_many_and_symmetric(make, n: int, seed: int) -> None:
    graph = make(n, n // 2, rng=seed)
    dense = graph.adjacency.to_dense()
    assert graph.num_edges == 2 * (n // 2)
    assert np.array_equal(dense, dense.T)


@given(st.integers(1, 30), st.data())
def test_erdos_renyi_reaches_every_number_of_edges(n: int, data) -> None:
    count = data.draw(st.integers(0, n * (n - 1) // 2))
    assert erdos_renyi(n, count, rng=0).num_edges == 2 * count


@pytest.mark.parametrize("count", [1, 2, 3])
def test_erdos_renyi_is_uniform(count: int) -> None:
    rng = np.random.default_rng(0)
    seen = Counter(erdos_renyi(3, count, rng=rng).digest() for _ in range(600))
    assert len(seen) == {1: 3, 2: 3, 3: 1}[count]
    assert min(seen.values()) > 150


@pytest.mark.parametrize("make", MAKERS)
def test_a_seed_fixes_the_graph(make) -> None:
    assert make(50, 80, rng=3).digest() == make(50, 80, rng=3).digest()
    assert make(50, 80, rng=3).digest() != make(50, 80, rng=4).digest()


@pytest.mark.parametrize("make", [power_law, rmat])
def test_skewed_models_have_hubs(make) -> None:
    degrees = np.diff(make(2000, 8000, rng=0).adjacency.indptr)
    uniform = np.diff(erdos_renyi(2000, 8000, rng=0).adjacency.indptr)
    assert degrees.max() > 4 * uniform.max()


@pytest.mark.parametrize("make", MAKERS)
def test_impossible_sizes_are_named(make) -> None:
    with pytest.raises(SpecError, match=r"num_edges must be a whole number in 0\.\.3, got 4"):
        make(3, 4, rng=0)
    with pytest.raises(SpecError, match="num_nodes must be a whole number in"):
        make(0, 0, rng=0)


def test_faults_are_named() -> None:
    with pytest.raises(SpecError, match=r"exponent must be above 1, got 1\.0"):
        power_law(3, 1, exponent=1.0, rng=0)
    with pytest.raises(SpecError, match="quadrants must be four shares that sum to 1"):
        rmat(3, 1, quadrants=(0.5, 0.5, 0.5, 0.5), rng=0)
    with pytest.raises(GraphError, match="gave only 0 distinct edges of 1 wanted"):
        rmat(4, 1, quadrants=(1.0, 0.0, 0.0, 0.0), rng=0)
