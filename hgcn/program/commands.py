# SPDX-License-Identifier: Apache-2.0
"""Commands as Python objects, and their 32-word records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ProgramError
from hgcn.program.checksum import record_checksum
from hgcn.program.layout import RECORD_WORDS, Base, Engine, Opcode

Words = NDArray[np.uint32]

_MAX_OFFSET = 1 << 30


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

_OPCODE: dict[type, Opcode] = {
    Load: Opcode.LOAD,
    Spmm: Opcode.SPMM,
    Drain: Opcode.DRAIN,
    End: Opcode.END,
}


def engines(command: Command) -> tuple[Engine, ...]:
    """The engines a command runs on."""
    if isinstance(command, Load):
        return (Engine.LOAD,)
    if isinstance(command, Spmm):
        return (Engine.PL, Engine.STA)
    return (Engine.DRAIN,) if isinstance(command, Drain) else ()


def streams(command: Command) -> dict[str, Stream]:
    """The streams a command reads, by name; empty ones left out."""
    if isinstance(command, Load):
        found = {"rows": command.stream}
    elif isinstance(command, Spmm):
        found = {"pl": command.pl, "control": command.control, "left": command.left}
    elif isinstance(command, Drain):
        found = {"records": command.records}
    else:
        found = {}
    return {name: stream for name, stream in found.items() if stream.lines}


def _bit(value: bool | int, position: int) -> int:
    return int(value) << position


def _put_stream(words: Words, at: int, stream: Stream) -> None:
    if not 0 <= stream.offset < _MAX_OFFSET:
        raise ProgramError(f"stream offset must be below 2^30 lines (64 GiB), got {stream.offset}")
    words[at] = int(stream.base) << 30 | stream.offset
    words[at + 1], words[at + 2], words[at + 3] = stream.lines, stream.s1, stream.s2


def _get_stream(words: list[int], at: int) -> Stream:
    return Stream(
        base=Base(words[at] >> 30),
        offset=words[at] & (_MAX_OFFSET - 1),
        lines=words[at + 1],
        s1=words[at + 2],
        s2=words[at + 3],
    )


def encode_command(command: Command) -> Words:
    """Return the record of a command, checksum included."""
    words = np.zeros(RECORD_WORDS, dtype=np.uint32)
    word0 = int(_OPCODE[type(command)]) | command.after << 8 | _bit(command.fence, 16)
    if isinstance(command, Load):
        words[1] = command.store | command.position << 8
        words[2] = command.rows
        _put_stream(words, 4, command.stream)
    elif isinstance(command, Spmm):
        word0 |= _bit(command.clear, 17) | _bit(command.pl_int8, 18)
        word0 |= _bit(command.half, 19) | _bit(command.store, 20)
        words[1], words[2], words[3] = command.base, command.words, command.slices
        words[24] = command.packets
        _put_stream(words, 4, command.pl)
        _put_stream(words, 8, command.control)
        _put_stream(words, 12, command.left)
    elif isinstance(command, Drain):
        word0 |= _bit(command.relu, 17) | _bit(command.int16, 18) | _bit(command.half, 19)
        word0 |= _bit(command.store, 20) | _bit(command.write_store, 21)
        word0 |= _bit(command.write_memory, 22) | _bit(command.tiled, 23)
        words[1], words[2] = command.position, command.rows
        words[3] = command.shift | command.bias_shift << 8
        _put_stream(words, 4, command.records)
        words[8] = int(command.destination.base) << 30 | command.destination.offset
        words[9] = command.destination.lines
    words[0] = word0
    words[RECORD_WORDS - 1] = record_checksum(words)
    return words


def decode_command(record: Words, index: int) -> Command:
    """Read the record of command number ``index``.

    Raises
    ------
    ProgramError
        If the checksum or the opcode is wrong, or a bit without a meaning is set.
    """
    command = _decode(record, index)
    if not np.array_equal(encode_command(command), record):
        raise ProgramError(f"command {index}: unused bits must be zero")
    return command


def _decode(record: Words, index: int) -> Command:
    if record_checksum(record) != int(record[RECORD_WORDS - 1]):
        raise ProgramError(f"command {index}: checksum mismatch")
    w = [int(word) for word in record]
    after, fence = w[0] >> 8 & 0xF, bool(w[0] >> 16 & 1)
    opcode = w[0] & 0xF
    flag = [bool(w[0] >> bit & 1) for bit in range(32)]
    if opcode == Opcode.LOAD:
        return Load(
            store=w[1] & 1,
            position=w[1] >> 8,
            rows=w[2],
            stream=_get_stream(w, 4),
            after=after,
            fence=fence,
        )
    if opcode == Opcode.SPMM:
        return Spmm(
            clear=flag[17],
            pl_int8=flag[18],
            half=int(flag[19]),
            store=int(flag[20]),
            base=w[1],
            words=w[2],
            slices=w[3],
            packets=w[24],
            pl=_get_stream(w, 4),
            control=_get_stream(w, 8),
            left=_get_stream(w, 12),
            after=after,
            fence=fence,
        )
    if opcode == Opcode.DRAIN:
        return Drain(
            relu=flag[17],
            int16=flag[18],
            half=int(flag[19]),
            store=int(flag[20]),
            write_store=flag[21],
            write_memory=flag[22],
            tiled=flag[23],
            position=w[1],
            rows=w[2],
            shift=w[3] & 0x3F,
            bias_shift=w[3] >> 8 & 0x1F,
            records=_get_stream(w, 4),
            destination=Stream(base=Base(w[8] >> 30), offset=w[8] & (_MAX_OFFSET - 1), lines=w[9]),
            after=after,
            fence=fence,
        )
    if opcode == Opcode.END:
        return End(after=after, fence=fence)
    raise ProgramError(f"command {index}: opcode must be 1 to 4, got {opcode}")
