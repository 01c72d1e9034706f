# SPDX-License-Identifier: Apache-2.0
"""Graphs handed in as objects of NetworkX and SciPy, and those libraries' own matrices."""

from __future__ import annotations

import random
from collections import Counter

import networkx
import numpy as np
import pytest
import scipy.sparse

from hgcn.errors import GraphError
from hgcn.graph import from_networkx, from_scipy, to_feature_csr
from tests.readers import npz_files

GRAPHS = 300


@pytest.mark.parametrize(
    "kind", [networkx.Graph, networkx.DiGraph, networkx.MultiGraph, networkx.MultiDiGraph]
)
@pytest.mark.parametrize("weight", [None, "w"])
def test_networkx_graphs_are_their_own_matrices(kind, weight: str | None) -> None:
    for seed in range(GRAPHS // 4):
        rng = random.Random(f"{kind.__name__} {seed}")
        names = rng.sample(["a", "b", 7, (1, 2), 3.5, "c", -1, "d", frozenset()], rng.randint(1, 9))
        graph = kind(name=rng.choice(["", "net"]))
        graph.add_nodes_from(names)
        for _ in range(rng.randint(0, 20)):
            data = {"w": rng.choice([0.5, 1, 2, 3])} if rng.random() < 0.8 else {}
            graph.add_edge(rng.choice(names), rng.choice(names), **data)
        for place, name in enumerate(names):
            graph.nodes[name].update(x=[place, 1], y=place % 3)
        ours = from_networkx(graph, weight=weight, feature="x", label="y")
        want = networkx.to_numpy_array(graph, weight=weight, multigraph_weight=sum)
        # Row i holds what node i aggregates from: edge (u, v) stands in row v.
        assert np.array_equal(ours.adjacency.to_dense(), want.T.astype(np.float32)), seed
        assert ours.features is not None
        assert ours.features.to_dense().tolist() == [[i, 1] for i in range(len(names))]
        assert ours.labels is not None
        assert ours.labels.tolist() == [i % 3 for i in range(len(names))]


def test_scipy_matrices_are_their_own_arrays() -> None:
    seen: Counter[str] = Counter()
    for seed in range(GRAPHS):
        matrix = npz_files.saved_by_scipy(random.Random(f"object {seed}"))
        matrix = matrix.asformat(random.Random(seed).choice([matrix.format, "lil", "dok"]))
        try:
            ours = from_scipy(matrix).adjacency.to_dense()
            features = to_feature_csr(matrix).to_dense()
        except GraphError as error:
            assert "square" in str(error) or "complex" in str(error)
            seen["refused"] += 1
            continue
        is_bool = matrix.dtype == bool
        wide = matrix.toarray() if is_bool else matrix.astype(np.float64).toarray()
        assert np.array_equal(ours, (wide != 0).astype(np.float32)), seed
        assert np.array_equal(features, wide.astype(np.float32)), seed
        seen["read"] += 1
    assert seen["read"] > GRAPHS * 0.7


class Frame:
    """Quacks like a data frame: columns with names, rows with an index that is no column."""

    def __init__(self, columns: dict) -> None:
        self.columns = columns

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return np.column_stack(list(self.columns.values()))


def test_frames_are_their_columns() -> None:
    frame = Frame({"a": np.array([1.0, 0.0]), "b": np.array([0.0, 2.0])})
    assert to_feature_csr(frame).to_dense().tolist() == [[1, 0], [0, 2]]
    with pytest.raises(GraphError, match="features must be an array of numbers, got <U"):
        to_feature_csr(Frame({"a": np.array(["x", "y"])}))


def test_scipy_masks_and_objects_are_refused() -> None:
    masked = np.ma.array([1.0, -9999.0], mask=[0, 1])
    for values in (masked, [masked, masked], np.ma.array([[1, 2]], mask=[[0, 1]])):
        with pytest.raises(GraphError, match="features must have no masked entries"):
            to_feature_csr(values)
    assert to_feature_csr(np.ma.array([1.0, 2.0])).data.tolist() == [1, 2]
    assert scipy.sparse.issparse(scipy.sparse.eye(2))
