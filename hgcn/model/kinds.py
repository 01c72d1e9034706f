# SPDX-License-Identifier: Apache-2.0
"""What stands where a model is wanted, and what to call instead."""

from __future__ import annotations

import os
from collections.abc import Mapping

from hgcn.errors import ModelError
from hgcn.graph.graph import Graph
from hgcn.graph.kinds import described, is_module, require_graph
from hgcn.model.model import Model

_FROM_MODULE = "call hgcn.from_pyg(module, data) first"


def require_model_and_graph(model: object, graph: object) -> None:
    """Raise `ModelError` or `GraphError` if either is something else, and say what to call.

    Examples
    --------
    >>> require_model_and_graph("cora", None)
    Traceback (most recent call last):
        ...
    hgcn.errors.ModelError: model must be a Model, got the text 'cora': call hgcn.GCN.load first
    """
    if not isinstance(model, Model):
        cure = "hgcn.GCN, which is one, has load, from_state_dict and random"
        if isinstance(model, Graph):
            cure = "the model comes first, then the graph"
        elif isinstance(model, (str, os.PathLike)):
            cure = "call hgcn.GCN.load first"
        elif is_module(model):
            cure = _FROM_MODULE
        elif isinstance(model, Mapping):
            cure = "call hgcn.GCN.from_state_dict first"
        raise ModelError(f"model must be a Model, got {described(model)}: {cure}")
    require_graph(graph)
