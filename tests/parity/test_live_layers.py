# SPDX-License-Identifier: Apache-2.0
"""Layers of other types answer as the real ones of PyTorch Geometric: `make test-pyg`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import hgcn
from hgcn.graph import from_pyg
from hgcn.model import APPNPLayer, GINLayer, GraphLayer, LinearLayer, SAGELayer, SGCLayer
from tests.parity import cases
from tests.parity.test_parity import TOLERANCE

pytest.importorskip("torch_geometric", reason="needs PyTorch Geometric: make test-pyg")

WIDTHS = (cases.WIDTH, cases.CLASSES)


def parts(linear: Any, bias: Any = None) -> dict[str, NDArray[np.float32]]:
    """Return weight and bias of a torch layer as ours takes them."""
    bias = linear.bias if bias is None else bias
    return {"weight": linear.weight.detach().numpy().T, "bias": bias.detach().numpy()}


@pytest.mark.parametrize("kind", [kind for kind in cases.EDGES if kind.weights == "none"])
@pytest.mark.parametrize(
    "name", ["appnp", "gin", "graph", "sage", "sage with root", "sgc", "sgc without loops"]
)
def test_a_layer_answers_alike(name: str, kind: cases.Edges) -> None:
    import torch
    from torch import nn
    from torch_geometric.data import Data
    from torch_geometric.nn import APPNP, GINConv, GraphConv, SAGEConv, SGConv

    from tests.parity.geometric import edges

    torch.manual_seed(2)
    conv: Any
    layers: tuple[Any, ...]
    if name == "appnp":
        conv = APPNP(K=4, alpha=0.15)
        first = LinearLayer(weight=np.eye(cases.WIDTH, dtype=np.float32))
        layers = (first, APPNPLayer(features=cases.WIDTH, hops=4, alpha=0.15))
    elif name == "gin":
        mlp = nn.Sequential(nn.Linear(*WIDTHS), nn.ReLU(), nn.Linear(cases.CLASSES, 2))
        conv = GINConv(mlp, eps=0.25)
        first = GINLayer(**parts(mlp[0]), eps=0.25, activation="relu")
        layers = (first, LinearLayer(**parts(mlp[2])))
    elif name == "graph":
        conv = GraphConv(*WIDTHS)
        root = conv.lin_root.weight.detach().numpy().T
        layers = (GraphLayer(**parts(conv.lin_rel), root=root),)
    elif name == "sage":
        conv = SAGEConv(*WIDTHS, root_weight=False)
        layers = (SAGELayer(**parts(conv.lin_l)),)
    elif name == "sage with root":
        conv = SAGEConv(*WIDTHS)
        root = conv.lin_r.weight.detach().numpy().T
        layers = (SAGELayer(**parts(conv.lin_l), root=root),)
    else:
        loops = name == "sgc"
        conv = SGConv(*WIDTHS, K=3, add_self_loops=loops)
        layers = (SGCLayer(**parts(conv.lin), hops=3, add_self_loops=loops),)
    data = Data(x=torch.tensor(cases.features()), edge_index=edges(kind)[0])
    with torch.no_grad():
        wanted = conv.eval()(data.x, data.edge_index).numpy()
    ours = hgcn.Model(name=name.replace(" ", "-"), layers=layers).forward(from_pyg(data))
    np.testing.assert_allclose(ours, wanted, rtol=TOLERANCE, atol=TOLERANCE)
