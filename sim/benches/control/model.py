# SPDX-License-Identifier: Apache-2.0
"""What the dispatcher has to do with a program: verdicts, stream requests, engine commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.errors import ProgramError
from hgcn.format.numbers import ERROR_CODES, MAGIC, RECORD_WORDS, VERSION
from hgcn.isa.checksum import record_checksum
from hgcn.isa.command_codec import decode_command
from hgcn.isa.commands import Command, Drain, End, Load, Spmm, Stream, streams

Words = NDArray[np.uint32]

CODE = {name: code for code, name in ERROR_CODES.items()}
_FULL = 0xFFFFFFFF
_USED = {
    1: {0: 0x00010F0F, 1: 0xFFFFFF01} | dict.fromkeys((2, 4, 5, 6, 7), _FULL),
    2: {0: 0x001F0F0F} | dict.fromkeys((1, 2, 3, *range(4, 16), 24), _FULL),
    3: {0: 0x00FF0F0F, 3: 0x00001F3F} | dict.fromkeys((1, 2, *range(4, 10)), _FULL),
    4: {0: 0x00010F0F},
}
"""Bits of a record that mean something, by opcode and word; the hardware ignores the others."""

CLIENT = {"rows": 1, "pl": 2, "control": 3, "left": 4, "records": 5}


@dataclass(frozen=True)
class Request:
    """A read command: byte address / 64, lines, checksum pair, index of the program's command."""

    client: int
    line: int
    lines: int
    s1: int
    s2: int
    tag: int


def make_header(device: Device, commands_line: int, count: int) -> Words:
    """Return a header with its checksum; the fields the hardware does not read are zero."""
    words = np.zeros(RECORD_WORDS, np.uint32)
    words[0], words[1] = MAGIC, VERSION
    words[2], words[3] = device.hash & 0xFFFFFFFF, device.hash >> 32
    words[4], words[5] = commands_line, count
    words[31] = record_checksum(words)
    return words


def header_verdict(device: Device, words: Words, size_lines: Sequence[int]) -> str:
    """Return the error a header deserves, or NONE."""
    if words[0] != MAGIC:
        return "BAD_MAGIC"
    if words[1] >> 16 != VERSION >> 16:
        return "BAD_VERSION"
    if int(words[2]) | int(words[3]) << 32 != device.hash:
        return "BAD_DEVICE"
    if record_checksum(words) != words[31]:
        return "HEADER_CHECKSUM"
    if not 0 < words[5] < 1 << 24:
        return "BAD_COMMAND"
    if int(words[4]) + 2 * int(words[5]) > size_lines[0]:
        return "ADDRESS_RANGE"
    return "NONE"


