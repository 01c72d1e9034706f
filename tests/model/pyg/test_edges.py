# SPDX-License-Identifier: Apache-2.0
"""Layers that see other edges or weights than the data's, or not all the same, are named."""

from __future__ import annotations

from typing import Any

import pytest

import hgcn
from hgcn.errors import ModelError

pyg = pytest.importorskip("torch_geometric", reason="needs PyTorch Geometric: make test-pyg")


def refused(words: str, forward: Any, **layers: Any) -> None:
    from tests.model.pyg.samples import Does, data

    given = data(weights=True)
    with pytest.raises(ModelError, match=words):
        hgcn.from_pyg(Does(forward, **layers), given, call=lambda m, d: m(d.x, d))


def test_other_edges_and_weights_are_refused() -> None:
    from torch_geometric.nn import GCNConv, SAGEConv

    refused(
        r"^a \(GCNConv\): it gets other edges than data.edge_index",
        lambda self, x, d: self.a(x, d.edge_index.flip(0)),
        a=GCNConv(5, 2),
    )
    refused(
        r"^a \(GCNConv\): it gets other edge weights than those of data",
        lambda self, x, d: self.a(x, d.edge_index, d.edge_weight * 2),
        a=GCNConv(5, 2),
    )
    refused(
        r"^b \(GCNConv\): a \(GCNConv\) sees edge weights, b \(GCNConv\) does not",
        lambda self, x, d: self.b(self.a(x, d.edge_index, d.edge_weight), d.edge_index),
        a=GCNConv(5, 5),
        b=GCNConv(5, 2),
    )
    refused(
        r"^a \(SAGEConv\): size= is not supported",
        lambda self, x, d: self.a(x, d.edge_index, size=(12, 12)),
        a=SAGEConv(5, 2, root_weight=False),
    )


def test_equal_edges_in_other_memory_are_the_same() -> None:
    from torch_geometric.nn import GCNConv

    from tests.model.pyg.samples import Does, data

    module = Does(lambda self, x, edges: self.a(x, edges.clone()), a=GCNConv(5, 2))
    assert hgcn.from_pyg(module, data()).widths == (5, 2)
