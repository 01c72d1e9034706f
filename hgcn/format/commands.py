# SPDX-License-Identifier: Apache-2.0
"""The header and the commands: each field of their records.

To add one: `docs/instruction-set.md`.
"""

from __future__ import annotations

from dataclasses import dataclass

from hgcn.format.fields import WORD_BITS, Field, Kind, Record, bits, flag, part, word
from hgcn.format.numbers import (
    MAGIC,
    MAX_COMMANDS,
    RECORD_WORDS,
    VERSION_MAJOR,
    VERSION_MINOR,
    Base,
    Engine,
    Opcode,
    ReadClient,
    Unit,
)

_BITS = WORD_BITS * RECORD_WORDS
STREAM_SLOTS = 3
"""Streams a command can have; slot 0 starts at word `STREAM_WORD`."""
STREAM_WORD = 4

_PLACE = (
    bits("offset", 0, 29, 0, "first line in the region"),
    bits("base", 0, 31, 30, "region", values=Base),
    word("lines", 1, "length in lines of 64 bytes; 0: none"),
)
RANGE = Record(name="range", width=64, fields=_PLACE, summary="A range of memory.")
STREAM = Record(
    name="stream",
    width=128,
    summary="A range of memory with its checksum pair; both 0: not checked.",
    fields=(*_PLACE, word("s1", 2, "first sum"), word("s2", 3, "second sum")),
)

_CHECKSUM = word("checksum", 31, "record checksum of words 0 to 30", fixed=True)

HEADER = Record(
    name="header",
    width=_BITS,
    summary="First record of an image.",
    fields=(
        word("magic", 0, f'`0x{MAGIC:08X}` ("HGCN")', fixed=True),
        bits("version_minor", 1, 15, 0, f"{VERSION_MINOR}; any is read", fixed=True),
        bits("version_major", 1, 31, 16, f"{VERSION_MAJOR}", fixed=True),
        word("device_hash", 2, "hash of the device the program was built for", words=2),
        word("commands_line", 4, "line at which the commands start"),
        word("num_commands", 5, "commands, END included", limit=f"1 to {MAX_COMMANDS}"),
        word(
            "metadata_line",
            6,
            "first line of the metadata = lines of the image the hardware may read",
        ),
        word("metadata_bytes", 7, "length of the metadata"),
        word("graph_hash", 8, "SHA-256 of the graph", words=8, kind=Kind.HASH),
        word("model_hash", 16, "SHA-256 of the quantised model", words=8, kind=Kind.HASH),
        word(
            "image_crc",
            24,
            "CRC-32 of the whole image with words 24 and 31 zero and all else as stored",
        ),
        word("scratch_lines", 25, "size of scratch: exactly what the DRAINs write of it"),
        word("output_lines", 26, "size of output: exactly what the DRAINs write of it"),
        word(
            "input_lines",
            27,
            "size of input: exactly what the streams read of it; 0 where the features are "
            "compiled in",
        ),
        _CHECKSUM,
    ),
)


@dataclass(frozen=True, kw_only=True)
class CommandForm(Record):
    """A command.

    Attributes
    ----------
    opcode : Opcode
    engines : tuple of Engine
        It runs on.
    units : tuple of Unit
        It is offered to; `Unit.WRITE` only where it writes memory.
    """

    opcode: Opcode
    engines: tuple[Engine, ...]
    units: tuple[Unit, ...]

    @property
    def streams(self) -> tuple[Field, ...]:
        """The streams it reads."""
        return tuple(field for field in self.fields if field.client is not None)

    @property
    def own(self) -> tuple[Field, ...]:
        """Its fields, those of all commands apart."""
        common = {field.name for field in _HEAD}
        return tuple(f for f in self.fields if f.name not in common and not f.fixed)


_HEAD = (
    bits("opcode", 0, 3, 0, "which command", values=Opcode, fixed=True),
    bits(
        "wait_mask",
        0,
        11,
        8,
        "mask of engines that must have finished all earlier commands",
        optional=True,
    ),
    flag(
        "fence",
        0,
        16,
        "streams are fetched only after every earlier command has wholly finished",
        optional=True,
    ),
)

COMMAND = Record(
    name="command",
    width=_BITS,
    summary="What all commands have in common.",
    fields=(
        *_HEAD,
        Field(
            name="streams",
            at=WORD_BITS * STREAM_WORD,
            width=STREAM.width,
            of=STREAM,
            count=STREAM_SLOTS,
            meaning="as far as the command has them",
        ),
        _CHECKSUM,
    ),
)


