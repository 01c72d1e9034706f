# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from hgcn.errors import GraphError
from hgcn.graph.from_networkx import from_networkx

networkx = pytest.importorskip("networkx")


def test_undirected_graphs_match_networkx_own_matrix() -> None:
    source = networkx.karate_club_graph()
    ours = from_networkx(source, weight="weight")
    theirs = networkx.to_numpy_array(source, weight="weight")
    assert np.array_equal(ours.adjacency.to_dense(), theirs)
    assert ours.name == "Zachary's Karate Club"


def test_directed_edges_run_from_source_to_target() -> None:
    graph = from_networkx(networkx.DiGraph([("a", "b")]))
    assert graph.adjacency.to_dense().tolist() == [[0.0, 0.0], [1.0, 0.0]]


@pytest.mark.parametrize("kind", [networkx.MultiGraph, networkx.MultiDiGraph])
@pytest.mark.parametrize("weight", [None, "w"])
def test_parallel_edges_and_self_loops_match_networkx_own_matrix(kind: type, weight: str) -> None:
    edges = [(0, 1, 0.5), (1, 0, 4.0), (0, 1, 1.5), (1, 1, 3.0), (1, 1, 1.0), (2, 0, 2.0)]
    source = kind()
    source.add_weighted_edges_from(edges, weight="w")
    ours = from_networkx(source, weight=weight)
    theirs = networkx.to_numpy_array(source, weight=weight, multigraph_weight=sum)
    # NetworkX has an edge's source in the row, ours the target, which aggregates.
    assert np.array_equal(ours.adjacency.to_dense(), theirs.T)


def test_attributes_become_features_and_labels() -> None:
    source = networkx.path_graph(3)
    networkx.set_node_attributes(source, {n: [float(n), 1.0] for n in source}, "x")
    networkx.set_node_attributes(source, {0: 1, 2: 0}, "y")
    graph = from_networkx(source, feature="x", label="y")
    assert graph.features.to_dense().tolist() == [[0, 1], [1, 1], [2, 1]]
    assert graph.labels.tolist() == [1, -1, 0]


def test_faults_are_named() -> None:
    source = networkx.path_graph(2)
    with pytest.raises(GraphError, match="must be a NetworkX graph, got a list"):
        from_networkx([(0, 1)])
    with pytest.raises(GraphError, match="node 0 has no attribute 'x'"):
        from_networkx(source, feature="x")
    networkx.set_node_attributes(source, {0: [1.0], 1: [1.0, 2.0]}, "x")
    with pytest.raises(GraphError, match="node attribute 'x' must have one length"):
        from_networkx(source, feature="x")
    with pytest.raises(GraphError, match="at least one node"):
        from_networkx(networkx.Graph())


def test_weights_left_out_are_noted() -> None:
    graph = networkx.path_graph(3)
    assert not any("weight" in note for note in from_networkx(graph).notes)
    networkx.set_edge_attributes(graph, 2.5, "weight")
    assert "Edge attribute 'weight' was left out" in from_networkx(graph).notes[0]
    assert not any("left out" in note for note in from_networkx(graph, weight="weight").notes)
