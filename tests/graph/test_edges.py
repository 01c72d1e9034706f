# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_matrix

from hgcn.errors import GraphError
from hgcn.graph.edges import from_edges, merge_edges

EDGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30)


@given(EDGES, st.booleans())
def test_adjacency_holds_exactly_the_proper_edges(edges: list, symmetrise: bool) -> None:
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    merged = merge_edges(6, sources=pairs[:, 0], targets=pairs[:, 1], symmetrise=symmetrise)
    summed = coo_matrix((np.ones(len(pairs)), (pairs[:, 1], pairs[:, 0])), shape=(6, 6)).toarray()
    wanted = np.maximum(summed, summed.T) if symmetrise else summed
    assert np.array_equal(merged.adjacency.to_dense(), wanted)
    assert merged.counted == bool((summed > 1).any())
    assert (merged.adjacency.data is None) == (not merged.counted)


@given(EDGES, st.booleans())
def test_a_simple_graph_has_each_proper_edge_once(edges: list, symmetrise: bool) -> None:
    graph = from_edges(6, edges, symmetrise=symmetrise, parallel="once", loops="drop")
    proper = {(t, s) for s, t in edges if s != t}
    if symmetrise:
        proper |= {(s, t) for t, s in proper}
    adjacency = graph.adjacency
    assert set(zip(adjacency.row_ids().tolist(), adjacency.indices.tolist(), strict=True)) == proper
    assert adjacency.data is None and not graph.weights_are_counts


@given(EDGES, st.sampled_from(["keep", "drop"]))
def test_every_edge_is_kept_dropped_or_merged(edges: list, loops: str) -> None:
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    merged = merge_edges(6, sources=pairs[:, 0], targets=pairs[:, 1], loops=loops)
    dropped = merged.self_loops if loops == "drop" else 0
    assert merged.adjacency.nnz + dropped + merged.duplicates == len(edges)
    assert merged.self_loops == sum(s == t for s, t in edges)


WEIGHTED = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from([0.0, 0.1, 0.5, 1.0, 3.0])),
    max_size=20,
)


@given(WEIGHTED)
def test_weights_add_up_as_in_scipy(edges: list) -> None:
    sources, targets, weights = np.array(edges, dtype=np.float64).reshape(-1, 3).T
    ends = targets.astype(int), sources.astype(int)
    summed = coo_matrix((weights, ends), shape=(4, 4)).toarray()
    graph = from_edges(4, np.column_stack(ends[::-1]), weights=weights)
    assert np.allclose(graph.adjacency.to_dense(), summed, rtol=1e-6, atol=0)
    assert not graph.weights_are_counts
    loops = {s for s, t, _ in edges if s == t}
    rows, cols = graph.adjacency.row_ids(), graph.adjacency.indices
    assert set(rows[rows == cols].tolist()) == loops


def test_a_symmetric_list_stays_as_it_is_and_needs_no_note() -> None:
    graph = from_edges(3, [(0, 1), (1, 0), (1, 2), (2, 1)], weights=[2, 2, 5, 5], symmetrise=True)
    assert graph.adjacency.to_dense().tolist() == [[0, 2, 0], [2, 0, 5], [0, 5, 0]]
    assert graph.notes == ()


def test_notes_say_what_was_done() -> None:
    edges = [(0, 1), (0, 1), (1, 0), (1, 2), (2, 2), (2, 3)]
    notes = from_edges(4, edges, weights=[1, 1, 1, 1, 1, 0], symmetrise=True).notes
    assert notes == (
        "1 self-loop kept.",
        "1 edge of weight 0 dropped.",
        "1 parallel edge merged: their weights add up.",
        "1 edge got a reverse: the list is taken as undirected.",
        "1 edge named in both directions: counted once.",
        "1 edge weighed less than the reverse: the larger weight stays.",
    )
    assert from_edges(3, [(0, 1), (0, 1), (0, 1)]).notes == (
        "2 parallel edges merged: the weights say how many.",
    )
    assert from_edges(3, [(0, 1), (0, 1), (2, 2)], parallel="once", loops="drop").notes == (
        "1 self-loop dropped: these data go without.",
        "1 parallel edge merged: each edge counts once.",
    )


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


def test_parallel_weights_add_up_and_of_two_directions_the_larger_stays() -> None:
    edges, weights = [(0, 1), (0, 1), (1, 0)], [1.0, 3.0, 2.0]
    graph = from_edges(2, edges, weights=weights)
    assert graph.adjacency.to_dense().tolist() == [[0.0, 2.0], [4.0, 0.0]]
    graph = from_edges(2, edges, weights=weights, symmetrise=True)
    assert graph.adjacency.to_dense().tolist() == [[0.0, 4.0], [4.0, 0.0]]
    graph = from_edges(2, edges, weights=weights, parallel="once")
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
        ({"edges": [(0, 1), (0, 1)], "weights": [-1, 2]}, "must not be negative, got -1"),
        ({"edges": [(0, 1)], "weights": [np.nan]}, "edge weights must be finite, got NaN"),
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
