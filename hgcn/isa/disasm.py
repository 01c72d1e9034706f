# SPDX-License-Identifier: Apache-2.0
"""The disassembler: an image as text."""

from __future__ import annotations

from collections.abc import Iterator

from hgcn.format.fields import Field, Kind
from hgcn.format.numbers import Engine
from hgcn.isa.command_codec import FORMS
from hgcn.isa.commands import Command, Stream
from hgcn.isa.image import check_crc, read_commands, read_header


def disassemble(image: bytes) -> Iterator[str]:
    """Yield the header and every command as lines of text.

    Raises
    ------
    ProgramError
        If the image is damaged, or the header or a command malformed.
    """
    header = read_header(image)
    check_crc(image, header)
    yield (
        f"device {header.device_hash:#018x}  graph {header.graph_hash.hex()[:16]}  "
        f"model {header.model_hash.hex()[:16]}"
    )
    yield (
        f"{header.num_commands} commands, {len(image)} bytes, "
        f"input {header.input_lines} lines, scratch {header.scratch_lines} lines, "
        f"output {header.output_lines} lines"
    )
    for index, command in enumerate(read_commands(image, header)):
        yield f"{index:6d}  {command_text(command)}"


def command_text(command: Command) -> str:
    """Return a command as text: its fields by name, flags that are set, streams that are there.

    Examples
    --------
    >>> from hgcn.isa.commands import End
    >>> command_text(End(wait_mask=0b0011, fence=True))
    'END    wait_mask load+pl, fence'
    """
    form = FORMS[type(command)]
    words = [_field(field, getattr(command, field.name)) for field in form.own]
    waits = [engine.name.lower() for engine in Engine if command.wait_mask >> engine & 1]
    words.append(f"wait_mask {'+'.join(waits)}" if waits else "")
    words.append("fence" if command.fence else "")
    return f"{form.name.upper():7}{', '.join(filter(None, words))}".rstrip()


def _field(field: Field, value: object) -> str:
    if isinstance(value, Stream):
        if not value.lines:
            return ""
        return f"{field.name} {value.base.name.lower()}[{value.offset}+{value.lines}]"
    if field.kind is Kind.FLAG:
        return field.name if value else ""
    return f"{field.name} {value}"
