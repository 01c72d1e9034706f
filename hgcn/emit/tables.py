# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of `docs/program-format.md` and `docs/plio.md`, between their markers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import IntEnum
from functools import partial

from hgcn.errors import SpecError
from hgcn.format import numbers, streams
from hgcn.format.commands import COMMAND, COMMANDS, HEADER, STREAM
from hgcn.format.fields import WORD_BITS, Field, Record
from hgcn.format.layouts import AXES, LAYOUTS, Loop

_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

PAGES = ("docs/program-format.md", "docs/plio.md")
"""Pages with tables, by their path from the repository's root."""


def _span(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{high}:{low}"


def _kind(field: Field) -> str:
    if field.of is not None:
        return field.of.name
    return field.kind.value


def _row(field: Field, place: list[str]) -> str:
    cells = [*place, f"`{field.name}`", _kind(field), field.meaning, field.limit]
    return f"| {' | '.join(cells)} |"


def _by_word(record: Record) -> Iterator[str]:
    yield "| word | bits | field | kind | meaning | legal |"
    yield "|---|---|---|---|---|---|"
    for field in record.fields:
        first, last = field.word, (field.at + field.bits - 1) // WORD_BITS
        word = f"{first}" if first == last else f"{first}..{last}"
        whole = field.bits % WORD_BITS == 0
        yield _row(field, [word, "" if whole else _span(field.low, field.low + field.bits - 1)])


def _by_bit(record: Record) -> Iterator[str]:
    yield "| bits | field | kind | meaning | legal |"
    yield "|---|---|---|---|---|"
    for field in record.fields:
        yield _row(field, [_span(field.at, field.at + field.bits - 1)])


def _own(record: Record) -> Record:
    """What a command has beside the fields of all commands."""
    common = {field.name for field in COMMAND.fields}
    fields = tuple(field for field in record.fields if field.name not in common)
    return Record(name=record.name, width=record.width, fields=fields, summary=record.summary)


def _list(values: type[IntEnum], pattern: str = "{}") -> Iterator[str]:
    yield "| number | name |"
    yield "|---|---|"
    for value in values:
        yield f"| {pattern.format(value.value)} | {value.name} |"


def _layouts() -> Iterator[str]:
    yield "| layout | of | for each, from the outside in | bytes of an element |"
    yield "|---|---|---|---|"
    for layout in LAYOUTS:
        loops = "; ".join(_pieces(loop) for loop in layout.loops)
        lengths = " or ".join(map(str, layout.element_bytes))
        yield f"| {layout.name} | {layout.summary} | {loops} | {lengths} |"


def _pieces(loop: Loop) -> str:
    along = AXES[loop.axis]
    return f"`{' * '.join(loop.step)}` {along}" if loop.step else along.removesuffix("s")


TABLES: dict[str, Callable[[], Iterator[str]]] = {
    **{record.name: partial(_by_word, record) for record in (HEADER, COMMAND, STREAM)},
    **{form.name: partial(_by_word, _own(form)) for form in COMMANDS if form.own},
    **{record.name: partial(_by_bit, record) for record in streams.STREAM_RECORDS},
    "layouts": _layouts,
    "opcodes": partial(_list, numbers.Opcode),
    "engines": partial(_list, numbers.Engine),
    "regions": partial(_list, numbers.Base),
    "errors": partial(_list, numbers.ErrorCode),
    "magics": partial(_list, numbers.PacketMagic, "`0x{:04X}`"),
}
"""Every table by the name its marker has."""


def with_tables(page: str) -> str:
    r"""Return a page with the text between its markers made anew.

    Raises
    ------
    SpecError
        If a marker names no table.

    Examples
    --------
    >>> print(with_tables("<!-- table: opcodes -->\nold\n<!-- end -->"))
    <!-- table: opcodes -->
    | number | name |
    |---|---|
    | 1 | LOAD |
    | 2 | SPMM |
    | 3 | DRAIN |
    | 4 | END |
    <!-- end -->
    """

    def table(found: re.Match[str]) -> str:
        make = TABLES.get(found[2])
        if make is None:
            raise SpecError(f"table must be one of {', '.join(TABLES)}, got {found[2]}")
        return "\n".join([found[1] + "\n".join(make()), found[3]])

    return _TABLE.sub(table, page)
