# SPDX-License-Identifier: Apache-2.0
"""Commands as Python objects; `hgcn.isa.command_codec` makes their records."""

from __future__ import annotations

from dataclasses import dataclass

from hgcn.isa.layout import Base, Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A range of memory in lines of 64 bytes, with its checksum pair ((0, 0): unchecked)."""

    base: Base
    offset: int
    lines: int
    s1: int = 0
    s2: int = 0


NO_STREAM = Stream(base=Base.PROGRAM, offset=0, lines=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Memory to feature store."""

    store: int
    position: int
    rows: int
    stream: Stream
    after: int = 0
    fence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spmm:
    """One row window times one column window, on both engines."""

    clear: bool
    pl_int8: bool
    half: int
    store: int
    base: int
    words: int
    slices: int
    packets: int
    pl: Stream
    control: Stream
    left: Stream
    after: int = 0
    fence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """Sums to requantised rows."""

    relu: bool
    int16: bool
    half: int
    store: int
    write_store: bool
    write_memory: bool
    tiled: bool
    position: int
    rows: int
    shift: int
    bias_shift: int
    records: Stream
    destination: Stream
    after: int = 0
    fence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The last command."""

    after: int = 0
    fence: bool = False


Command = Load | Spmm | Drain | End


def engines(command: Command) -> tuple[Engine, ...]:
    """The engines a command runs on."""
    if isinstance(command, Load):
        return (Engine.LOAD,)
    if isinstance(command, Spmm):
        return (Engine.PL, Engine.STA)
    return (Engine.DRAIN,) if isinstance(command, Drain) else ()


def streams(command: Command) -> dict[str, Stream]:
    """The streams a command reads, by name; empty ones left out."""
    if isinstance(command, Spmm):
        found = {}
        if command.pl.lines:
            found["pl"] = command.pl
        if command.control.lines:
            found["control"] = command.control
        if command.left.lines:
            found["left"] = command.left
        return found
    if isinstance(command, Load):
        return {"rows": command.stream} if command.stream.lines else {}
    if isinstance(command, Drain):
        return {"records": command.records} if command.records.lines else {}
    return {}
