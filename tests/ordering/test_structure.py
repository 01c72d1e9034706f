# SPDX-License-Identifier: Apache-2.0
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hgcn.graph.csr import Csr
from hgcn.ordering.structure import symmetric_structure


@given(st.integers(1, 9).flatmap(lambda n: arrays(np.bool_, (n, n))))
@settings(deadline=None)
def test_the_structure_is_that_of_both_directions(dense: np.ndarray) -> None:
    expected = dense | dense.T
    np.fill_diagonal(expected, False)

    got = symmetric_structure(Csr.from_coo(dense.shape, *np.nonzero(dense)))
    np.testing.assert_array_equal(got.to_dense(), expected)
