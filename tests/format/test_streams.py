# SPDX-License-Identifier: Apache-2.0
"""One record of each kind as literal bytes: a wrong table cannot agree with itself."""

from __future__ import annotations

from typing import Any

import pytest

from hgcn.format.fields import Record
from hgcn.format.streams import (
    ACCUMULATOR,
    COLUMN_PARAMETER,
    CONTROL_HEAD,
    CONTROL_RECORD,
    ENTRY,
    FLAG_DENSE,
    FLAG_FIRST,
    FLAG_INT8,
    FLAG_LAST,
    FLAGS_BYTE,
    MAX_SLOTS,
    MAX_TILE_POSITIONS,
    NO_POSITION,
    PLIO_HEADER,
    ROW_RECORD,
    entry_bytes,
)

GOLDEN: list[tuple[Record, dict[str, Any], str]] = [
    (ENTRY, {"position": 0x1234, "slot": 0x155, "valid": 1, "value": -2}, "3452d5fe"),
    (
        CONTROL_HEAD,
        {"tag": 0x0102, "slices": 0x0304, "pe_row": 5, "last": 1, "int8": 1, "base": 0x4008},
        "02010403050a0840",
    ),
    (
        CONTROL_RECORD,
        {"head.first": 1, "positions[1].position": 0x1234, "positions[7].padding": 1},
        "0000000000010000" + "0000" + "3412" + "0000" * 5 + "0080",
    ),
    (COLUMN_PARAMETER, {"multiplier": 0x7123, "bias": -3}, "23710000fdffffff"),
    (ROW_RECORD, {"multiplier": 0xABCD, "accumulator.lane": 63, "accumulator.slot": 1}, "cdab017e"),
    (
        PLIO_HEADER,
        {"tag": 0x0102, "slices": 0x0304, "int8": 1, "magic": 0x48A1},
        "020104030100a1480000000000000000",
    ),
]


@pytest.mark.parametrize(("record", "values", "expected"), GOLDEN)
def test_a_record_has_these_bytes(record: Record, values: dict[str, Any], expected: str) -> None:
    assert record.put(**values).astype("<u4").tobytes().hex() == expected


def test_numbers_that_follow_from_the_fields() -> None:
    assert (MAX_SLOTS, MAX_TILE_POSITIONS, NO_POSITION) == (512, 16384, 0x8000)
    assert (FLAG_FIRST, FLAG_LAST, FLAG_DENSE, FLAG_INT8, FLAGS_BYTE) == (1, 2, 4, 8, 5)
    assert (entry_bytes(binary=True), entry_bytes(binary=False)) == (3, 4)
    assert (CONTROL_HEAD.bytes, CONTROL_RECORD.bytes, ACCUMULATOR.bytes) == (8, 24, 2)
