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
    with pytest.raises(GraphError, match="graph: SimpleNamespace object has no edge_index"):
        from_pyg(SimpleNamespace(x=[[1.0]]))
    with pytest.raises(GraphError, match=r"y must hold one class per node, got shape \(2, 2\)"):
        from_pyg(SimpleNamespace(edge_index=EDGES, y=[[0, 1], [1, 0]]))
    with pytest.raises(GraphError, match=r"train_mask must have shape \(2,\)"):
        from_pyg(SimpleNamespace(edge_index=EDGES, train_mask=[True]))
