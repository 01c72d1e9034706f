# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import GraphError
from hgcn.graph.edges import from_edges, merge_edges

EDGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30)


@given(EDGES, st.booleans())
def test_adjacency_holds_exactly_the_proper_edges(edges: list, symmetrise: bool) -> None:
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    merged = merge_edges(6, sources=pairs[:, 0], targets=pairs[:, 1], symmetrise=symmetrise)
    proper = {(t, s) for s, t in edges if s != t}
    if symmetrise:
        proper |= {(s, t) for t, s in proper}
    adjacency = merged.adjacency
    assert set(zip(adjacency.row_ids().tolist(), adjacency.indices.tolist(), strict=True)) == proper


@given(EDGES)
def test_every_edge_is_kept_dropped_or_merged(edges: list) -> None:
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    merged = merge_edges(6, sources=pairs[:, 0], targets=pairs[:, 1])
    assert merged.adjacency.nnz + merged.self_loops + merged.duplicates == len(edges)
    assert merged.self_loops == sum(s == t for s, t in edges)


@given(EDGES, st.randoms())
def test_weights_do_not_depend_on_the_order(edges: list, random) -> None:
    weighted = [(edge, float(place + 1)) for place, edge in enumerate(edges)]
    shuffled = list(weighted)
    random.shuffle(shuffled)

    def dense(listing: list) -> np.ndarray:
        pairs = np.array([edge for edge, _ in listing], dtype=np.int64).reshape(-1, 2)
        weights = np.array([weight for _, weight in listing])
        return from_edges(6, pairs, symmetrise=True, weights=weights).adjacency.to_dense()

    assert np.array_equal(dense(weighted), dense(shuffled))
    assert np.array_equal(dense(weighted), dense(weighted).T)


def test_the_larger_weight_stays() -> None:
    graph = from_edges(2, [(0, 1), (0, 1), (1, 0)], weights=[1.0, 3.0, 2.0])
    assert graph.adjacency.to_dense().tolist() == [[0.0, 2.0], [3.0, 0.0]]


def test_a_pair_is_source_then_target() -> None:
    graph = from_edges(3, [(0, 2)])
    assert graph.adjacency.row_ids().tolist() == [2]
    assert graph.adjacency.indices.tolist() == [0]


def test_features_and_labels_come_along() -> None:
    graph = from_edges(2, [], features=[[1.0], [0.0]], labels=[-1, 3], name="pair")
    assert (graph.num_features, graph.num_classes, graph.name) == (1, 4, "pair")


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"edges": [(0, 3)]}, r"edge targets must lie in 0\.\.2, got 3"),
        ({"edges": [(-1, 0)]}, r"edge sources must lie in 0\.\.2, got -1"),
        ({"edges": [(0, 1, 2)]}, r"edges must have shape \(E, 2\), got \(1, 3\)"),
        ({"edges": [(0.5, 1)]}, "edges must be integers, got float64"),
        ({"edges": [(0, 1)], "weights": [1, 2]}, "edge weights must have 1 entries, got 2"),
        ({"edges": [(0, 1)], "weights": [0.0]}, "edge weights must be positive, got 0"),
        ({"edges": [], "labels": [0]}, r"labels must have shape \(3,\)"),
    ],
)
def test_faults_are_named(keywords: dict, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        from_edges(3, **keywords)


def test_uneven_sources_and_targets_are_refused() -> None:
    with pytest.raises(GraphError, match="as many sources as targets, got 1 and 2"):
        merge_edges(3, sources=[0], targets=[1, 2])


def test_no_nodes_is_no_graph() -> None:
    with pytest.raises(GraphError, match="at least one node"):
        from_edges(0, [])
