# SPDX-License-Identifier: Apache-2.0
"""The scale of features handed in: fitted once, the same integers from every kind of matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import GraphError, ModelError, SpecError
from hgcn.graph.features import to_feature_csr
from hgcn.model.feature_scale import FeatureScale, fit_feature_scale
from hgcn.model.gcn import GCN
from hgcn.model.quantise import quantise
from tests.samples import random_graph

PLAIN = FeatureScale(step=0.5, norm="none")


def matrix(seed: int, shape: tuple[int, int] = (9, 13)) -> np.ndarray:
    """Half zeros, the rest of any sign and size."""
    rng = np.random.default_rng(seed)
    drawn = rng.normal(size=shape) * 10.0 ** rng.integers(-3, 3, shape)
    return np.float32(np.where(rng.random(shape) < 0.5, drawn, 0))


@given(st.integers(0, 2**32 - 1), st.sampled_from(["none", "row", "pyg"]), st.floats(1e-3, 1.0))
def test_dense_sparse_and_csr_give_the_same_integers(seed: int, norm: Any, step: float) -> None:
    dense, scale = matrix(seed), FeatureScale(step=step, norm=norm)
    expected, saturated = scale.quantise(dense, dense.shape)
    for kind in (
        scipy.sparse.csr_matrix(dense),
        scipy.sparse.coo_array(dense),
        to_feature_csr(dense),
        dense.astype(np.float64),
        np.asfortranarray(dense),
        dense.tolist(),
    ):
        integers, count = scale.quantise(kind, dense.shape)
        np.testing.assert_array_equal(integers, expected)
        assert count == saturated


def test_the_fitted_scale_takes_the_largest_feature_to_127_and_saturates_none() -> None:
    dense = matrix(1, (30, 12))
    graph = replace(random_graph(), features=to_feature_csr(dense))
    for norm in ("none", "row"):
        model = GCN.random([12, 3], feature_norm=norm)
        scale = fit_feature_scale(model, graph)
        integers, saturated = scale.quantise(dense, dense.shape)
        assert np.abs(integers).max() == 127 and saturated == 0
        _, beyond = scale.quantise(2 * dense, dense.shape)
        assert (beyond > 0) == (norm == "none")


def test_the_network_holds_the_integers_of_the_scale() -> None:
    graph = random_graph()
    model = GCN.random([12, 3], feature_norm="row")
    scale = fit_feature_scale(model, graph)
    network = quantise(model, graph, feature_scale=scale)
    assert graph.features is not None
    integers, _ = scale.quantise(graph.features.to_dense(), graph.features.shape)
    np.testing.assert_array_equal(network.operands["features"].to_dense(), integers)


def test_features_without_a_nonzero_have_step_one() -> None:
    empty = replace(random_graph(), features=to_feature_csr(np.zeros((30, 12), np.float32)))
    assert fit_feature_scale(GCN.random([12, 3]), empty).step == 1.0


def test_booleans_and_small_integers_are_features() -> None:
    for dtype in (np.bool_, np.uint8, np.int16):
        assert PLAIN.quantise(np.ones((1, 2), dtype), (1, 2))[0].tolist() == [[2, 2]]


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.zeros((3, 2)), r"features must have shape \(2, 3\), got \(3, 2\)"),
        (np.zeros(6), r"features must have shape \(2, 3\), got \(6,\)"),
        (scipy.sparse.csr_array(np.eye(3)), r"features must have shape \(2, 3\), got \(3, 3\)"),
        (np.full((2, 3), np.nan), "features must be finite in float32, got nan"),
        (np.full((2, 3), 1e39), "features must be finite in float32, got inf"),
        (
            scipy.sparse.csr_matrix([[np.inf, 0, 0], [0, 0, 0]]),
            "must be finite in float32, got inf",
        ),
        (np.zeros((2, 3), complex), "features must be an array of numbers, got complex128"),
        ([["a", "b", "c"]] * 2, "features must be an array of numbers, got <U1"),
        (scipy.sparse.csr_matrix((2, 3), dtype=complex), "must be real numbers, got complex128"),
        (None, "features must be an array of numbers, got object"),
        ([[1, 2, 3], [4]], "features must be an array of numbers: "),
    ],
)
def test_what_are_no_features_is_said(features: object, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        PLAIN.quantise(features, (2, 3))


@pytest.mark.parametrize("step", [0.0, -1.0, float("nan"), float("inf"), "1", None])
def test_a_step_that_is_none_is_refused(step: Any) -> None:
    with pytest.raises(SpecError, match="feature step must be a finite number above 0"):
        FeatureScale(step=step, norm="none")


def test_an_unknown_norm_and_a_graph_that_does_not_fit_are_refused() -> None:
    with pytest.raises(SpecError, match="feature norm must be 'row' or 'pyg' or 'none', got 'col'"):
        FeatureScale(step=1.0, norm="col")  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=r"has 12 features per node, but .* takes 13"):
        fit_feature_scale(GCN.random([13, 3]), random_graph())


def test_features_too_many_for_the_accumulator_are_refused() -> None:
    width = 2**31 // 127**2 + 1
    wide = np.zeros((30, width), np.float32)
    wide[0, 0] = 1
    graph = replace(random_graph(), features=to_feature_csr(wide))
    model = GCN.random([width, 2])
    assert quantise(model, graph).num_classes == 2
    with pytest.raises(ModelError, match="a row of any features may sum to 2147"):
        quantise(model, graph, feature_scale=fit_feature_scale(model, graph))


def test_a_matrix_of_many_chunks_is_quantised_like_its_rows() -> None:
    dense = np.random.default_rng(0).normal(size=(700, 200))
    scale = FeatureScale(step=1e-4, norm="row")
    integers, saturated = scale.quantise(dense, dense.shape)
    rows = [scale.quantise(dense[i : i + 1], (1, 200)) for i in range(700)]
    np.testing.assert_array_equal(integers, np.concatenate([row for row, _ in rows]))
    assert saturated == sum(count for _, count in rows) > 0
