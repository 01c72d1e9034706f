# SPDX-License-Identifier: Apache-2.0
"""Shapes: what fits says nothing, what does not is named."""

from __future__ import annotations

from typing import Any

import pytest

from hgcn.report.shape import wrong


@pytest.mark.parametrize(
    ("value", "want"),
    [
        ({"a": 1, "more": None}, {"a": 0}),
        ({"x": {"n": 1.5}, "y": {"n": 0}}, {str: {"n": 0}}),
        ({"a": None}, {"a": (0,)}),
        ({"a": ["x", "y"]}, {"a": [""]}),
        ({"a": True}, {"a": False}),
    ],
)
def test_what_fits_is_not_named(value: Any, want: Any) -> None:
    assert list(wrong("", value, want)) == []


@pytest.mark.parametrize(
    ("value", "want", "words"),
    [
        ([], {"a": 0}, "it must be an object, got []"),
        ({}, {"a": 0}, "it lacks a"),
        ({"a": {}}, {"a": {"b": 0}}, "it lacks a.b"),
        ({"a": True}, {"a": 0}, "a must be a number of at least 0, got True"),
        ({"a": -1}, {"a": 0}, "a must be a number of at least 0, got -1"),
        ({"a": float("nan")}, {"a": 0}, "a must be a number of at least 0, got nan"),
        ({"a": 1}, {"a": ""}, "a must be a text, got 1"),
        ({"a": "x"}, {"a": (0,)}, "a must be a number of at least 0, got 'x'"),
        ({"a": {}}, {"a": [0]}, "a must be a list, got {}"),
        ({"a": [1, "x"]}, {"a": [0]}, "a[1] must be a number of at least 0, got 'x'"),
        ({"a": 0}, {"a": True}, "a must be true or false, got 0"),
        ({"b\n": 1}, {str: ""}, "b\\n must be a text, got 1"),
    ],
)
def test_what_does_not_fit_is_named(value: Any, want: Any, words: str) -> None:
    assert next(wrong("", value, want)) == words
