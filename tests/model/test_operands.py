# SPDX-License-Identifier: Apache-2.0
"""Rules of int8 operands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.graph.csr import Csr
from hgcn.model.feature_scale import FeatureScale
from hgcn.model.normalise import to_scipy
from hgcn.model.operands import clipped, quantise_rows, row_sums


@given(seed=st.integers(0, 10**6), spread=st.floats(0, 8))
def test_row_steps_err_by_half_a_step(seed: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    dense = rng.normal(size=(6, 8)) * 10.0 ** rng.uniform(-spread, spread, (6, 1))
    dense *= rng.random((6, 8)) < 0.6
    rows, cols = np.nonzero(dense)
    matrix = Csr.from_coo((6, 8), rows, cols, dense[rows, cols])

    q, step = quantise_rows(matrix)

    error = np.abs(to_scipy(q).toarray() * step[:, None] - dense)
    assert np.all(error <= step[:, None] * 0.5000001)
    assert q.data is None or np.all(q.data != 0)


@pytest.mark.parametrize("value", [0.25, 1.0, 3e-20])
def test_equal_rows_are_binary_and_exact(value: float) -> None:
    data = np.array([value, value, 2 * value, 0.0])
    matrix = Csr(shape=(3, 2), indptr=[0, 2, 2, 4], indices=[0, 1, 0, 1], data=data)

    q, step = quantise_rows(matrix)

    assert q.data is None and step.tolist() == [value, 0.0, 2 * value]
    assert q.indices.tolist() == [0, 1, 0]


def test_equal_but_negative_rows_keep_their_sign() -> None:
    q, _ = quantise_rows(
        Csr(shape=(1, 2), indptr=[0, 2], indices=[0, 1], data=np.float32([-2, -2]))
    )

    assert q.data is not None and q.data.tolist() == [-127, -127]


def test_clipped_features_end_where_their_integers_do() -> None:
    data = np.array([5.0, -300.0, 127.0])
    matrix = Csr(shape=(2, 2), indptr=[0, 2, 3], indices=[0, 1, 1], data=data)

    cut = clipped(matrix, FeatureScale(step=1.0, norm="none"))

    assert cut.data is not None and cut.data.tolist() == [5.0, -127.0, 127.0]
    assert row_sums(cut).tolist() == [-122.0, 127.0]
