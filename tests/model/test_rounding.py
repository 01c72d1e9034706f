# SPDX-License-Identifier: Apache-2.0
"""Real values to int8: nearest, symmetric, counted where they saturate."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hgcn.model.rounding import INT8_TOP, round_to_int8

REALS = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(REALS, max_size=20), st.floats(1e-3, 1e3))
def test_every_value_is_within_half_a_step_or_saturated(values: list[float], step: float) -> None:
    given_values = np.array(values)
    integers, saturated = round_to_int8(given_values, step)
    beyond = np.abs(np.rint(given_values / step)) > INT8_TOP
    assert saturated == beyond.sum() and integers.dtype == np.int8
    assert (np.abs(given_values / step - integers)[~beyond] <= 0.5).all()
    np.testing.assert_array_equal(integers[beyond], np.sign(given_values[beyond]) * INT8_TOP)


def test_halves_go_to_the_even_neighbour() -> None:
    integers, saturated = round_to_int8(np.array([0.5, 1.5, -0.5, -2.5, 127.5]), 1.0)
    assert integers.tolist() == [0, 2, 0, -2, 127] and saturated == 1


def test_a_step_may_be_one_of_each_column() -> None:
    integers, _ = round_to_int8(np.array([[1.0, 1.0]]), np.array([1.0, 0.5]))
    assert integers.tolist() == [[1, 2]]
