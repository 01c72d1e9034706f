# SPDX-License-Identifier: Apache-2.0
"""Classes are known by name and home; a softmax and a join only along the features."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hgcn.model.pyg.known import fault_along, fault_joining, is_leaf, known_name


def test_a_class_of_somebody_else_has_no_known_name() -> None:
    kind = type("Linear", (), {"__module__": "mine"})
    assert known_name(kind()) == "" and not is_leaf(kind())
    kind.__module__ = "torch.nn.modules.linear"
    assert known_name(kind()) == "Linear" and is_leaf(kind())


def test_containers_are_no_layers_and_layers_of_messages_always_are() -> None:
    torch = pytest.importorskip("torch", reason="needs PyTorch: make test-pyg")
    gnn = pytest.importorskip("torch_geometric.nn", reason="needs PyTorch Geometric")
    for container in (torch.nn.Sequential(), gnn.GCN(2, 2, 1), gnn.BatchNorm(2), gnn.MLP([2, 2])):
        assert not is_leaf(container)
    for layer in (gnn.GATConv(2, 2), gnn.LayerNorm(2), torch.nn.ELU(), torch.nn.Dropout()):
        assert is_leaf(layer)


def test_softmax_and_joins_are_along_the_features() -> None:
    assert fault_along(1) == fault_along(-1) == "" and "got 0" in fault_along(0)
    table, other = SimpleNamespace(shape=(2, 3)), SimpleNamespace(shape=(2, 1))
    assert fault_joining("cat", ([table],), {"dim": 1}) == ""
    assert "dim=-1, got None" in fault_joining("cat", ([table],), {})
    assert fault_joining("add", (table, table), {}) == ""
    for args, kwargs in (((table, other), {}), ((table, table), {"alpha": 2}), ((table,), {})):
        assert "two values of one shape" in fault_joining("add", args, kwargs)
