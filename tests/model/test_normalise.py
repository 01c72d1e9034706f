# SPDX-License-Identifier: Apache-2.0
"""Rules of self-loops and degrees; parity with GCNConv is in tests/parity."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from hgcn.graph import from_edges
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.normalise import add_self_loops, inverse_sqrt_degrees, to_scipy


@pytest.mark.parametrize("weighted", [False, True])
def test_self_loops_add_the_identity(make_graph: Callable[..., Graph], weighted: bool) -> None:
    graph = make_graph(3, weighted=weighted)

    loops = add_self_loops(graph)

    expected = to_scipy(graph.adjacency).toarray() + np.eye(20)
    assert np.array_equal(to_scipy(loops).toarray(), expected)
    assert (loops.data is None) == (not weighted)


def test_degree_counts_what_a_node_aggregates_from() -> None:
    one_way = Csr(shape=(2, 2), indptr=[0, 1, 1], indices=[1], data=np.float32([3]))

    roots = inverse_sqrt_degrees(add_self_loops(Graph(name="one way", adjacency=one_way)))

    assert roots.tolist() == [0.5, 1.0]


def test_a_self_loop_that_is_there_keeps_its_weight() -> None:
    edges = [(0, 0), (1, 0), (1, 1)]
    loops = add_self_loops(from_edges(3, edges, weights=[5.0, 2.0, 0.0]))
    assert to_scipy(loops).toarray().tolist() == [[5, 2, 0], [0, 0, 0], [0, 0, 1]]
    assert inverse_sqrt_degrees(loops).tolist() == [1 / np.sqrt(7), 0.0, 1.0]


def test_counted_self_loops_weigh_one() -> None:
    loops = add_self_loops(from_edges(2, [(0, 0), (0, 0), (0, 1), (0, 1)]))
    assert to_scipy(loops).toarray().tolist() == [[1, 0], [2, 1]]