def _command(
    opcode: Opcode,
    summary: str,
    *fields: Field,
    engines: tuple[Engine, ...] = (),
    units: tuple[Unit, ...] = (),
) -> CommandForm:
    return CommandForm(
        name=opcode.name.lower(),
        width=_BITS,
        summary=summary,
        fields=(*_HEAD, *fields, _CHECKSUM),
        opcode=opcode,
        engines=engines,
        units=units,
    )


def slot_of(field: Field) -> int:
    """Return which of a command's streams a field is."""
    return (field.word - STREAM_WORD) * WORD_BITS // STREAM.width


_SPMM = ("pl", "array")

LOAD = _command(
    Opcode.LOAD,
    "Memory to feature store.",
    bits("store", 1, 0, 0, "destination store", told=("load",)),
    bits(
        "position",
        1,
        31,
        8,
        "first row position",
        limit="a multiple of 64/F",
        told=("load",),
        position=True,
    ),
    word("rows", 2, "rows; the tail of the last line is written too: they are rounded up to 64/F"),
    part(
        "stream",
        STREAM,
        4,
        "the rows",
        client=ReadClient.LOAD,
        told=("load",),
        label="rows",
    ),
    engines=(Engine.LOAD,),
    units=(Unit.LOAD,),
)

SPMM = _command(
    Opcode.SPMM,
    "One row tile times one column tile, on both engines.",
    flag(
        "clear",
        0,
        17,
        "first column tile of the row tile: forget earlier sums",
        told=_SPMM,
    ),
    flag("pl_int8", 0, 18, "PL entries are 4 bytes", told=("pl",)),
    bits("buffer", 0, 19, 19, "accumulator buffer", told=_SPMM),
    bits("store", 0, 20, 20, "source store", told=_SPMM),
    word(
        "base",
        1,
        "first row position of the column tile in the source store",
        limit="a multiple of B",
        told=_SPMM,
        position=True,
    ),
    word("bundles", 2, "PL schedule bundles; 0: PL idle", told=("pl",)),
    word("slices", 3, "slices of the tensor array; 0: it is idle", told=("array",)),
    part("pl", STREAM, 4, "PL schedule bundles", client=ReadClient.PL, told=("pl",)),
    part(
        "control",
        STREAM,
        8,
        "control records of the tensor array",
        client=ReadClient.CONTROL,
        told=("array",),
    ),
    part(
        "left",
        STREAM,
        12,
        "left operand of the tensor array (A)",
        client=ReadClient.LEFT,
        told=("array",),
    ),
    word("packets", 24, "packets of the tensor array", told=("array",)),
    engines=(Engine.PL, Engine.ARRAY),
    units=(Unit.PL, Unit.GATHER, Unit.MERGE),
)

DRAIN = _command(
    Opcode.DRAIN,
    "Sums to requantised rows.",
    flag("relu", 0, 17, "negative results become 0", told=("drain",)),
    flag("int16", 0, 18, "int16 output", told=("drain",)),
    bits("buffer", 0, 19, 19, "accumulator buffer", told=("drain",)),
    bits("store", 0, 20, 20, "destination store", told=("drain",)),
    flag("write_store", 0, 21, "rows go to the store", told=("drain",)),
    flag("write_memory", 0, 22, "rows go to memory", told=("drain",)),
    flag("tiled", 0, 23, "tiled memory layout", told=("drain",)),
    word(
        "position",
        1,
        "first row position in the destination store",
        limit="a multiple of B",
        told=("drain",),
        position=True,
    ),
    word("rows", 2, "rows", limit="a multiple of T, at most the row tile", told=("drain",)),
    bits("shift", 3, 5, 0, "shift s", limit="1 to 62", told=("drain",)),
    bits("bias_shift", 3, 12, 8, "bias shift t", limit="at most 30", told=("drain",)),
    part(
        "records",
        STREAM,
        4,
        "F column parameters, then a row record per row",
        client=ReadClient.DRAIN,
        told=("drain",),
    ),
    part(
        "destination", RANGE, 8, "where rows go; no lines when not writing memory", told=("write",)
    ),
    engines=(Engine.DRAIN,),
    units=(Unit.DRAIN, Unit.WRITE),
)

END = _command(Opcode.END, "The last command: waits for every engine, sets DONE, interrupts.")

COMMANDS = (LOAD, SPMM, DRAIN, END)
"""In order of their opcodes."""
