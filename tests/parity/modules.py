# SPDX-License-Identifier: Apache-2.0
"""Trained modules as people write them, with PyTorch Geometric, and what they answer; needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import (
    APPNP,
    GIN,
    MLP,
    GCNConv,
    GINConv,
    GraphConv,
    GraphSAGE,
    SAGEConv,
    Sequential,
    SGConv,
)

NODES, WIDTH, CLASSES, EDGES = 48, 8, 3, 200
STEPS = 60
"""Of training: enough that batch norms have statistics and classes have margins."""


class Named(nn.Module):
    """Graph convolutions with names of their own, edge weights, a batch norm, functions."""

    def __init__(self) -> None:
        super().__init__()
        self.entrance = GCNConv(WIDTH, 16, improved=True, bias=False)
        self.steady = nn.BatchNorm1d(16)
        self.exit = GCNConv(16, CLASSES, cached=True)

    def forward(self, x: Any, edge_index: Any, edge_weight: Any = None) -> Any:
        x = F.relu(self.steady(self.entrance(x, edge_index, edge_weight)))
        x = F.dropout(x, p=0.2, training=self.training)
        return F.log_softmax(self.exit(x, edge_index, edge_weight), dim=1)


class Personal(nn.Module):
    """Sums and root weights with edge weights, then personalised propagation."""

    def __init__(self) -> None:
        super().__init__()
        self.near = GraphConv(WIDTH, 16)
        self.head = nn.Linear(16, CLASSES)
        self.far = APPNP(K=3, alpha=0.2)

    def forward(self, x: Any, edge_index: Any, edge_weight: Any = None) -> Any:
        x = self.near(x, edge_index, edge_weight).relu()
        return self.far(self.head(x), edge_index, edge_weight)


class Residual(nn.Module):
    """Two blocks with a residual, the first on the features themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([GCNConv(WIDTH, WIDTH), SAGEConv(WIDTH, WIDTH)])
        self.norm = nn.BatchNorm1d(WIDTH)
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x: Any, edge_index: Any) -> Any:
        for block in self.blocks:
            x = x + F.relu(block(x, edge_index))
        return self.head(self.norm(x))


class Mixed(nn.Module):
    """Takes the data whole; layers of several types; batch norms that cannot be folded."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.BatchNorm1d(WIDTH)
        self.layers = nn.ModuleList(
            [nn.Linear(WIDTH, 16), SAGEConv(16, 16, aggr="mean", root_weight=False)]
        )
        self.norms = nn.ModuleList([nn.BatchNorm1d(16), nn.BatchNorm1d(16, affine=False)])
        self.sums = GCNConv(16, 16, normalize=False)
        self.head = nn.Sequential(nn.Identity(), nn.Linear(16, CLASSES), nn.Softmax(dim=-1))

    def forward(self, data: Any) -> Any:
        x = self.layers[0](self.scale(data.x)).relu_()
        x = self.layers[1](self.norms[0](x), data.edge_index)
        x = self.norms[1](torch.relu(x))
        return self.head(self.sums(x, data.edge_index))


class Isomorphism(nn.Module):
    """Two `GINConv`: an MLP of PyTorch Geometric in the one, a lone linear layer in the other."""

    def __init__(self) -> None:
        super().__init__()
        mlp = MLP([WIDTH, 16, 16], norm="batch_norm", dropout=0.1, plain_last=False)
        self.one = GINConv(mlp, eps=0.25, train_eps=True)
        self.two = GINConv(nn.Linear(16, CLASSES))

    def forward(self, x: Any, edge_index: Any) -> Any:
        return self.two(self.one(x, edge_index), edge_index)


MODULES: dict[str, Callable[[], nn.Module]] = {
    "gcn": Named,
    "gin": Isomorphism,
    "gin-model": lambda: GIN(WIDTH, 16, 2, CLASSES, norm="batch_norm"),
    "jumping": lambda: GIN(WIDTH, 8, 3, CLASSES, jk="cat"),
    "linear": lambda: nn.Sequential(nn.Linear(WIDTH, 8), nn.ReLU(), nn.Linear(8, CLASSES)),
    "mixed": Mixed,
    "personal": Personal,
    "residual": Residual,
    "sage": lambda: GraphSAGE(WIDTH, 16, 2, CLASSES, root_weight=False),
    "sage-root": lambda: GraphSAGE(WIDTH, 16, 2, CLASSES, norm="batch_norm"),
    "sage-sum": lambda: GraphSAGE(WIDTH, 16, 2, CLASSES, root_weight=False, aggr="sum"),
    "sgc": lambda: Sequential(
        "x, edge_index",
        [
            (SGConv(WIDTH, 16, K=2), "x, edge_index -> x"),
            nn.ReLU(inplace=True),
            (GCNConv(16, CLASSES, add_self_loops=False), "x, edge_index -> x"),
        ],
    ),
}
"""How each is made, untrained."""


def data() -> Data:
    """Return three groups of nodes, mostly neighbours within, directed, with weights and loops."""
    torch.manual_seed(3)
    y = torch.randint(CLASSES, (NODES,))
    pairs = torch.randint(NODES - 1, (2, 8 * EDGES))  # One node stays alone.
    inside = (y[pairs[0]] == y[pairs[1]]) | (torch.rand(8 * EDGES) < 0.1)
    index = pairs[:, inside][:, :EDGES]
    # A node's second loop is refused where edges have weights.
    loops = (index[0] != index[1]) | (index[0] % 8 == 0)
    index = torch.unique(index[:, loops], dim=1)
    x = torch.randn(NODES, WIDTH) + 2 * F.one_hot(y, WIDTH)
    return Data(x=x, edge_index=index, edge_weight=torch.rand(index.shape[1]) + 0.5, y=y)


def trained(name: str) -> nn.Module:
    """Return the module of that name, trained, still in training mode."""
    torch.manual_seed(5)
    module, graph = MODULES[name](), data()
    optimiser = torch.optim.Adam(module.parameters(), lr=0.02)
    for _ in range(STEPS):
        optimiser.zero_grad()
        F.cross_entropy(answer(module, graph), graph.y).backward()
        optimiser.step()
    return module


def answer(module: nn.Module, graph: Data) -> Any:
    """Call a module as its author would."""
    if isinstance(module, Mixed):
        return module(graph)
    if isinstance(module, nn.Sequential):
        return module(graph.x)
    if isinstance(module, (Named, Personal)):
        return module(graph.x, graph.edge_index, graph.edge_weight)
    return module(graph.x, graph.edge_index)


def at_inference(module: nn.Module, graph: Data) -> Any:
    """Return what a module answers in eval mode, shape (nodes, classes)."""
    with torch.no_grad():
        return answer(module.eval(), graph).numpy()
