# SPDX-License-Identifier: Apache-2.0
"""Rules of feature normalisation; equality with PyTorch Geometric's is in tests/parity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.graph.csr import Csr
from hgcn.graph.features import to_feature_csr
from hgcn.model.feature_norm import normalise_dense, normalise_features
from hgcn.model.normalise import to_scipy


@given(seed=st.integers(0, 10**6))
def test_normalised_rows_have_unit_magnitude_or_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    dense = rng.normal(size=(6, 5)) * (rng.random((6, 5)) < 0.4)
    rows, cols = np.nonzero(dense)
    features = Csr.from_coo((6, 5), rows, cols, dense[rows, cols].astype(np.float32))

    sums = np.abs(to_scipy(normalise_features(features, "row")).toarray()).sum(axis=1)

    empty = ~dense.any(axis=1)
    assert np.all(sums[empty] == 0)
    assert sums[~empty] == pytest.approx(1.0, rel=1e-12)


def test_stored_zeros_alone_stay_zero() -> None:
    zeros = Csr(shape=(1, 2), indptr=[0, 1], indices=[1], data=np.float32([0]))

    assert normalise_features(zeros, "row").data.tolist() == [0.0]


@given(
    seed=st.integers(0, 2**32 - 1),
    norm=st.sampled_from(["none", "row", "pyg"]),
    low=st.sampled_from([-1.0, 0.0, 0.25]),
    density=st.sampled_from([0.0, 0.5, 1.0]),
)
def test_dense_rows_are_normalised_bit_for_bit_like_sparse_ones(
    seed: int, norm: Any, low: float, density: float
) -> None:
    rng = np.random.default_rng(seed)
    dense = np.float32(rng.uniform(low, 1.0, (5, 200)) * (rng.random((5, 200)) < density))
    expected = normalise_features(to_feature_csr(dense), norm).to_dense()
    np.testing.assert_array_equal(normalise_dense(dense, norm, float(dense.min())), expected)


@given(seed=st.integers(0, 2**32 - 1), low=st.sampled_from([-1.0, 0.0, 0.25]))
def test_pyg_shifts_by_the_least_and_divides_by_no_less_than_one(seed: int, low: float) -> None:
    dense = np.float32(np.random.default_rng(seed).uniform(low, 1.0, (6, 4)))
    shifted = dense.astype(np.float64) - dense.min()
    wanted = shifted / np.maximum(shifted.sum(axis=1, keepdims=True), 1)
    got = normalise_features(to_feature_csr(dense), "pyg").to_dense()
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=0)


def test_bags_of_words_are_alike_under_row_and_pyg() -> None:
    words = to_feature_csr(np.random.default_rng(0).random((9, 30)) < 0.2)
    assert np.array_equal(*(normalise_features(words, norm).to_dense() for norm in ("row", "pyg")))
