# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse

from hgcn.errors import GraphError
from hgcn.graph.from_pyg import from_pyg

EDGES = np.array([[0, 1], [1, 0]])


def test_every_usual_attribute_is_read() -> None:
    torch = pytest.importorskip("torch")
    data = SimpleNamespace(
        edge_index=torch.tensor(EDGES),
        x=torch.eye(3),
        y=torch.tensor([[0], [1], [2]]),
        edge_weight=torch.tensor([0.5, 0.5]),
        train_mask=torch.tensor([[True, False], [False, True], [False, True]]),
        val_mask=None,
        test_mask=torch.tensor([False, True, True]),
    )
    graph = from_pyg(data, name="three")
    assert (graph.name, graph.num_nodes, graph.num_edges, graph.num_classes) == ("three", 3, 2, 3)
    assert graph.adjacency.data.tolist() == [0.5, 0.5]
    assert graph.train_mask.tolist() == [True, False, False]
    assert graph.val_mask is None
    assert graph.test_mask.tolist() == [False, True, True]


def test_nodes_without_features_are_counted() -> None:
    assert from_pyg(SimpleNamespace(edge_index=EDGES, num_nodes=5)).num_nodes == 5
    assert from_pyg(SimpleNamespace(edge_index=EDGES, y=[0, 0, 1, 1])).num_nodes == 4


def test_sparse_features_stay_sparse() -> None:
    data = SimpleNamespace(edge_index=EDGES, x=scipy.sparse.identity(2, format="coo"))
    assert from_pyg(data).features.nnz == 2


def test_faults_are_named() -> None:
    with pytest.raises(GraphError, match="graph: a SimpleNamespace has no edge_index"):
        from_pyg(SimpleNamespace(x=[[1.0]]))
    with pytest.raises(GraphError, match=r"y must hold one class per node, got shape \(2, 2\)"):
        from_pyg(SimpleNamespace(edge_index=EDGES, y=[[0, 1], [1, 0]]))
    with pytest.raises(GraphError, match=r"train_mask must have shape \(2,\)"):
        from_pyg(SimpleNamespace(edge_index=EDGES, train_mask=[True]))


def test_one_number_an_edge_in_edge_attr_is_questioned() -> None:
    for attr in ([0.5, 2.0], [[0.5], [2.0]]):
        data = SimpleNamespace(edge_index=EDGES, edge_attr=attr)
        with pytest.raises(GraphError, match=r"one number an edge in edge_attr .* weights='edge_a"):
            from_pyg(data)
        assert from_pyg(data, weights="edge_attr").adjacency.data.tolist() == [2.0, 0.5]
        ignored = from_pyg(data, weights=None)
        assert ignored.adjacency.data is None
        assert [note for note in ignored.notes if note.startswith("edge_attr of shape (2")]


def test_what_is_no_weight_is_noted() -> None:
    data = SimpleNamespace(edge_index=EDGES, edge_attr=np.ones((2, 3)))
    assert from_pyg(data).adjacency.data is None
    assert from_pyg(data).notes == (
        "edge_attr of shape (2, 3) was left out: it is no weight of the edges.",
    )
    with pytest.raises(GraphError, match=r"edge_attr must hold one number an edge, got .*\(2, 3\)"):
        from_pyg(data, weights="edge_attr")
    both = SimpleNamespace(edge_index=EDGES, edge_attr=[1.0, 3.0], edge_weight=[5.0, 7.0])
    assert from_pyg(both).adjacency.data.tolist() == [7.0, 5.0]
    assert len(from_pyg(both).notes) == 1 and len(from_pyg(both, weights=None).notes) == 2
    with pytest.raises(GraphError, match="has no 'w' to take as weights"):
        from_pyg(both, weights="w")


def test_an_adj_t_is_pointed_at_from_scipy() -> None:
    with pytest.raises(GraphError, match="has no edge_index, but an adj_t: give from_scipy"):
        from_pyg(SimpleNamespace(adj_t=object()))
