# SPDX-License-Identifier: Apache-2.0
"""A program as the arrays the cycle model steps through: commands, streams, slices."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.errors import ProgramError
from hgcn.format.commands import COMMANDS, STREAM_SLOTS, slot_of
from hgcn.format.numbers import Base, Opcode
from hgcn.format.streams import FLAG_DENSE, FLAG_FIRST, FLAG_INT8, FLAG_LAST, entry_bytes
from hgcn.isa.commands import Command, Drain, Spmm, Stream, streams
from hgcn.isa.payload import ControlRecords, decode_control

Int = NDArray[np.int64]

LOAD, SPMM, DRAIN, END = (opcode.value for opcode in Opcode)
"""Kinds of commands."""

(
    KIND,
    FENCE,
    WAIT_MASK,
    ITEMS,  # PL bundles, or rows of a drain
    ITEM_BYTES,  # Of a PL bundle
    SLICES,
    PACKETS,
    FIRST_SLICE,  # Place of its first slice in the arrays of slices
    WRITE_LINES,
    WRITE_AT,
    WRITE_BEATS,
    TILED,
    NUM_STREAMS,
    STREAMS,
) = range(14)
"""Columns of `Tables.commands`; from `STREAMS` on, client, lines and place of up to three streams.

Empty streams have no lines.
"""
MOST_STREAMS = STREAM_SLOTS
COLUMNS = STREAMS + 3 * MOST_STREAMS

_STREAMS = {
    field.label or field.name: (slot_of(field), field.client.value)
    for form in COMMANDS
    for field in form.streams
    if field.client is not None
}
"""Place of each stream in its command's record, and who reads it."""
_FORM = {form.name: form for form in COMMANDS}


class Tables(NamedTuple):
    """What the cycle model reads of a program; a tuple, as compiled loops take it.

    Attributes
    ----------
    commands : ndarray of int64, shape (commands, 23)
    slice_row, slice_flags, slice_tag : ndarray of int64, shape (slices,)
        PE row, flags (`hgcn.format.streams`) and row block of each K0-slice, command after command;
        streams read twice lie here once.
    records_at : int
        First line of the command records.
    """

    commands: Int
    slice_row: Int
    slice_flags: Int
    slice_tag: Int
    records_at: int


def tables(commands: list[Command], image: bytes, records_at: int, device: Device) -> Tables:
    """Return the arrays of a program.

    Raises
    ------
    ProgramError
        If a control stream is malformed, or names a PE row the device does not have.
    """
    table = np.zeros((len(commands), COLUMNS), np.int64)
    known: dict[tuple[Stream, int], int] = {}
    rows: list[Int] = [np.zeros(0, np.int64)]
    flags: list[Int] = [np.zeros(0, np.int64)]
    tags: list[Int] = [np.zeros(0, np.int64)]
    total = 0
    for line, command in zip(table, commands, strict=True):
        line[FENCE], line[WAIT_MASK] = command.fence, command.wait_mask
        form = _FORM[type(command).__name__.lower()]
        line[KIND], line[NUM_STREAMS] = form.opcode, len(form.streams)
        for name, stream in streams(command).items():
            slot, client = _STREAMS[name]
            at = STREAMS + 3 * slot
            line[at : at + 3] = client, stream.lines, stream.offset
        if isinstance(command, Spmm):
            line[ITEMS] = command.bundles
            line[ITEM_BYTES] = entry_bytes(binary=not command.pl_int8) * device.lanes
            line[SLICES], line[PACKETS] = command.slices, command.packets
            key = (command.control, command.slices)
            if command.slices and key not in known:
                known[key] = total
                records = _slices(command, image, device)
                rows.append(records.pe_row.astype(np.int64))
                flags.append(
                    FLAG_FIRST * records.first.astype(np.int64)
                    + FLAG_LAST * records.last
                    + FLAG_INT8 * records.int8
                    + FLAG_DENSE * records.dense
                )
                tags.append(records.tag.astype(np.int64))
                total += command.slices
            line[FIRST_SLICE] = known.get(key, 0)
        elif isinstance(command, Drain):
            line[ITEMS] = command.rows
            if command.write_memory:
                line[WRITE_LINES] = command.destination.lines
                line[WRITE_AT] = command.destination.offset
                line[TILED] = command.tiled
                line[WRITE_BEATS] = command.destination.lines * LINE_BYTES // device.axi_bytes
    return Tables(
        commands=table,
        slice_row=np.concatenate(rows),
        slice_flags=np.concatenate(flags),
        slice_tag=np.concatenate(tags),
        records_at=records_at,
    )


def _slices(command: Spmm, image: bytes, device: Device) -> ControlRecords:
    """Return the control records of a command, checked: compiled loops index by their PE rows."""
    stream = command.control
    if stream.base is not Base.PROGRAM:
        raise ProgramError(f"control records must lie in the program, got {stream.base.name}")
    data = image[stream.offset * LINE_BYTES : (stream.offset + stream.lines) * LINE_BYTES]
    records = decode_control(data, command.slices)
    most = int(records.pe_row.max())
    if most >= device.array_rows:
        raise ProgramError(
            f"PE row of a control record must be below {device.array_rows}, got {most}"
        )
    return records
