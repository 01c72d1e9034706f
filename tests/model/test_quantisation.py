# SPDX-License-Identifier: Apache-2.0
"""The words of a quantisation, there and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import SpecError
from hgcn.model.quantisation import Quantisation, parse_quantisation

choices = st.builds(
    Quantisation,
    percentile=st.sampled_from([100.0, 99.9, 50.0, 0.5]),
    limit=st.sampled_from([None, 1.0, 8.0, 100.5]),
    degree=st.sampled_from([0.0, 1.0, 0.25]),
)


@given(choice=choices)
def test_words_are_read_back(choice: Quantisation) -> None:
    assert parse_quantisation(str(choice)) == choice


def test_nothing_asked_for_is_the_maximum() -> None:
    assert str(Quantisation()) == "max" and parse_quantisation("max") == Quantisation()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("best", "quantisation must be auto, max, percentile:P, limit:C, degree, or several"),
        ("", "quantisation must be auto"),
        ("int16", "got 'int16'"),
        ("percentile", "quantisation must be auto"),
        ("limit", "quantisation must be auto"),
        ("limit:8+", "quantisation must be auto"),
        ("limit:x", "limit must be a number, got 'x'"),
        ("limit:", "limit must be a number, got ''"),
        ("limit:8+limit:4", "each of its parts once"),
        ("max+degree", "each of its parts once"),
        ("percentile:0", "percentile must be above 0, at most 100, got 0.0"),
        ("percentile:100.5", "percentile must be above 0, at most 100"),
        ("percentile:nan", "percentile must be above 0, at most 100"),
        ("limit:0.5", "limit must be a finite number of at least 1, got 0.5"),
        ("limit:inf", "limit must be a finite number of at least 1"),
        ("limit:nan", "limit must be a finite number of at least 1"),
        ("degree:-1", "degree must be at least 0"),
        ("degree:nan", "degree must be at least 0"),
    ],
)
def test_other_words_are_refused(words: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        parse_quantisation(words)
