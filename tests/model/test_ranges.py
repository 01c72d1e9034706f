# SPDX-License-Identifier: Apache-2.0
"""Rules of the ranges: what is cut, and that the rest stays as it is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.model.quantisation import Quantisation
from hgcn.model.ranges import ProductRows, node_spread, output_step, peaks, product_steps


@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(1, 60),
    percentile=st.floats(0.1, 100),
)
def test_a_peak_is_the_smallest_value_that_enough_do_not_exceed(
    seed: int, rows: int, percentile: float
) -> None:
    values = np.random.default_rng(seed).normal(size=(rows, 3))
    wanted = math.ceil(round(rows * percentile / 100, 6))
    for column, peak in zip(np.abs(values).T, peaks(values, percentile), strict=True):
        assert np.count_nonzero(column <= peak) == max(wanted, 1)


@given(seed=st.integers(0, 10**6), limit=st.floats(1, 100))
def test_rows_over_the_limit_keep_their_direction_and_the_others_all(
    seed: int, limit: float
) -> None:
    rng = np.random.default_rng(seed)
    product = rng.normal(size=(30, 4)) * 10.0 ** rng.integers(-3, 4, (30, 1))
    product[rng.random(30) < 0.2] = 0
    rows = ProductRows(Quantisation(limit=limit))

    scaled = rows.scale(product)

    peak = np.abs(product).max(axis=1)
    top = limit * np.median(peak[peak > 0])
    assert np.array_equal(scaled[peak <= top], product[peak <= top])
    assert np.allclose(np.abs(scaled[peak > top]).max(axis=1), top)
    assert np.allclose(scaled, product * rows.kept[0][:, None])


@pytest.mark.parametrize("rows", [2, 20, 1000])
def test_a_percentile_takes_the_largest_row_of_however_few(rows: int) -> None:
    product = np.ones((rows, 2))
    product[-1] = 1e6
    scaled = ProductRows(Quantisation(percentile=99.9)).scale(product)
    assert np.array_equal(scaled, np.ones((rows, 2)))


def test_layers_are_counted_and_the_first_may_be_free() -> None:
    product = np.array([[1.0], [1.0], [50.0]])
    rows = ProductRows(Quantisation(limit=2.0), first_is_free=True)
    assert rows.scale(product).tolist() == product.tolist()
    assert rows.scale(product).tolist() == [[1.0], [1.0], [2.0]]
    assert [kept.tolist() for kept in rows.kept] == [[1, 1, 1], [1, 1, 0.04]]


def test_nothing_and_one_row_pass() -> None:
    for choice in (Quantisation(limit=1.0), Quantisation(percentile=50.0)):
        assert ProductRows(choice).scale(np.zeros((3, 2))).tolist() == [[0, 0]] * 3
        assert ProductRows(choice).scale(np.array([[5.0]])).tolist() == [[5.0]]


def test_spread_grows_from_one_with_the_gain() -> None:
    spread, offset = node_spread(np.array([1.0, 2.0, 4.0]), 0.5)
    assert offset == 0.25 and spread.tolist() == [1.25, 1.5, 2.0]
    assert node_spread(np.array([1.0, 2.0]), 0.0)[0].tolist() == [1.0, 1.0]
    assert node_spread(np.zeros(2), 1.0)[0].tolist() == [1.0, 1.0]


def test_an_offset_of_many_steps_is_a_whole_number_of_them() -> None:
    offset = np.array([0.0, 1e-4, -0.5, 3.0])
    product = np.random.default_rng(0).normal(size=(100, 4)) - offset
    plain = np.abs(product).max(axis=0) / 127

    steps = product_steps(product, 100.0, offset)

    assert np.all(steps >= plain) and np.all(steps <= 1.25 * plain)
    whole = offset[2:] / steps[2:]
    assert np.abs(whole).min() >= 4 and np.allclose(whole, np.rint(whole), atol=1e-9)


@pytest.mark.parametrize("size", [1e-200, 1e-45, 1.0, 1e200])
def test_steps_of_any_magnitude_are_positive(size: float) -> None:
    values = size * np.array([[1.0, -2.0], [0.5, 1.0]])
    assert np.all(product_steps(values, 100.0, np.zeros(2)) > 0)
    assert output_step(values, 100.0, 127) == pytest.approx(2 * size / 127)
