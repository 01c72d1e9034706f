# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import GraphError
from hgcn.graph.csr import Csr
from hgcn.graph.scipy_sparse import csr_to_scipy, from_scipy

CELLS = st.lists(st.integers(0, 2), min_size=16, max_size=16)


@given(CELLS, st.sampled_from(["coo", "csr", "csc", "lil", "dok"]))
def test_any_format_gives_the_same_adjacency(cells: list[int], layout: str) -> None:
    dense = np.array(cells, dtype=np.float64).reshape(4, 4)
    graph = from_scipy(scipy.sparse.coo_matrix(dense).asformat(layout), weighted=True)
    assert np.array_equal(graph.adjacency.to_dense(), dense)
    back = csr_to_scipy(graph.adjacency)
    assert np.array_equal(back.toarray(), dense)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), max_size=20))
def test_duplicates_add_up_as_in_scipy(entries: list[tuple[int, int, int]]) -> None:
    rows, cols, data = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    matrix = scipy.sparse.coo_matrix((data.astype(float), (rows, cols)), shape=(4, 4))
    graph = from_scipy(matrix, weighted=True)
    assert np.array_equal(graph.adjacency.to_dense(), matrix.toarray())
    assert np.array_equal(from_scipy(matrix).adjacency.to_dense(), matrix.toarray() != 0)


def test_a_note_says_that_values_are_left_out() -> None:
    matrix = scipy.sparse.coo_matrix(([1.0, 2.0], ([0, 1], [1, 0])), shape=(2, 2))
    assert any("weighted=True" in note for note in from_scipy(matrix).notes)
    assert not from_scipy(matrix, weighted=True).notes
    assert not from_scipy(matrix > 0).notes


def test_stored_zeros_are_no_edges_and_signs_are_ignored_unweighted() -> None:
    matrix = scipy.sparse.coo_matrix(([0.0, -3.0], ([0, 1], [1, 0])), shape=(2, 2))
    assert from_scipy(matrix).adjacency.indices.tolist() == [0]


def test_sparse_arrays_are_taken_too() -> None:
    matrix = scipy.sparse.coo_array(([1.0], ([0], [1])), shape=(2, 2))
    graph = from_scipy(matrix, symmetrise=True, features=np.eye(2), labels=[0, 1])
    assert (graph.num_edges, graph.num_features, graph.num_classes) == (2, 2, 2)


def test_to_scipy_copies() -> None:
    csr = Csr(shape=(2, 2), indptr=[0, 1, 2], indices=[1, 0])
    matrix = csr_to_scipy(csr)
    matrix.data[:] = 7
    matrix.indices[:] = 0
    assert csr.indices.tolist() == [1, 0]


def test_faults_are_named() -> None:
    with pytest.raises(GraphError, match="must be a SciPy sparse matrix, got ndarray"):
        from_scipy(np.eye(2))
    with pytest.raises(GraphError, match="g: adjacency must be square, got 2 x 3"):
        from_scipy(scipy.sparse.coo_matrix((2, 3)), name="g")
    negative = scipy.sparse.coo_matrix(([-1.0], ([0], [1])), shape=(2, 2))
    with pytest.raises(GraphError, match="edge weights must not be negative, got -1"):
        from_scipy(negative, weighted=True)
