# SPDX-License-Identifier: Apache-2.0
"""Rules of requantisation, against Python's unbounded integers."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import SpecError
from hgcn.reference.requantise import Requantiser, requantise


def near(*corners: int) -> st.SearchStrategy[int]:
    """The corners often, all between the least and the greatest sometimes."""
    return st.sampled_from(corners) | st.integers(min(corners), max(corners))


accumulators = near(-(2**31), -(2**31) + 1, -1, 0, 1, 2**31 - 1)
rows = near(0, 1, 65534, 65535)
cols = near(0, 1, 32766, 32767)
biases = near(-(2**31), -1, 0, 1, 2**31 - 1)


class Case(NamedTuple):
    """One accumulator and everything that acts on it, as docs/arithmetic.md names it."""

    a: int
    r: int = 1
    c: int = 1
    b: int = 0
    s: int = 1
    t: int = 0
    relu: bool = False
    bits: int = 8


cases = st.builds(
    Case,
    a=accumulators,
    r=rows,
    c=cols,
    b=biases,
    s=near(1, 2, 61, 62),
    t=near(0, 1, 29, 30),
    relu=st.booleans(),
    bits=st.sampled_from([8, 16]),
)


def exact(case: Case) -> int:
    """The formula in unbounded integers."""
    a, r, c, b, s, t, relu, bits = case
    y = (a * (r * c) + b * 2**t + 2 ** (s - 1)) // 2**s
    if relu:
        y = max(y, 0)
    return max(-(2 ** (bits - 1)), min(2 ** (bits - 1) - 1, y))


def single(case: Case) -> int:
    """One value through `requantise`."""
    scales = Requantiser(
        row=np.array([case.r], np.uint16),
        col=np.array([case.c], np.uint16),
        bias=np.array([case.b], np.int32),
        shift=case.s,
        bias_shift=case.t,
        relu=case.relu,
        bits=case.bits,
    )
    return int(requantise(np.array([[case.a]], np.int32), scales)[0, 0])


@given(case=cases)
def test_equals_unbounded_integers(case: Case) -> None:
    assert single(case) == exact(case)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("relu", [False, True])
def test_every_combination_of_extremes(relu: bool, bits: int) -> None:
    for corner in product(
        (-(2**31), -1, 0, 1, 2**31 - 1),
        (0, 1, 65535),
        (0, 1, 32767),
        (-(2**31), 0, 2**31 - 1),
        (1, 31, 62),
        (0, 30),
    ):
        case = Case(*corner, relu=relu, bits=bits)
        assert single(case) == exact(case)


@pytest.mark.parametrize(
    ("a", "y"), [(-3, -1), (-2, -1), (-1, 0), (0, 0), (1, 1), (2, 1), (3, 2), (5, 3), (-5, -2)]
)
def test_halves_round_up_for_both_signs(a: int, y: int) -> None:
    assert single(Case(a)) == y


@pytest.mark.parametrize(("a", "y"), [(127, 127), (128, 127), (-128, -128), (-129, -128)])
def test_eight_bits_saturate(a: int, y: int) -> None:
    assert single(Case(a, r=2)) == y


@pytest.mark.parametrize(
    ("a", "y"), [(32767, 32767), (32768, 32767), (-32768, -32768), (-32769, -32768)]
)
def test_sixteen_bits_saturate(a: int, y: int) -> None:
    assert single(Case(a, r=2, bits=16)) == y


@pytest.mark.parametrize(("a", "y"), [(-5, 0), (0, 0), (5, 5), (200, 127)])
def test_relu_zeroes_negatives_only(a: int, y: int) -> None:
    assert single(Case(a, r=2, relu=True)) == y


def test_zero_accumulator_gives_the_rounded_bias() -> None:
    # 13 * 2^2 / 2^3 = 6.5
    assert single(Case(0, r=65535, c=32767, b=13, s=3, t=2)) == 7
    assert single(Case(0, r=0, c=0, b=-13, s=3, t=2)) == -6
    assert single(Case(0, r=0, c=0, b=-13, s=3, t=2, relu=True)) == 0


def test_each_row_and_column_has_its_own_multiplier() -> None:
    scales = Requantiser(
        row=np.array([1, 2], np.uint16),
        col=np.array([2, 4, 6], np.uint16),
        bias=np.array([0, 2, 0], np.int32),
        shift=1,
        bias_shift=0,
        relu=False,
        bits=16,
    )

    out = requantise(np.array([[1, 1, 1], [1, -1, 3]], np.int32), scales)

    assert out.tolist() == [[1, 3, 3], [2, -3, 18]] and out.dtype == np.int16


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("row", np.array([1], np.int32), "row multipliers must be uint16, got dtype.'int32'"),
        ("col", np.array([1], np.int16), "column multipliers must be uint16"),
        (
            "col",
            np.array([32768], np.uint16),
            "column multipliers must be at most 32767, got 32768",
        ),
        ("bias", np.array([1], np.int64), "biases must be int32"),
        ("shift", 0, "shift must be 1 to 62, got 0"),
        ("shift", 63, "shift must be 1 to 62, got 63"),
        ("bias_shift", -1, "bias_shift must be 0 to 30, got -1"),
        ("bias_shift", 31, "bias_shift must be 0 to 30, got 31"),
        ("bits", 12, "bits must be 8 or 16, got 12"),
    ],
)
def test_fields_outside_the_format_are_named(field: str, value: object, message: str) -> None:
    fields: dict[str, object] = {
        "row": np.array([1], np.uint16),
        "col": np.array([1], np.uint16),
        "bias": np.array([0], np.int32),
        "shift": 1,
        "bias_shift": 0,
        "relu": False,
        "bits": 8,
    }
    with pytest.raises(SpecError, match=message):
        Requantiser(**(fields | {field: value}))
