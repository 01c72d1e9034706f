# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from hgcn.errors import SpecError
from hgcn.graph import Graph, erdos_renyi, random_features, with_random_features


def test_everything_else_stays(small: Graph) -> None:
    graph = with_random_features(small, 7, rng=0)
    assert graph.features.shape == (4, 7)
    assert graph.adjacency is small.adjacency
    assert graph.labels.tolist() == small.labels.tolist()


@pytest.mark.parametrize("density", [0.0, 0.01, 0.5, 1.0])
def test_density_is_met(monkeypatch: pytest.MonkeyPatch, density: float) -> None:
    monkeypatch.setattr(random_features, "BLOCK_CELLS", 30_000)
    features = with_random_features(erdos_renyi(1000, 10, rng=0), 100, density=density, rng=1)
    share = features.features.nnz / 100_000
    assert abs(share - density) <= 4 * np.sqrt(density * (1 - density) / 100_000)
    data = features.features.data
    assert data.dtype == np.float32
    assert ((data > 0) & (data <= 1)).all()


def test_a_seed_fixes_the_features(small: Graph) -> None:
    first, second, third = (with_random_features(small, 9, rng=seed) for seed in (1, 1, 2))
    assert first.digest() == second.digest() != third.digest()


def test_faults_are_named(small: Graph) -> None:
    with pytest.raises(SpecError, match=r"width must be a whole number in 1\.\.2147483647, got 0"):
        with_random_features(small, 0, rng=0)
    with pytest.raises(SpecError, match=r"density must be in 0\.\.1, got 1\.5"):
        with_random_features(small, 2, density=1.5, rng=0)
