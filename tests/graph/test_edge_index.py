# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from hgcn.errors import GraphError
from hgcn.graph.edge_index import from_edge_index


def test_the_target_aggregates_from_the_source() -> None:
    graph = from_edge_index(np.array([[0], [1]]))
    assert graph.adjacency.to_dense().tolist() == [[0.0, 0.0], [1.0, 0.0]]


def test_torch_tensors_are_taken() -> None:
    torch = pytest.importorskip("torch")
    graph = from_edge_index(torch.tensor([[0, 1], [1, 0]]), features=torch.eye(3))
    assert (graph.num_nodes, graph.num_edges, graph.num_features) == (3, 2, 3)


def test_nodes_are_counted_from_features_then_edges() -> None:
    assert from_edge_index([[0], [1]], features=np.zeros((5, 1))).num_nodes == 5
    assert from_edge_index([[0], [4]]).num_nodes == 5
    assert from_edge_index([[0], [1]], num_nodes=7).num_nodes == 7
    assert from_edge_index([[], []], num_nodes=1).num_edges == 0


def test_symmetrise_adds_the_way_back() -> None:
    assert from_edge_index([[0], [1]], symmetrise=True, weights=[2.0]).num_edges == 2


def test_parallel_self_loops_with_weights_are_refused() -> None:
    with pytest.raises(GraphError, match="node 1 has 2 self-loops with weights, of which GCNConv"):
        from_edge_index([[0, 1, 1], [1, 1, 1]], weights=[1.0, 2.0, 2.0])
    assert from_edge_index([[0, 1, 1], [1, 1, 1]]).adjacency.data.tolist() == [1, 2]


def test_faults_are_named() -> None:
    with pytest.raises(GraphError, match=r"edge_index must have shape \(2, E\), got \(3, 2\)"):
        from_edge_index([[0, 1], [1, 2], [2, 0]])
    with pytest.raises(GraphError, match=r"must lie in 0\.\.1, got 4"):
        from_edge_index([[0], [4]], num_nodes=2)
    with pytest.raises(GraphError, match="edge_index must be integers, got float64"):
        from_edge_index([[0.0], [4.0]])
