# SPDX-License-Identifier: Apache-2.0
"""What a value is, in the words of the library it comes from: for errors that say what to call."""

from __future__ import annotations

import os
from collections.abc import Mapping

import numpy as np
import scipy.sparse

from hgcn.errors import GraphError
from hgcn.graph.graph import Graph


def described(value: object) -> str:
    """Return what a value is in a few words; other libraries need not be installed.

    Examples
    --------
    >>> described({"conv1.bias": [0.0]}), described("cora"), described(None)
    ('a mapping with the key conv1.bias', "the text 'cora'", 'None')
    """
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"the text {value[:60]!r}"
    if isinstance(value, os.PathLike):
        return f"the path {os.fspath(value)!r:.80}"
    if isinstance(value, type):
        return f"the class {value.__name__} itself"
    if is_module(value):
        return f"a torch module ({type(value).__name__})"
    if isinstance(value, Mapping):
        first = f" with the key {next(iter(value))}" if value else ", empty"
        return f"a mapping{first}"
    if scipy.sparse.issparse(value):
        return "a SciPy sparse matrix"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"


def is_module(value: object) -> bool:
    """Return whether a value is shaped like a ``torch.nn.Module``."""
    return callable(getattr(value, "state_dict", None)) and callable(value)


def require_graph(value: object, other: object = None) -> None:
    """Raise `GraphError` if a value is no `Graph`: what it is, and what makes a graph of it.

    Parameters
    ----------
    value : object
    other : object, optional
        The argument beside it, where the two may have been swapped.

    Examples
    --------
    >>> require_graph("cora")
    Traceback (most recent call last):
        ...
    hgcn.errors.GraphError: graph must be a Graph, got the text 'cora': call \
hgcn.datasets.load(name) or hgcn.graph.read_graph(file) first
    """
    if isinstance(value, Graph):
        return
    cure = "hgcn.graph has from_edges, from_scipy, from_networkx, from_pyg and read_graph"
    if isinstance(other, Graph):
        cure = "the model comes first, then the graph"
    elif isinstance(value, (str, os.PathLike)):
        cure = "call hgcn.datasets.load(name) or hgcn.graph.read_graph(file) first"
    elif getattr(value, "edge_index", None) is not None:
        cure = "call hgcn.graph.from_pyg first"
    elif scipy.sparse.issparse(value):
        cure = "call hgcn.graph.from_scipy first"
    elif all(hasattr(value, part) for part in ("nodes", "edges", "is_directed")):
        cure = "call hgcn.graph.from_networkx first"
    raise GraphError(f"graph must be a Graph, got {described(value)}: {cure}")
