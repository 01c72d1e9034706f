# SPDX-License-Identifier: Apache-2.0
"""What streams and PLIO packets are made of."""

from __future__ import annotations

from hgcn.format.fields import Field, Kind, Record, bits, flag, part, word
from hgcn.format.numbers import K0, PLIO_BITS, PacketMagic

ENTRY = Record(
    name="entry",
    width=32,
    summary="Entry of a PL schedule bundle: a nonzero for one lane.",
    fields=(
        bits("position", 0, 13, 0, "row of the right operand within the column tile"),
        bits(
            "slot", 0, 22, 14, "the row's accumulator in the lane", limit="below the lane's slots"
        ),
        flag("valid", 0, 23, "otherwise the lane has nothing to do"),
        bits("value", 0, 31, 24, "factor; not there when binary", kind=Kind.SIGNED),
    ),
)
BINARY_ENTRY_BYTES = ENTRY["value"].at // 8
"""A binary entry ends before its value."""


def entry_bytes(*, binary: bool) -> int:
    """Bytes of a PL schedule entry, hence per nonzero when every lane is busy."""
    return BINARY_ENTRY_BYTES if binary else ENTRY.bytes


MAX_TILE_POSITIONS = 1 << ENTRY["position"].width
MAX_SLOTS = 1 << ENTRY["slot"].width

ACCUMULATOR = Record(
    name="accumulator",
    width=15,
    summary="Where the PL engine sums a row.",
    fields=(
        bits("slot", 0, ENTRY["slot"].width - 1, 0, "accumulator of the lane"),
        bits("lane", 0, 14, ENTRY["slot"].width, "PL lane"),
    ),
)

GATHERED = Record(
    name="gathered",
    width=16,
    summary="Position of a sparse slice.",
    fields=(
        bits("position", 0, 14, 0, "row of the right operand within the column tile"),
        flag("padding", 0, 15, "no row: reads as zeros"),
    ),
)
NO_POSITION = 1 << GATHERED["padding"].at
"""A padding position of a sparse slice: reads as a zero row."""

CONTROL_HEAD = Record(
    name="control_head",
    width=64,
    summary="Control record of the tensor array: one a K0-slice; unless dense, positions follow.",
    fields=(
        bits("tag", 0, 15, 0, "row block within the row tile"),
        bits("slices", 0, 31, 16, "slices of the packet", limit="1 to 65535"),
        bits("pe_row", 1, 7, 0, "PE row", limit="below R"),
        flag("first", 1, 8, "first slice of its packet"),
        flag("last", 1, 9, "last slice of its packet"),
        flag("dense", 1, 10, "the slice reads positions base to base + 7"),
        flag("int8", 1, 11, "the left operand is int8"),
        bits("base", 1, 31, 16, "first position of a dense slice, else 0", limit="a multiple of 8"),
    ),
)
FLAGS_BYTE = CONTROL_HEAD["first"].at // 8
FLAG_FIRST, FLAG_LAST, FLAG_DENSE, FLAG_INT8 = (
    1 << CONTROL_HEAD[name].at - 8 * FLAGS_BYTE for name in ("first", "last", "dense", "int8")
)
"""The flags within their byte, as compiled loops read them."""

CONTROL_RECORD = Record(
    name="control_record",
    width=CONTROL_HEAD.width + K0 * GATHERED.width,
    summary="Control record of a sparse slice.",
    fields=(
        part("head", CONTROL_HEAD, 0),
        Field(
            name="positions",
            at=CONTROL_HEAD.width,
            width=GATHERED.width,
            of=GATHERED,
            count=K0,
            meaning="row of each column of the slice",
        ),
    ),
)

COLUMN_PARAMETER = Record(
    name="column_parameter",
    width=64,
    summary="Column parameter of a record stream, one per feature of a feature tile.",
    fields=(
        bits("multiplier", 0, 14, 0, "c of docs/arithmetic.md"),
        word("bias", 1, "beta of docs/arithmetic.md", kind=Kind.SIGNED),
    ),
)
MAX_COLUMN_MULTIPLIER = COLUMN_PARAMETER["multiplier"].most

ROW_RECORD = Record(
    name="row_record",
    width=32,
    summary="Row record of a record stream, one per row behind the column parameters.",
    fields=(
        bits("multiplier", 0, 15, 0, "r of docs/arithmetic.md"),
        part("accumulator", ACCUMULATOR, 0, "where the PL engine has its sum", low=16),
    ),
)

PLIO_HEADER = Record(
    name="plio_header",
    width=PLIO_BITS,
    summary="First beat of a PLIO packet.",
    fields=(
        bits("tag", 0, 15, 0, "row block within the row tile"),
        bits("slices", 0, 31, 16, "number of K0-slices S in this packet", limit="1 to 65535"),
        flag("int8", 1, 0, "0: A is binary, one bit per element; 1: A is int8"),
        bits(
            "magic", 1, 31, 16, "by port, so that no port is taken for another", values=PacketMagic
        ),
    ),
)

STREAM_RECORDS = (
    ENTRY,
    ACCUMULATOR,
    GATHERED,
    CONTROL_HEAD,
    COLUMN_PARAMETER,
    ROW_RECORD,
    PLIO_HEADER,
)
"""Parts before what is made of them."""
