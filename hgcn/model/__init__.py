# SPDX-License-Identifier: Apache-2.0
"""Models: layers, float forward pass, weights, training, quantisation."""

from hgcn.model.gcn import GCN
from hgcn.model.layers.appnp import APPNPLayer
from hgcn.model.layers.gcn import GCNLayer
from hgcn.model.layers.gin import GINLayer
from hgcn.model.layers.graph import GraphLayer
from hgcn.model.layers.linear import LinearLayer
from hgcn.model.layers.sage import SAGELayer
from hgcn.model.layers.sgc import SGCLayer
from hgcn.model.layers.sum import SumLayer
from hgcn.model.metrics import accuracy, unchanged
from hgcn.model.model import Model
from hgcn.model.model_file import SHIPPED_TYPES
from hgcn.model.quantise import quantise
from hgcn.model.recipe import RECIPES, Recipe
from hgcn.model.train import reproduce, train
from hgcn.model.weights_file import SHIPPED

__all__ = [
    "GCN",
    "RECIPES",
    "SHIPPED",
    "SHIPPED_TYPES",
    "APPNPLayer",
    "GCNLayer",
    "GINLayer",
    "GraphLayer",
    "LinearLayer",
    "Model",
    "Recipe",
    "SAGELayer",
    "SGCLayer",
    "SumLayer",
    "accuracy",
    "quantise",
    "reproduce",
    "train",
    "unchanged",
]
