# SPDX-License-Identifier: Apache-2.0
"""Commands to records of 32 words, and back: by the tables of `hgcn.format`, field by field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ProgramError
from hgcn.format.commands import COMMAND, COMMANDS, RANGE, STREAM, CommandForm
from hgcn.format.fields import WORD_BITS, Field, Kind, Record
from hgcn.format.numbers import RECORD_WORDS, Base, Opcode
from hgcn.isa import records as classes
from hgcn.isa.checksum import record_checksum, record_checksums
from hgcn.isa.commands import Command, Stream

Words = NDArray[np.uint32]

FORMS: dict[type, CommandForm] = {
    getattr(classes, form.name.capitalize()): form for form in COMMANDS
}
"""What each class of command is a record of."""

_CLASS = {form.opcode: kind for kind, form in FORMS.items()}
_SUM = RECORD_WORDS - 1


def encode_command(command: Command) -> Words:
    """Return the record of a command, checksum included.

    Raises
    ------
    ProgramError
        If a value has more bits than its field.
    """
    form = FORMS[type(command)]
    record = words_of(form, command, form["opcode"].put_bits(form.opcode))
    record[_SUM] = record_checksum(record)
    return record


def words_of(record: Record, value: object, fixed: int = 0) -> Words:
    """Return the words of a record that an object holds the fields of.

    Parameters
    ----------
    record : Record
    value : object
        Has the fields that are not fixed as attributes.
    fixed : int
        The fixed ones that are not 0, in place.

    Raises
    ------
    ProgramError
        If a value has more bits than its field.
    """
    data = (fixed | _bits_of(record, value)).to_bytes(record.bytes, "little")
    return np.frombuffer(data, dtype="<u4").astype(np.uint32)


def _bits_of(record: Record, value: object) -> int:
    total = 0
    for field, name, at, mask in record.arguments:
        part = getattr(value, name)
        if field.of is not None:
            number = _bits_of(field.of, part)
        elif field.kind is Kind.HASH:
            number = int.from_bytes(part, "little")
        else:
            number = int(part)
        if not 0 <= number <= mask:
            raise ProgramError(_too_large(field, record, number))
        total |= number << at
    return total


def _too_large(field: Field, record: Record, number: int) -> str:
    if record in (STREAM, RANGE) and field.name == "offset":
        return f"stream offset must be below 2^{field.width} lines (64 GiB), got {number}"
    return f"{record.name} {field.name} must be below 2^{field.width}, got {number}"


def decode_command(record: Words, index: int) -> Command:
    """Read the record of command number ``index``.

    Raises
    ------
    ProgramError
        If the checksum or the opcode is wrong, or a bit without a meaning is set.
    """
    return decode_commands(record[None, :], index)[0]


def decode_commands(records: Words, first: int = 0) -> list[Command]:
    """Read records, shape (commands, 32), of which the first is command number ``first``.

    Raises
    ------
    ProgramError
        At the first one that is malformed; see `decode_command`.
    """
    wrong = record_checksums(records) != records[:, _SUM]
    opcode = COMMAND.get(records, "opcode")
    unused = np.zeros(len(records), dtype=np.bool_)
    for form in COMMANDS:
        mine = opcode == form.opcode
        unused[mine] = (records[mine] & ~form.meant).any(axis=1)
    bad = np.flatnonzero(wrong | unused)
    end = int(bad[0]) if len(bad) else len(records)
    commands: list[Command | None] = [None] * end
    for form in COMMANDS:
        where = np.flatnonzero(opcode[:end] == form.opcode)
        made = _objects(form, _CLASS[form.opcode], records[where], 0)
        for index, command in zip(where.tolist(), made, strict=True):
            commands[index] = command
    found: list[Command] = []
    for index, command in enumerate(commands):
        if command is None:
            raise ProgramError(
                f"command {first + index}: opcode must be {min(Opcode)} to {max(Opcode)}, "
                f"got {opcode[index]}"
            )
        found.append(command)
    if end < len(records):
        fault = "checksum mismatch" if wrong[end] else "unused bits must be zero"
        raise ProgramError(f"command {first + end}: {fault}")
    return found


def _objects(form: Record, kind: type, records: Words, start: int) -> list[Any]:
    """Return an object of ``kind`` for each record, whose fields begin at bit ``start``."""
    names = [field.name for field in form.fields if not field.fixed]
    columns = [_column(field, records, start) for field in form.fields if not field.fixed]
    return [kind(**dict(zip(names, values, strict=True))) for values in zip(*columns, strict=True)]


def _column(field: Field, records: Words, start: int) -> Iterable[Any]:
    at = start + field.at
    if field.of is not None:
        return _objects(field.of, Stream, records, at)
    numbers = records[:, at // WORD_BITS] >> np.uint32(at % WORD_BITS) & np.uint32(field.mask)
    if field.kind is Kind.FLAG:
        flags: list[bool] = (numbers != 0).tolist()
        return flags
    values: list[int] = numbers.tolist()
    return map(Base, values) if field.values is Base else values
