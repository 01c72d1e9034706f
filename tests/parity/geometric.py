# SPDX-License-Identifier: Apache-2.0
"""What PyTorch Geometric itself answers to every case; needs it."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch_geometric
from numpy.typing import NDArray
from torch_geometric.data import Data
from torch_geometric.nn import GCNConv
from torch_geometric.transforms import NormalizeFeatures

from tests.parity import cases


def versions() -> dict[str, str]:
    """Return the versions that answer."""
    return {"torch": torch.__version__, "torch_geometric": torch_geometric.__version__}


def layer_answers() -> NDArray[np.float64]:
    """Return one layer's outputs, shape (layers, edge lists, nodes, classes)."""
    x = torch.tensor(cases.features(), dtype=torch.float64)
    convs = [convolution(layer, *cases.weights(0)) for layer in cases.LAYERS]
    with torch.no_grad():
        answers = [[conv(x, *edges(kind)).numpy() for kind in cases.EDGES] for conv in convs]
    return np.array(answers)


def network_answers() -> NDArray[np.float64]:
    """Return two layers' outputs, shape (networks, edge lists, nodes, classes)."""
    answers = []
    for network in cases.NETWORKS:
        data = Data(x=torch.tensor(cases.features(), dtype=torch.float64))
        if network.feature_norm == "pyg":
            data = NormalizeFeatures()(data)
        first, second = (convolution(network.layer, *cases.weights(part)) for part in (1, 2))
        between = torch.relu if network.activation == "relu" else torch.nn.Identity()
        with torch.no_grad():
            answers.append(
                [
                    second(between(first(data.x, *edges(kind))), *edges(kind)).numpy()
                    for kind in cases.EDGES
                ]
            )
    return np.array(answers)


def edges(kind: cases.Edges) -> tuple[Any, Any]:
    """Return edge index and edge weights as tensors."""
    pairs, weights = cases.edge_list(kind)
    index = torch.tensor(pairs, dtype=torch.int64).T.contiguous()
    return index, None if weights is None else torch.tensor(weights, dtype=torch.float64)


def convolution(layer: cases.Layer, weight: cases.Matrix, bias: list[float]) -> GCNConv:
    """Return the layer with these parameters, in float64."""
    conv = GCNConv(
        len(weight),
        len(bias),
        improved=layer.improved,
        add_self_loops=layer.add_self_loops,
        normalize=layer.normalize,
        bias=layer.bias,
    ).double()
    conv.lin.weight.data = torch.tensor(weight, dtype=torch.float64).T.contiguous()
    if layer.bias:
        conv.bias.data = torch.tensor(bias, dtype=torch.float64)
    return conv
