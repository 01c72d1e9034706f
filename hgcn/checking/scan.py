# SPDX-License-Identifier: Apache-2.0
"""Compiled passes over the streams of an SPMM: every rule of theirs, nothing of their size kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, MAX_TILE_POSITIONS
from hgcn.format.streams import (
    CONTROL_HEAD,
    CONTROL_RECORD,
    ENTRY,
    FLAG_DENSE,
    FLAG_FIRST,
    FLAG_INT8,
    FLAG_LAST,
    FLAGS_BYTE,
    NO_POSITION,
)
from hgcn.jit import compiled

Bytes = NDArray[np.uint8]
Marks = NDArray[np.bool_]
"""By position of the column tile, shape (32768,): whether a row there is read."""

(
    VALID,
    ENDS_EARLY,
    RESERVED_BITS,
    TAG_BEYOND,
    PE_ROW_BEYOND,
    TWO_KINDS,
    OTHER_PACKET,
    OUT_OF_ORDER,
    DENSE_BASE,
    BANK_TWICE,
) = range(10)
"""What `scan_control` may find."""

_KNOWN_FLAGS = FLAG_FIRST | FLAG_LAST | FLAG_DENSE | FLAG_INT8
_PE_ROWS = CONTROL_HEAD["pe_row"].most + 1
_HEAD_BYTES, _SPARSE_BYTES = CONTROL_HEAD.bytes, CONTROL_RECORD.bytes
_TAG, _COUNT, _ROW, _BASE = (
    CONTROL_HEAD[name].at // 8 for name in ("tag", "slices", "pe_row", "base")
)
"""Bytes of a record at which fields start."""
_SLOT, _VALID = ENTRY["slot"].at, ENTRY["valid"].at
_POSITIONS, _SLOTS = ENTRY["position"].mask, ENTRY["slot"].mask


@compiled
def scan_bundles(
    octets: Bytes, bundles: int, lanes: int, entry_bytes: int, banks: int, marks: Marks
) -> tuple[int, int]:
    """Mark the positions that schedule bundles read.

    Returns
    -------
    twice : int
        The first bundle that reads a bank twice, -1 if none does.
    slot : int
        The highest slot of a valid entry, -1 if there is none.
    """
    seen = np.full(banks, -1, dtype=np.int64)
    highest = -1
    at = 0
    for bundle in range(bundles):
        for _ in range(lanes):
            entry = np.int64(octets[at]) | np.int64(octets[at + 1]) << 8
            entry |= np.int64(octets[at + 2]) << 16
            if entry >> _VALID & 1:
                position = entry & _POSITIONS
                highest = max(highest, entry >> _SLOT & _SLOTS)
                bank = position % banks
                if seen[bank] == bundle:
                    return bundle, highest
                seen[bank] = bundle
                marks[position] = True
            at += entry_bytes
    return -1, highest


@compiled
def scan_control(
    octets: Bytes,
    slices: int,
    blocks: int,
    array_rows: int,
    banks: int,
    gather_rows: int,
    marks: Marks,
) -> tuple[int, int, int, int, int]:
    """Walk the control records of an SPMM as the hardware does, and mark the positions they read.

    Returns
    -------
    fault : int
        `VALID`, or the first rule broken.
    value : int
        What broke it: the record's number, or its tag or PE row.
    size : int
        Bytes of the records.
    packets : int
    int8 : int
        Whether the left operands are int8.
    """
    left = np.zeros(_PE_ROWS, dtype=np.int64)  # Slices the open packet of a PE row still needs
    tags = np.zeros(_PE_ROWS, dtype=np.int64)
    counts = np.zeros(_PE_ROWS, dtype=np.int64)
    seen = np.full(banks, -1, dtype=np.int64)
    packets, int8, at, step = 0, 0, 0, 0
    for record in range(slices):
        if at + _HEAD_BYTES > len(octets):
            return ENDS_EARLY, record, at, packets, int8
        tag = np.int64(octets[at + _TAG]) | np.int64(octets[at + _TAG + 1]) << 8
        count = np.int64(octets[at + _COUNT]) | np.int64(octets[at + _COUNT + 1]) << 8
        row, flags = np.int64(octets[at + _ROW]), np.int64(octets[at + FLAGS_BYTE])
        base = np.int64(octets[at + _BASE]) | np.int64(octets[at + _BASE + 1]) << 8
        dense = flags & FLAG_DENSE != 0
        if not dense and at + _SPARSE_BYTES > len(octets):
            return ENDS_EARLY, record, at, packets, int8
        if flags & ~_KNOWN_FLAGS or (not dense and base != 0):
            return RESERVED_BITS, record, at, packets, int8
        if tag >= blocks:
            return TAG_BEYOND, tag, at, packets, int8
        if row >= array_rows:
            return PE_ROW_BEYOND, row, at, packets, int8
        wide = 1 if flags & FLAG_INT8 else 0
        if record == 0:
            int8 = wide
        elif wide != int8:
            return TWO_KINDS, record, at, packets, int8
        opens = left[row] == 0
        if opens:
            tags[row], counts[row], left[row] = tag, count, count
            packets += 1
        if count == 0 or tag != tags[row] or count != counts[row]:
            return OTHER_PACKET, record, at, packets, int8
        ends = left[row] == 1
        if (flags & FLAG_FIRST != 0) != opens or (flags & FLAG_LAST != 0) != ends:
            return OUT_OF_ORDER, record, at, packets, int8
        left[row] -= 1
        at += _HEAD_BYTES
        if dense:
            # Eight neighbours from a multiple of 8 lie in eight banks: there are at least as many.
            if base % K0 or base >= MAX_TILE_POSITIONS:
                return DENSE_BASE, record, at, packets, int8
            marks[base : base + K0] = True
            continue
        for k in range(K0):
            if k % gather_rows == 0:
                step += 1
            position = np.int64(octets[at]) | np.int64(octets[at + 1]) << 8
            at += 2
            if position >= NO_POSITION:
                continue
            bank = position % banks
            if seen[bank] == step:
                return BANK_TWICE, record, at, packets, int8
            seen[bank] = step
            marks[position] = True
    if left.any():
        return OUT_OF_ORDER, slices, at, packets, int8
    return VALID, 0, at, packets, int8