def _load_fits(device: Device, command: Load) -> bool:
    per_line = LINE_BYTES // device.features
    lines = -(-command.rows // per_line)
    return (
        command.rows > 0
        and command.position % per_line == 0
        and command.position + lines * per_line <= device.store_rows
        and command.stream.lines == lines
    )


def _spmm_fits(device: Device, command: Spmm) -> bool:
    entry = 4 if command.pl_int8 else 3
    works = command.slices > 0
    return (
        command.base < device.store_rows
        and command.base % device.banks == 0
        and (command.bundles > 0) == (command.pl.lines > 0)
        and command.bundles * device.lanes * entry <= command.pl.lines * LINE_BYTES
        and works == (command.control.lines > 0) == (command.left.lines > 0)
        and works == (command.packets > 0)
        and command.packets <= command.slices
        and command.slices * 8 <= command.control.lines * LINE_BYTES
        and command.slices * device.block_rows <= command.left.lines * LINE_BYTES
    )


def _drain_fits(device: Device, command: Drain) -> bool:
    row = device.features * (2 if command.int16 else 1)
    lines = command.rows * row // LINE_BYTES if command.write_memory else 0
    return (
        0 < command.rows <= device.tile_rows
        and command.rows % device.block_rows == 0
        and 8 * device.features + 4 * command.rows <= command.records.lines * LINE_BYTES
        and (
            not command.write_store
            or (
                not command.int16
                and command.position % device.banks == 0
                and command.position + command.rows <= device.store_rows
            )
        )
        and not (command.tiled and command.int16)
        and 1 <= command.shift <= 62
        and command.destination.lines == lines
    )


def _fits(device: Device, command: Command) -> bool:
    if isinstance(command, Load):
        return _load_fits(device, command)
    if isinstance(command, Spmm):
        return _spmm_fits(device, command)
    return not isinstance(command, Drain) or _drain_fits(device, command)


def understood(record: Words) -> Words:
    """Return the record without the bits that mean nothing."""
    used = _USED.get(int(record[0]) & 0xF, {})
    words = np.array([int(record[i]) & used.get(i, 0) for i in range(RECORD_WORDS)], np.uint32)
    words[0] |= record[0] & np.uint32(0xF)
    words[31] = record_checksum(words)
    return words


def accessed(command: Command) -> dict[str, Stream]:
    """Return the ranges of memory a command touches, its destination included."""
    found = streams(command)
    if isinstance(command, Drain) and command.destination.lines:
        found["destination"] = command.destination
    return found


def verdict(
    device: Device, record: Words, index: int, count: int, size_lines: Sequence[int]
) -> str:
    """Return the error a command deserves, or NONE."""
    if record_checksum(record) != record[31]:
        return "COMMAND_CHECKSUM"
    try:
        command = decode_command(understood(record), index)
    except ProgramError:
        return "BAD_COMMAND"
    if isinstance(command, End) != (index == count - 1):
        return "BAD_COMMAND"
    if not _fits(device, command):
        return "BAD_COMMAND"
    for stream in accessed(command).values():
        if stream.offset + stream.lines > size_lines[stream.base]:
            return "ADDRESS_RANGE"
    return "NONE"


def requests(command: Command, index: int, base_lines: Sequence[int]) -> list[Request]:
    """Return the read commands of a command's streams, in order."""
    return [
        Request(CLIENT[name], base_lines[s.base] + s.offset, s.lines, s.s1, s.s2, index)
        for name, s in streams(command).items()
    ]


def engine_commands(
    device: Device, command: Command, base_lines: Sequence[int]
) -> dict[str, dict[str, int]]:
    """Return what each engine is told, by the field names of ``hgcn_isa_pkg``."""
    beats = LINE_BYTES // device.axi_bytes
    if isinstance(command, Load):
        return {
            "load": {
                "store": command.store,
                "position": command.position,
                "stream_beats": command.stream.lines * beats,
            }
        }
    if isinstance(command, Spmm):
        common = {
            "store": command.store,
            "buffer": command.buffer,
            "clear": int(command.clear),
            "base": command.base,
        }
        pl = common | {
            "pl_int8": int(command.pl_int8),
            "bundles": command.bundles,
            "pl_beats": command.pl.lines * beats,
        }
        array = common | {
            "slices": command.slices,
            "packets": command.packets,
            "control_beats": command.control.lines * beats,
            "left_beats": command.left.lines * beats,
        }
        return {"pl": pl, "gather": array, "merge": array}
    if isinstance(command, Drain):
        told = {
            "drain": {
                "relu": int(command.relu),
                "int16": int(command.int16),
                "buffer": command.buffer,
                "store": command.store,
                "write_store": int(command.write_store),
                "write_memory": int(command.write_memory),
                "tiled": int(command.tiled),
                "position": command.position,
                "rows": command.rows,
                "shift": command.shift,
                "bias_shift": command.bias_shift,
                "records_beats": command.records.lines * beats,
            }
        }
        if command.write_memory:
            place = base_lines[command.destination.base] + command.destination.offset
            told["write"] = {"line": place, "lines": command.destination.lines}
        return told
    return {}
