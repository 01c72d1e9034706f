# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import GraphError
from hgcn.graph.scipy_matrix import summed_csr

FORMATS = ["coo", "csr", "csc", "bsr", "dia", "dok", "lil"]
ENTRIES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(-100, 100)), max_size=20
)


@given(ENTRIES, st.sampled_from(FORMATS), st.sampled_from(["i1", "i2", "i8", "f4", "f8", "?"]))
def test_duplicates_add_up_in_any_format_and_type(entries: list, layout: str, dtype: str) -> None:
    rows, cols, values = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    data = values.astype(dtype)
    coo = scipy.sparse.coo_matrix((data, (rows, cols)), shape=(4, 5))
    # As a CSC matrix the duplicates survive; other conversions add them up themselves.
    source = coo if layout == "coo" else coo.astype(np.float64).asformat(layout)
    before = source.copy()
    want = np.zeros((4, 5))
    np.add.at(want, (rows, cols), data.astype(np.float64))
    if dtype == "?" and layout == "coo":
        want = np.minimum(want, 1)
    got = summed_csr(source, "m")
    assert np.array_equal(got.toarray(), want)
    assert got.has_canonical_format
    assert (source != before).nnz == 0, "the caller's matrix stays as it is"


@pytest.mark.parametrize("kind", [scipy.sparse.csr_matrix, scipy.sparse.csc_matrix])
def test_narrow_duplicates_within_csr_and_csc_add_up(kind) -> None:
    parts = (np.array([100, 100], np.int8), np.array([1, 1]), np.array([0, 2, 2]))
    source = kind(parts, shape=(2, 2))
    assert summed_csr(source, "m").sum() == 200
    assert source.nnz == 2


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.eye(2), "m must be a SciPy sparse matrix, got ndarray"),
        (scipy.sparse.coo_matrix(np.eye(2, dtype=complex)), "must be real numbers, got complex128"),
    ],
)
def test_other_matrices_are_named(matrix: object, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        summed_csr(matrix, "m")


def test_other_dimensions_are_named() -> None:
    try:
        vector = scipy.sparse.coo_array(np.array([0.0, 1.0]))
        assert vector.ndim == 1
    except (ValueError, AssertionError):
        pytest.skip("this SciPy has no sparse arrays of one dimension")
    with pytest.raises(GraphError, match="m must have two dimensions, got 1"):
        summed_csr(vector, "m")


@pytest.mark.parametrize("kind", [scipy.sparse.csr_matrix, scipy.sparse.csc_matrix])
def test_arrays_that_do_not_fit_each_other_are_named(kind) -> None:
    for part, bad in (("indices", [7, 0]), ("indices", [-1, 0]), ("indptr", [0, 2, 1])):
        matrix = kind(np.eye(2))
        getattr(matrix, part)[:] = bad
        with pytest.raises(GraphError, match="m is damaged: "):
            summed_csr(matrix, "m")
