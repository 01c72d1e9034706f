# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from hgcn.errors import GraphError
from hgcn.graph import Csr, Graph


def test_counts_of_the_hand_worked_graph(small: Graph) -> None:
    assert (small.num_nodes, small.num_edges, small.num_features) == (4, 4, 2)


def test_a_graph_does_not_change(small: Graph) -> None:
    with pytest.raises(FrozenInstanceError):
        small.name = "other"  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        small.labels[0] = 1


def test_digest_sees_structure_and_features_only(small: Graph) -> None:
    assert replace(small, name="other", labels=None).digest() == small.digest()
    assert replace(small, features=None).digest() != small.digest()
    unweighted = Csr(shape=(4, 4), indptr=small.adjacency.indptr, indices=small.adjacency.indices)
    assert replace(small, adjacency=unweighted).digest() != small.digest()
    assert replace(small, notes=("read from somewhere",)).digest() == small.digest()
    twos = Csr(shape=(4, 4), indptr=unweighted.indptr, indices=unweighted.indices, data=[2.0] * 4)
    counts = [replace(small, adjacency=twos, weights_are_counts=flag) for flag in (False, True)]
    assert counts[0].digest() != counts[1].digest()


def _csr(rows: int, cols: int, indptr: list, indices: list, data: object = None) -> Csr:
    values = None if data is None else np.array(data)
    return Csr(shape=(rows, cols), indptr=indptr, indices=indices, data=values)


PAIR = [0, 1, 2, 2, 2], [1, 0]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"adjacency": _csr(1, 2, [0, 0], [])}, "adjacency must be square, got 1 x 2"),
        ({"adjacency": _csr(0, 0, [0], [])}, "a graph needs at least one node"),
        ({"adjacency": _csr(4, 4, *PAIR, [1.0, np.nan])}, "edge weights must be finite"),
        (
            {"adjacency": _csr(4, 4, *PAIR, [1.0, -2.0])},
            "weights must not be negative, got -2",
        ),
        ({"adjacency": _csr(4, 4, *PAIR, ["a", "b"])}, "edge weights must be real numbers"),
        ({"adjacency": _csr(4, 4, *PAIR), "weights_are_counts": True}, "wants whole numbers"),
        ({"adjacency": _csr(4, 4, *PAIR, [1.0, 0.5]), "weights_are_counts": True}, "whole numbers"),
        ({"features": _csr(4, 4, *PAIR, [1.0, np.inf])}, "features must be finite"),
        ({"features": _csr(1, 2, [0, 0], [])}, "features must have 4 rows, got 1"),
        ({"labels": [0, 1]}, r"labels must have shape \(4,\), got \(2,\)"),
        ({"labels": [0, 1, 2, 0]}, r"labels must lie in -1\.\.1, got 0\.\.2"),
        ({"labels": [0, 1, -2, 0]}, r"labels must lie in -1\.\.1, got -2\.\.1"),
        ({"test_mask": [True]}, r"test_mask must have shape \(4,\), got \(1,\)"),
    ],
)
def test_every_fault_names_graph_and_field(small: Graph, parts: dict, message: str) -> None:
    with pytest.raises(GraphError, match=f"^small: .*{message}"):
        replace(small, **parts)
