# SPDX-License-Identifier: Apache-2.0
"""Laws of requantisation, against Python's unbounded integers."""

from __future__ import annotations

from itertools import product

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


def exact(a: int, r: int, c: int, b: int, s: int, t: int, relu: bool, bits: int) -> int:
    """The page docs/arithmetic.md, in unbounded integers."""
    y = (a * (r * c) + b * 2**t + 2 ** (s - 1)) // 2**s
    if relu:
        y = max(y, 0)
    return max(-(2 ** (bits - 1)), min(2 ** (bits - 1) - 1, y))


def single(a: int, r: int, c: int, b: int, s: int, t: int, relu: bool, bits: int) -> int:
    """One value through `requantise`."""
    scales = Requantiser(
        row=np.array([r], np.uint16),
        col=np.array([c], np.uint16),
        bias=np.array([b], np.int32),
        shift=s,
        bias_shift=t,
        relu=relu,
        bits=bits,
    )
    return int(requantise(np.array([[a]], np.int32), scales)[0, 0])


@given(
    a=accumulators,
    r=rows,
    c=cols,
    b=biases,
    s=near(1, 2, 61, 62),
    t=near(0, 1, 29, 30),
    relu=st.booleans(),
    bits=st.sampled_from([8, 16]),
)
def test_equals_unbounded_integers(
    a: int, r: int, c: int, b: int, s: int, t: int, relu: bool, bits: int
) -> None:
    assert single(a, r, c, b, s, t, relu, bits) == exact(a, r, c, b, s, t, relu, bits)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("relu", [False, True])
def test_every_combination_of_extremes(relu: bool, bits: int) -> None:
    for a, r, c, b, s, t in product(
        (-(2**31), -1, 0, 1, 2**31 - 1),
        (0, 1, 65535),
        (0, 1, 32767),
        (-(2**31), 0, 2**31 - 1),
        (1, 31, 62),
        (0, 30),
    ):
        assert single(a, r, c, b, s, t, relu, bits) == exact(a, r, c, b, s, t, relu, bits)


@pytest.mark.parametrize(
    ("a", "y"), [(-3, -1), (-2, -1), (-1, 0), (0, 0), (1, 1), (2, 1), (3, 2), (5, 3), (-5, -2)]
)
def test_halves_round_up_for_both_signs(a: int, y: int) -> None:
    assert single(a, 1, 1, 0, 1, 0, False, 8) == y


@pytest.mark.parametrize(
    ("a", "bits", "y"),
    [(127, 8, 127), (128, 8, 127), (-128, 8, -128), (-129, 8, -128)]
    + [(32767, 16, 32767), (32768, 16, 32767), (-32768, 16, -32768), (-32769, 16, -32768)],
)
def test_outputs_saturate_at_their_width(a: int, bits: int, y: int) -> None:
    assert single(a, 2, 1, 0, 1, 0, False, bits) == y


@pytest.mark.parametrize(("a", "y"), [(-5, 0), (0, 0), (5, 5), (200, 127)])
def test_relu_zeroes_negatives_only(a: int, y: int) -> None:
    assert single(a, 2, 1, 0, 1, 0, True, 8) == y


def test_zero_accumulator_gives_the_rounded_bias() -> None:
    # 13 * 2^2 / 2^3 = 6.5
    assert single(0, 65535, 32767, 13, 3, 2, False, 8) == 7
    assert single(0, 0, 0, -13, 3, 2, False, 8) == -6
    assert single(0, 0, 0, -13, 3, 2, True, 8) == 0


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
        ("col", np.array([32768], np.uint16), "column multipliers must be below 32768, got 32768"),
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
        Requantiser(**(fields | {field: value}))  # type: ignore[arg-type]
