# SPDX-License-Identifier: Apache-2.0
"""Words for what stands where a graph is wanted."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse

from hgcn.errors import GraphError
from hgcn.graph import Graph, from_edges
from hgcn.graph.kinds import described, is_module, require_graph


class Net:
    """Shaped like a torch module."""

    def state_dict(self) -> dict:
        return {}

    def __call__(self) -> None:
        return None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        (Path("a.pt"), "the path 'a.pt'"),
        (Graph, "the class Graph itself"),
        (Net(), r"a torch module \(Net\)"),
        ({}, "a mapping, empty"),
        (np.zeros((2, 3)), r"an array of shape \(2, 3\)"),
        (3, "an int"),
    ],
)
def test_values_are_described_and_refused(value: object, words: str) -> None:
    with pytest.raises(GraphError, match=f"^graph must be a Graph, got {words}: ") as caught:
        require_graph(value)
    assert "\n" not in str(caught.value)


def test_long_values_stay_short() -> None:
    assert len(described("x" * 10**6)) < 100 and len(described(Path("x" * 10**4))) < 100


def test_the_cure_fits_the_kind() -> None:
    networkx = pytest.importorskip("networkx")
    for value, cure in (
        ("cora", "datasets.load"),
        (SimpleNamespace(edge_index=[[0], [1]]), "from_pyg first"),
        (scipy.sparse.eye(3), "from_scipy first"),
        (networkx.path_graph(3), "from_networkx first"),
        (np.eye(3), "from_edges"),
    ):
        with pytest.raises(GraphError, match=cure):
            require_graph(value)


def test_a_graph_is_let_through_and_swapped_arguments_are_told() -> None:
    graph = from_edges(2, [(0, 1)])
    require_graph(graph)
    with pytest.raises(GraphError, match="the model comes first, then the graph"):
        require_graph(Net(), graph)


def test_only_callables_with_a_state_are_modules() -> None:
    assert is_module(Net()) and not is_module({}) and not is_module(SimpleNamespace(state_dict=1))
