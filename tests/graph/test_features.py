# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import GraphError
from hgcn.graph.features import to_feature_csr

CELLS = st.lists(st.sampled_from([0.0, -0.0, 1.0, -2.5]), min_size=12, max_size=12)


@given(CELLS)
def test_dense_and_sparse_agree(cells: list[float]) -> None:
    dense = np.array(cells).reshape(4, 3)
    from_dense = to_feature_csr(dense)
    from_sparse = to_feature_csr(scipy.sparse.coo_matrix(dense))
    assert np.array_equal(from_dense.to_dense(), dense)
    assert np.array_equal(from_sparse.to_dense(), dense)
    assert from_dense.nnz == from_sparse.nnz == np.count_nonzero(dense)
    assert from_dense.data.dtype == np.float32


def test_a_csr_passes_through() -> None:
    csr = to_feature_csr([[1.0]])
    assert to_feature_csr(csr) is csr


def test_a_vector_is_one_column() -> None:
    assert to_feature_csr([1, 0, 2]).shape == (3, 1)


def test_values_too_small_for_float32_are_no_nonzeros() -> None:
    assert to_feature_csr([[1e-60, 1.0]]).indices.tolist() == [1]


def test_unsorted_sparse_with_duplicates_is_made_canonical() -> None:
    matrix = scipy.sparse.csr_matrix(
        (np.array([1.0, 2.0, 3.0]), np.array([1, 0, 1]), np.array([0, 3])), shape=(1, 2)
    )
    assert to_feature_csr(matrix).to_dense().tolist() == [[2.0, 4.0]]
    assert matrix.nnz == 3, "the caller's matrix stays as it is"


def test_faults_are_named() -> None:
    with pytest.raises(GraphError, match="features must have two dimensions, got 3"):
        to_feature_csr(np.zeros((1, 1, 1)))
    with pytest.raises(GraphError, match="features must be real numbers, got complex128"):
        to_feature_csr(scipy.sparse.csr_matrix(np.array([[1j]])))
