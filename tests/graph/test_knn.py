# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import GraphError, SpecError
from hgcn.graph import knn
from hgcn.graph.knn import knn_graph, nearest


@given(st.integers(2, 12), st.integers(1, 3), st.integers(0, 2**32))
def test_neighbours_are_the_first_by_distance_then_index(n: int, width: int, seed: int) -> None:
    points = np.random.default_rng(seed).integers(0, 4, size=(n, width)).astype(float)
    count = min(3, n - 1)
    for node, found in enumerate(nearest(points, count)):
        squared = ((points - points[node]) ** 2).sum(axis=1)
        ranked = sorted((d, other) for other, d in enumerate(squared) if other != node)
        assert found.tolist() == sorted(other for _, other in ranked[:count])


def test_blocks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(0).integers(0, 9, size=(50, 4)).astype(float)
    whole = nearest(points, 5)
    monkeypatch.setattr(knn, "BLOCK_CELLS", 150)
    assert np.array_equal(nearest(points, 5), whole)


def test_points_become_features() -> None:
    graph = knn_graph([[0.0, 1.0], [0.0, 2.0], [5.0, 0.0]], neighbours=1, labels=[0, 0, 1])
    assert graph.features.to_dense().tolist() == [[0, 1], [0, 2], [5, 0]]
    assert graph.adjacency.to_dense().tolist() == [[0, 1, 1], [1, 0, 0], [1, 0, 0]]
    assert graph.num_classes == 2


def test_faults_are_named() -> None:
    with pytest.raises(SpecError, match=r"neighbours must be a whole number in 1\.\.1, got 2"):
        knn_graph([[0.0], [1.0]], neighbours=2)
    with pytest.raises(GraphError, match="points must be finite"):
        knn_graph([[np.nan], [1.0]], neighbours=1)
    with pytest.raises(GraphError, match="points must have two dimensions, got 1"):
        knn_graph([0.0, 1.0], neighbours=1)
