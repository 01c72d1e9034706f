# SPDX-License-Identifier: Apache-2.0
"""Commands as Python objects; `hgcn.isa.command_codec` makes their records."""

from __future__ import annotations

from hgcn.format.commands import COMMANDS
from hgcn.format.numbers import Base, Engine
from hgcn.isa.records import Command, Drain, End, Load, Spmm, Stream

__all__ = [
    "NO_STREAM",
    "Command",
    "Drain",
    "End",
    "Load",
    "Spmm",
    "Stream",
    "engines",
    "streams",
]

NO_STREAM = Stream(base=Base.PROGRAM, offset=0, lines=0)

_ENGINES = {form.name: form.engines for form in COMMANDS}
_STREAMS = {
    form.name: [(field.label or field.name, field.name) for field in form.streams]
    for form in COMMANDS
}


def _name(command: Command) -> str:
    return type(command).__name__.lower()


def engines(command: Command) -> tuple[Engine, ...]:
    """The engines a command runs on."""
    return _ENGINES[_name(command)]


def streams(command: Command) -> dict[str, Stream]:
    """The streams a command reads, by name; empty ones left out."""
    found = {}
    for name, field in _STREAMS[_name(command)]:
        stream: Stream = getattr(command, field)
        if stream.lines:
            found[name] = stream
    return found
