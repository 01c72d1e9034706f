# SPDX-License-Identifier: Apache-2.0
"""Fields and records: bits where they are declared, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import SpecError
from hgcn.format.commands import COMMAND, COMMANDS, HEADER, RANGE, STREAM
from hgcn.format.fields import Kind, Record, bits, flag, part, word
from hgcn.format.streams import CONTROL_RECORD, STREAM_RECORDS

RECORDS = (HEADER, COMMAND, *COMMANDS, STREAM, RANGE, CONTROL_RECORD, *STREAM_RECORDS)

INNER = Record(
    name="inner",
    width=8,
    summary="",
    fields=(bits("low", 0, 2, 0), bits("high", 0, 7, 5, kind=Kind.SIGNED)),
)
OUTER = Record(
    name="outer",
    width=64,
    summary="",
    fields=(flag("first", 0, 4), part("inner", INNER, 0, low=8), word("last", 1)),
)


def test_a_record_in_a_record_moves_its_fields() -> None:
    assert list(OUTER.leaves) == ["first", "inner.low", "inner.high", "last"]
    assert (OUTER["inner.high"].at, OUTER["inner.high"].width) == (13, 3)
    assert OUTER.meant.tolist() == [1 << 4 | 0b111 << 8 | 0b111 << 13, 0xFFFF_FFFF]


def test_values_are_put_and_got_by_name_signs_included() -> None:
    words = OUTER.put(**{"first": [True, False], "inner.high": [-1, 2], "last": 7})
    assert words.tolist() == [[1 << 4 | 0b111 << 13, 7], [0b010 << 13, 7]]
    assert OUTER.get(words, "inner.high").tolist() == [-1, 2]
    assert OUTER.get(words, "last").tolist() == [7, 7]


@given(st.sampled_from(RECORDS), st.data())
def test_every_field_comes_back_and_lies_in_what_is_meant(
    record: Record, data: st.DataObject
) -> None:
    names = [name for name, field in record.leaves.items() if field.bits <= 32]
    values = {name: data.draw(st.integers(0, record[name].most)) for name in names}
    words = record.put(**values)
    assert not (words & ~record.meant).any()
    assert {name: int(record.get(words, name)[0]) for name in names} == values
    whole = int.from_bytes(words.astype("<u4").tobytes(), "little")
    assert {name: record[name].get_bits(whole) for name in names} == values


@pytest.mark.parametrize(
    "fields",
    [
        (bits("a", 0, 3, 0), bits("b", 0, 7, 3)),
        (bits("a", 0, 36, 30),),
        (word("a", 2),),
    ],
)
def test_fields_that_overlap_or_do_not_fit_are_no_record(fields: tuple[object, ...]) -> None:
    with pytest.raises(SpecError):
        Record(name="bad", width=64, summary="", fields=fields)  # type: ignore[arg-type]


def test_bits_beyond_a_field_are_cut() -> None:
    assert np.array_equal(INNER["low"].put([9, -1]), [1, 7])
