# SPDX-License-Identifier: Apache-2.0
"""A small graph, and modules of a line: for tests that have PyTorch Geometric."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch_geometric.data import Data

NODES, WIDTH = 12, 5


def data(*, weights: bool = False) -> Data:
    """Return a random graph without self-loops, the same each time."""
    draw = torch.Generator().manual_seed(1)
    index = torch.randint(NODES, (2, 40), generator=draw)
    index = index[:, index[0] != index[1]]
    made = Data(x=torch.randn(NODES, WIDTH, generator=draw), edge_index=index)
    if weights:
        made.edge_weight = torch.rand(index.shape[1], generator=draw) + 0.5
    return made


class Does(nn.Module):
    """Two layers by name, and a function that says what becomes of the features."""

    def __init__(self, forward: Callable[[Any, Any, Any], Any], **layers: nn.Module) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self._forward = forward

    def forward(self, x: Any, edge_index: Any) -> Any:
        return self._forward(self, x, edge_index)
