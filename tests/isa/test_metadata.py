# SPDX-License-Identifier: Apache-2.0
"""Metadata from a file: what it claims is checked, what it is called prints."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import ProgramError
from hgcn.isa.metadata import (
    MAX_DEPTH,
    MAX_JSON_BYTES,
    MAX_TEXT,
    decode_metadata,
    encode_metadata,
)

texts = st.text("ab é漢[]\\\"'", max_size=20)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 63) - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def read(text: bytes, blobs: bytes = b"") -> tuple[dict[str, Any], dict[str, Any]]:
    return decode_metadata(memoryview(len(text).to_bytes(4, "little") + text + blobs))


def with_array(entry: object, blobs: bytes = b"") -> tuple[dict[str, Any], dict[str, Any]]:
    return read(json.dumps({"metadata": {}, "arrays": {"a": entry}}).encode(), blobs)


@given(st.dictionaries(texts, values, max_size=3))
def test_plain_metadata_come_back_as_they_were(metadata: dict[str, Any]) -> None:
    assert decode_metadata(memoryview(encode_metadata(metadata, {}))) == (metadata, {})


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text())))
def test_whatever_texts_hold_they_print(metadata: dict[str, Any]) -> None:
    raw = json.dumps({"metadata": metadata, "arrays": {}}).encode()
    for tail in (len(raw).to_bytes(4, "little") + raw, encode_metadata(metadata, {})):
        found, _ = decode_metadata(memoryview(tail))
        for key, value in found.items():
            for text in (key, *([value] if isinstance(value, str) else value)):
                assert text.isprintable() and len(text) <= MAX_TEXT


def test_a_long_name_is_cut() -> None:
    found, _ = read(json.dumps({"metadata": {"name": "x" * 5000}, "arrays": {}}).encode())
    assert found == {"name": "x" * MAX_TEXT}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "malformed: "),
        (b"not json", "malformed: "),
        (b"[]", "it must be an object"),
        (b"\xff\xfe", "malformed: "),
        (b"[" * 100_000, "malformed: "),
        (b'{"metadata": {}}', "arrays must be an object"),
        (b'{"metadata": 3, "arrays": {}}', "metadata must be an object"),
        (b'{"metadata": {}, "arrays": [1]}', "arrays must be an object"),
        (b'{"metadata": {"a": NaN}, "arrays": {}}', "NaN is no number"),
        (b'{"metadata": {"a": -Infinity}, "arrays": {}}', "-Infinity is no number"),
        (b'{"metadata": {"a": 1e999}, "arrays": {}}', "a number is beyond every float"),
        (b'{"metadata": {"a": 9223372036854775808}, "arrays": {}}', "more than 64 bits"),
        (b'{"metadata": {"a": ' + b"9" * 100_000 + b'}, "arrays": {}}', "more than 64 bits"),
        (
            b'{"metadata": ' + b'{"a":' * MAX_DEPTH + b"1" + b"}" * MAX_DEPTH + b', "arrays": {}}',
            "nests deeper than 16 levels",
        ),
    ],
)
def test_malformed_metadata_are_refused_by_what_is_wrong(text: bytes, message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        read(text)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"dtype": "|O", "shape": [1], "offset": 0}, "array a has type '|O', none of"),
        ({"dtype": "<U4", "shape": [0], "offset": 0}, "array a has type"),
        ({"dtype": "none such", "shape": [1], "offset": 0}, "array a has type"),
        ({"dtype": "(2,", "shape": [1], "offset": 0}, "array a has type"),
        ({"dtype": ["<i4"], "shape": [1], "offset": 0}, "array a has type"),
        ({"dtype": ">i4", "shape": [1], "offset": 0}, "array a has type"),
        ({"dtype": "<i4", "shape": [-1], "offset": 0}, "array a has an illegal shape"),
        ({"dtype": "<i4", "shape": [1 << 40, 1], "offset": 0}, "array a has an illegal shape"),
        ({"dtype": "<i4", "shape": [1.0], "offset": 0}, "array a has an illegal shape"),
        ({"dtype": "<i4", "shape": [True], "offset": 0}, "array a has an illegal shape"),
        ({"dtype": "<i4", "shape": [1] * 9, "offset": 0}, "array a has an illegal shape"),
        ({"dtype": "<i4", "shape": "ab", "offset": 0}, "array a has an illegal shape"),
        ({"dtype": "<i4"}, "array a has an illegal shape"),
        ({"dtype": "<i4", "shape": [1 << 30] * 2, "offset": 0}, "a does not lie within the"),
        ({"dtype": "<i4", "shape": [3], "offset": 0}, "array a does not lie within the program"),
        ({"dtype": "<i4", "shape": [1], "offset": 5}, "array a does not lie within the program"),
        ({"dtype": "<i4", "shape": [1], "offset": -4}, "array a does not lie within the program"),
        ({"dtype": "<i4", "shape": [1], "offset": 0.5}, "array a does not lie within the program"),
        (7, "array a must be an object"),
    ],
)
def test_an_array_that_is_not_there_is_refused(entry: object, message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        with_array(entry, bytes(8))


def test_an_array_within_the_section_is_read_at_any_offset() -> None:
    _, arrays = with_array({"dtype": "<i4", "shape": [1, 1], "offset": 3}, bytes(3) + b"\5\0\0\0\0")
    np.testing.assert_array_equal(arrays["a"], [[5]])
    _, arrays = with_array({"dtype": "<f8", "shape": [0, 1 << 30], "offset": 8}, bytes(8))
    assert arrays["a"].shape == (0, 1 << 30)


@pytest.mark.parametrize("size", [3, MAX_JSON_BYTES + 1, 0xFFFF_FFFF])
def test_a_text_that_claims_more_than_there_is_is_refused(size: int) -> None:
    with pytest.raises(ProgramError, match=f"its text claims {size} bytes"):
        decode_metadata(memoryview(size.to_bytes(4, "little") + b"{}"))


def test_an_error_is_one_printable_line() -> None:
    name = "a\x1b[31m\n\ud800" + "b" * 1000
    with pytest.raises(ProgramError) as caught:
        read(json.dumps({"metadata": {}, "arrays": {name: {}}}).encode())
    assert str(caught.value).isprintable() and len(str(caught.value)) < 1500


@pytest.mark.parametrize("value", [1.5, math.pi, -0.0, 1e300])
def test_floats_come_back_exactly(value: float) -> None:
    found, _ = decode_metadata(memoryview(encode_metadata({"a": value}, {})))
    assert math.copysign(1, found["a"]) == math.copysign(1, value) and found["a"] == value
