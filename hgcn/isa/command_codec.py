# SPDX-License-Identifier: Apache-2.0
"""Commands to records of 32 words, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ProgramError
from hgcn.isa.checksum import record_checksum, record_checksums
from hgcn.isa.commands import Command, Drain, End, Load, Spmm, Stream
from hgcn.isa.layout import RECORD_WORDS, Base, Opcode

Words = NDArray[np.uint32]

_MAX_OFFSET = 1 << 30

_OPCODE: dict[type, Opcode] = {
    Load: Opcode.LOAD,
    Spmm: Opcode.SPMM,
    Drain: Opcode.DRAIN,
    End: Opcode.END,
}


def _bit(value: bool | int, position: int) -> int:
    return int(value) << position


def _place(stream: Stream) -> int:
    if not 0 <= stream.offset < _MAX_OFFSET:
        raise ProgramError(f"stream offset must be below 2^30 lines (64 GiB), got {stream.offset}")
    return int(stream.base) << 30 | stream.offset


def _put_stream(words: Words, at: int, stream: Stream) -> None:
    words[at] = _place(stream)
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
        words[8] = _place(command.destination)
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
    return decode_commands(record[None, :], index)[0]


def decode_commands(records: Words, first: int = 0) -> list[Command]:
    """Read records, shape (commands, 32), of which the first is command number ``first``.

    Raises
    ------
    ProgramError
        At the first one that is malformed; see `decode_command`.
    """
    wrong = record_checksums(records) != records[:, RECORD_WORDS - 1]
    opcode = records[:, 0] & 0xF
    unused = np.zeros(len(records), dtype=np.bool_)
    for known, meant in _MEANT.items():
        mine = opcode == known
        unused[mine] = (records[mine] & ~meant).any(axis=1)
    bad = np.flatnonzero(wrong | unused)
    end = int(bad[0]) if len(bad) else len(records)
    commands = [
        _decode(record, first + index) for index, record in enumerate(records[:end].tolist())
    ]
    if end < len(records):
        fault = "checksum mismatch" if wrong[end] else "unused bits must be zero"
        raise ProgramError(f"command {first + end}: {fault}")
    return commands


def _decode(w: list[int], index: int) -> Command:
    after, fence = w[0] >> 8 & 0xF, bool(w[0] >> 16 & 1)
    opcode = w[0] & 0xF
    flag = [w[0] >> bit & 1 == 1 for bit in range(17, 24)]
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
            clear=flag[0],
            pl_int8=flag[1],
            half=int(flag[2]),
            store=int(flag[3]),
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
            relu=flag[0],
            int16=flag[1],
            half=int(flag[2]),
            store=int(flag[3]),
            write_store=flag[4],
            write_memory=flag[5],
            tiled=flag[6],
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


def _meant(command: Command) -> Words:
    """Every bit that means something in a command like ``command``: all its fields full."""
    words = encode_command(command)
    words[RECORD_WORDS - 1] = _FULL
    return words


_FULL = 0xFFFF_FFFF
_FULL_STREAM = Stream(base=Base.OUTPUT, offset=_MAX_OFFSET - 1, lines=_FULL, s1=_FULL, s2=_FULL)
_MEANT: dict[Opcode, Words] = {
    Opcode.LOAD: _meant(
        Load(store=1, position=0xFF_FFFF, rows=_FULL, stream=_FULL_STREAM, after=0xF, fence=True)
    ),
    Opcode.SPMM: _meant(
        Spmm(
            clear=True,
            pl_int8=True,
            half=1,
            store=1,
            base=_FULL,
            words=_FULL,
            slices=_FULL,
            packets=_FULL,
            pl=_FULL_STREAM,
            control=_FULL_STREAM,
            left=_FULL_STREAM,
            after=0xF,
            fence=True,
        )
    ),
    Opcode.DRAIN: _meant(
        Drain(
            relu=True,
            int16=True,
            half=1,
            store=1,
            write_store=True,
            write_memory=True,
            tiled=True,
            position=_FULL,
            rows=_FULL,
            shift=0x3F,
            bias_shift=0x1F,
            records=_FULL_STREAM,
            destination=_FULL_STREAM,
            after=0xF,
            fence=True,
        )
    ),
    Opcode.END: _meant(End(after=0xF, fence=True)),
}
"""By opcode; bits of a record beyond these must be zero."""
