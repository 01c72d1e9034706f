# SPDX-License-Identifier: Apache-2.0
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hgcn.graph.csr import Csr
from hgcn.ordering.columns import order_columns_by_count


@given(arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9))))
@settings(deadline=None)
def test_columns_fall_in_count_and_ties_keep_their_order(dense: np.ndarray) -> None:
    order = order_columns_by_count(Csr.from_coo(dense.shape, *np.nonzero(dense)))
    counts = dense.sum(axis=0)[order]

    assert sorted(order.tolist()) == list(range(dense.shape[1]))
    keys = list(zip(-counts, order, strict=True))
    assert keys == sorted(keys)
