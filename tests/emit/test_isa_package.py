# SPDX-License-Identifier: Apache-2.0
"""The package of the instruction set is the declaration's, bit for bit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hgcn.emit.isa_package import camel, isa_package, kept_words
from hgcn.format.commands import COMMAND, COMMANDS, HEADER, RANGE, STREAM
from hgcn.format.fields import Record
from hgcn.format.numbers import ErrorCode, Opcode
from hgcn.format.streams import STREAM_RECORDS

COMMITTED = Path(__file__).parents[2] / "hw" / "rtl" / "isa" / "hgcn_isa_pkg.sv"
TEXT = isa_package()


def struct(name: str) -> list[tuple[str, str]]:
    """Return (type, field) of a struct, from its lowest bits."""
    body = re.search(rf"typedef struct packed {{((?:(?!struct)[\s\S])*?)}} {name}_t;", TEXT)
    assert body is not None, name
    members = re.findall(r"^    (\w+(?: \[\d+:0\])?) (\w+);", body[1], re.MULTILINE)
    return members[::-1]


def width(kind: str) -> int:
    name, _, size = kind.partition(" ")
    count = int(size.strip("[]").split(":")[0]) + 1 if size else 1
    if name == "logic":
        return count
    return count * sum(width(inner) for inner, _ in struct(name.removesuffix("_t")))


def test_the_committed_package_is_what_emit_writes() -> None:
    assert COMMITTED.read_text() == TEXT


@pytest.mark.parametrize(
    "record", [HEADER, COMMAND, *COMMANDS, STREAM, RANGE, *STREAM_RECORDS], ids=lambda r: r.name
)
def test_a_struct_has_each_field_at_its_bit(record: Record) -> None:
    at, found = 0, {}
    for kind, name in struct(record.name):
        found[name] = (at, width(kind))
        at += width(kind)
    assert at == record.width
    used = {name: place for name, place in found.items() if not name.startswith("unused_")}
    assert used == {field.name: (field.at, field.bits) for field in record.fields}


def test_lists_have_the_numbers_of_the_format() -> None:
    for opcode in Opcode:
        assert f"    Op{camel(opcode.name)} = 4'd{opcode.value}" in TEXT
    assert len(re.findall(r"\bErr\w+ = 8'd\d+", TEXT)) == len(ErrorCode)
    assert "ErrHeaderChecksum = 8'd4" in TEXT


def test_the_words_kept_are_those_that_engines_need() -> None:
    assert kept_words() == [0, 1, 2, 3, 5, 8, 9, 13, 24]
