# SPDX-License-Identifier: Apache-2.0
"""Rules of fitted scales."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import ModelError, SpecError
from hgcn.model.scales import fit_requantiser, fit_sum
from hgcn.reference.job import Rows
from hgcn.reference.requantise import requantise

# A value 2^-9 of the largest still has 6 bits of its multiplier left.
scale = st.floats(2.0**-9, 1.0)


@given(
    row=st.lists(scale, min_size=1, max_size=5),
    col=st.lists(scale, min_size=1, max_size=5),
    top=st.integers(-40, 20),
    bias=st.floats(-100, 100),
    seed=st.integers(0, 10**6),
)
def test_output_is_the_real_value_within_the_multipliers_rounding(
    row: list[float], col: list[float], top: int, bias: float, seed: int
) -> None:
    rows, cols = np.array(row), np.array(col) * 2.0**top
    biases = np.full(len(col), bias)
    scales = fit_requantiser(row=rows, col=cols, bias=biases, relu=False, bits=16)
    reach = min(2.0**31 - 1, 30000 / (rows.max() * cols.max()))
    acc = np.random.default_rng(seed).uniform(-reach, reach, (len(row), len(col)))
    acc32 = np.trunc(acc).astype(np.int32)

    real = acc32 * rows[:, None] * cols + biases

    # Half a unit of r, c and y; r >= 65535 * 2^-9 and c >= 16383 * 2^-9 of the largest.
    bound = np.abs(acc32 * rows[:, None] * cols) * (2.0**-7 + 2.0**-5) + 0.51
    assert np.all(np.abs(requantise(acc32, scales) - real) <= bound)


@given(row=st.lists(scale, min_size=1, max_size=5), top=st.integers(-20, 10))
def test_multipliers_use_their_range(row: list[float], top: int) -> None:
    scales = fit_requantiser(
        row=np.array(row), col=np.array([2.0**top]), bias=np.zeros(1), relu=True, bits=8
    )

    assert scales.row.max() == 65535
    assert 16383 <= scales.col.max() <= 32767


@pytest.mark.parametrize("bias", [1e-12, 0.3, 12345.678, 3e9, -3e9, 2.0**59])
def test_biases_of_any_size_keep_their_digits(bias: float) -> None:
    scales = fit_requantiser(
        row=np.ones(1), col=np.array([2.0**-20]), bias=np.array([bias]), relu=False, bits=8
    )

    stored = int(scales.bias[0]) * 2.0 ** (scales.bias_shift - scales.shift)
    assert stored == pytest.approx(bias, rel=2.0**-29, abs=2.0 ** -(scales.shift + 1))


def test_dead_columns_and_rows_give_zero_multipliers() -> None:
    scales = fit_requantiser(
        row=np.array([0.0, 1.0]), col=np.zeros(2), bias=np.array([3.0, -3.0]), relu=False, bits=8
    )

    assert scales.row.tolist() == [0, 65535] and scales.col.tolist() == [0, 0]
    assert requantise(np.full((2, 2), 9, np.int32), scales).tolist() == [[3, -3], [3, -3]]


def test_rows_that_are_all_zero_leave_the_bias() -> None:
    scales = fit_requantiser(
        row=np.zeros(2), col=np.ones(1), bias=np.array([2.5]), relu=False, bits=8
    )

    assert requantise(np.full((2, 1), 9, np.int32), scales).tolist() == [[3], [3]]


def test_tiny_scales_take_the_largest_shift() -> None:
    scales = fit_requantiser(
        row=np.ones(1), col=np.array([2.0**-60]), bias=np.zeros(1), relu=False, bits=8
    )

    assert scales.shift == 62


@pytest.mark.parametrize(("col", "bias"), [(2.0**40, 0.0), (1.0, 2.0**70)])
def test_scales_beyond_the_format_are_refused(col: float, bias: float) -> None:
    with pytest.raises(ModelError, match=r"scales must be at most 2\^30 and biases 2\^60"):
        fit_requantiser(
            row=np.ones(1), col=np.array([col]), bias=np.array([bias]), relu=False, bits=8
        )


@pytest.mark.parametrize(
    ("row", "col", "message"),
    [(-1.0, 1.0, "row scales must be at least 0"), (1.0, np.nan, "column scales must be finite")],
)
def test_impossible_scales_are_named(row: float, col: float, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        fit_requantiser(
            row=np.array([row]), col=np.array([col]), bias=np.zeros(1), relu=False, bits=8
        )


def test_rows_of_zero_leave_the_bias_alone_however_large_the_columns() -> None:
    made = fit_requantiser(
        row=np.zeros(3), col=np.array([1e9]), bias=np.array([-7.0]), relu=False, bits=16
    )
    assert requantise(np.full((3, 1), 1000, np.int32), made).tolist() == [[-7]] * 3


@given(seed=st.integers(0, 10**6))
def test_a_sum_of_two_comes_near_both(seed: int) -> None:
    rng = np.random.default_rng(seed)
    row, added_row = (10.0 ** rng.uniform(-3, 3) * rng.uniform(0.5, 1, 9) for _ in range(2))
    col, added_col = (10.0 ** rng.uniform(-3, 0) * rng.uniform(0.5, 1, 4) for _ in range(2))
    scales, addend = fit_sum(
        row=row,
        col=col,
        bias=np.zeros(4),
        rows=Rows("x"),
        added_row=added_row,
        added_col=added_col,
        relu=False,
        bits=16,
    )
    largest = max(np.outer(row, col).max(), np.outer(added_row, added_col).max())
    for wanted, r, c in (
        (np.outer(row, col), scales.row, scales.col),
        (np.outer(added_row, added_col), addend.row, addend.col),
    ):
        found = np.outer(r.astype(float), c.astype(float)) * 2.0**-scales.shift
        # Both share the shift: the smaller one has the bits that the larger one leaves it.
        assert np.abs(found - wanted).max() <= 2**-13 * largest
    assert addend.rows == Rows("x")


def test_an_addend_that_scales_nothing_adds_nothing() -> None:
    one = np.ones(1)
    scales, addend = fit_sum(
        row=one,
        col=one,
        bias=0 * one,
        rows=Rows("x"),
        added_row=0 * one,
        added_col=one,
        relu=False,
        bits=8,
    )
    assert addend.row[0] == addend.col[0] == 0 and scales.col[0] > 0
    with pytest.raises(SpecError, match="added column scales must be finite and at least 0"):
        fit_sum(
            row=one,
            col=one,
            bias=0 * one,
            rows=Rows("x"),
            added_row=one,
            added_col=-one,
            relu=False,
            bits=8,
        )
