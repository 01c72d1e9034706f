# SPDX-License-Identifier: Apache-2.0
"""Streams as bytes: schedule bundles, control records, left operands, row records, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, Device
from hgcn.errors import ProgramError
from hgcn.format.streams import (
    COLUMN_PARAMETER,
    CONTROL_HEAD,
    CONTROL_RECORD,
    ENTRY,
    FLAG_DENSE,
    FLAGS_BYTE,
    MAX_COLUMN_MULTIPLIER,
    ROW_RECORD,
    entry_bytes,
)
from hgcn.jit import compiled
from hgcn.mapping.mapped import SliceSchedule
from hgcn.reference.requantise import Requantiser

_ACCUMULATOR = ROW_RECORD["accumulator.slot"].low
_HEAD_BYTES, _SPARSE_BYTES = CONTROL_HEAD.bytes, CONTROL_RECORD.bytes

Bytes = NDArray[np.uint8]


def encode_bundles(entries: NDArray[np.uint32], *, binary: bool) -> bytes:
    """Schedule bundles, shape (bundles, lanes), as 3-byte (binary) or 4-byte entries."""
    octets = np.ascontiguousarray(entries.astype("<u4")).view(np.uint8)
    return octets.reshape(-1, ENTRY.bytes)[:, : entry_bytes(binary=binary)].tobytes()


def decode_bundles(
    data: bytes, bundles: int, device: Device, *, binary: bool
) -> NDArray[np.uint32]:
    """Inverse of `encode_bundles`; ``data`` may be longer than the bundles."""
    size = entry_bytes(binary=binary)
    need = bundles * device.lanes * size
    if len(data) < need:
        raise ProgramError(
            f"PL stream must hold {need} bytes for {bundles} bundles, got {len(data)}"
        )
    octets = np.frombuffer(data, dtype=np.uint8, count=need).reshape(-1, size)
    wide = np.zeros((len(octets), ENTRY.bytes), dtype=np.uint8)
    wide[:, :size] = octets
    return wide.view("<u4").reshape(bundles, device.lanes).astype(np.uint32)


def encode_control(slices: SliceSchedule, span: slice, *, binary: bool, offset: int = 0) -> bytes:
    """Control records of the slices in ``span``; ``offset`` is added to dense bases."""
    count = len(slices.tag[span])
    record = np.zeros((count, _SPARSE_BYTES), dtype=np.uint8)
    dense = slices.dense[span]
    head = CONTROL_HEAD.put(
        tag=slices.tag[span],
        slices=slices.packet_slices[span],
        pe_row=slices.pe_row[span],
        first=slices.first[span],
        last=slices.last[span],
        dense=dense,
        int8=not binary,
        base=np.where(dense, slices.base[span].astype(np.int64) + offset, 0),
    )
    record[:, :_HEAD_BYTES] = head.astype("<u4").view(np.uint8)
    record[:, _HEAD_BYTES:] = (
        np.ascontiguousarray(slices.positions[span].astype("<u2")).view(np.uint8).reshape(count, -1)
    )
    kept = np.ones(record.shape, dtype=np.bool_)
    kept[dense, _HEAD_BYTES:] = False
    return record[kept].tobytes()


def encode_left(slices: SliceSchedule, span: slice, *, binary: bool) -> bytes:
    """Left-operand payload of the slices in ``span``: a bit or a byte per element."""
    left = slices.left[span]
    if binary:
        return np.packbits(left.astype(np.bool_), axis=2, bitorder="little").tobytes()
    return left.tobytes()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ControlRecords:
    """Decoded control stream: arrays of shape (slices,), ``positions`` (slices, 8)."""

    tag: NDArray[np.uint16]
    packet_slices: NDArray[np.uint16]
    pe_row: NDArray[np.uint8]
    first: NDArray[np.bool_]
    last: NDArray[np.bool_]
    dense: NDArray[np.bool_]
    int8: NDArray[np.bool_]
    positions: NDArray[np.uint16]

    @property
    def size_bytes(self) -> int:
        """Bytes of the records, padding of the stream apart."""
        dense = int(self.dense.sum())
        return dense * _HEAD_BYTES + (len(self.dense) - dense) * _SPARSE_BYTES


@compiled
def _record_starts(octets: Bytes, slices: int) -> tuple[NDArray[np.int64], int]:
    """Return where each record starts, and how many are whole: their lengths depend on a flag."""
    starts = np.zeros(slices, dtype=np.int64)
    at = 0
    for index in range(slices):
        starts[index] = at
        if at + _HEAD_BYTES > len(octets):
            return starts, index
        dense = octets[at + FLAGS_BYTE] & FLAG_DENSE
        at += _HEAD_BYTES if dense else _SPARSE_BYTES
        if at > len(octets):
            return starts, index
    return starts, slices


def decode_control(data: bytes, slices: int) -> ControlRecords:
    """Read ``slices`` control records.

    Raises
    ------
    ProgramError
        If the stream ends early.
    """
    octets = np.frombuffer(data, dtype=np.uint8)
    if slices * _HEAD_BYTES > len(octets):
        raise ProgramError(f"control stream of {len(octets)} bytes cannot hold {slices} records")
    starts, whole = _record_starts(octets, slices)
    if whole < slices:
        raise ProgramError(f"control stream ends in record {whole} of {slices}")
    head = octets[starts[:, None] + np.arange(_HEAD_BYTES)]
    words = np.ascontiguousarray(head).view("<u4")
    dense = CONTROL_HEAD.get(words, "dense") != 0
    base = CONTROL_HEAD.get(words, "base")[dense].astype(np.uint16)
    positions = np.empty((slices, K0), dtype=np.uint16)
    positions[dense] = base[:, None] + np.arange(K0, dtype=np.uint16)
    tail = octets[starts[~dense][:, None] + np.arange(_HEAD_BYTES, _SPARSE_BYTES)]
    positions[~dense] = np.ascontiguousarray(tail).view("<u2").reshape(-1, K0)
    return ControlRecords(
        tag=CONTROL_HEAD.get(words, "tag").astype(np.uint16),
        packet_slices=CONTROL_HEAD.get(words, "slices").astype(np.uint16),
        pe_row=CONTROL_HEAD.get(words, "pe_row").astype(np.uint8),
        first=CONTROL_HEAD.get(words, "first") != 0,
        last=CONTROL_HEAD.get(words, "last") != 0,
        dense=dense,
        int8=CONTROL_HEAD.get(words, "int8") != 0,
        positions=positions,
    )


def decode_left(data: bytes, slices: int, device: Device, *, binary: bool) -> NDArray[np.int8]:
    """Read the left operands of ``slices`` slices, shape (slices, T, 8)."""
    rows = device.block_rows
    need = slices * rows * (1 if binary else K0)
    if len(data) < need:
        raise ProgramError(
            f"left stream must hold {need} bytes for {slices} slices, got {len(data)}"
        )
    octets = np.frombuffer(data, dtype=np.uint8, count=need)
    if binary:
        bits = np.unpackbits(octets.reshape(slices, rows, 1), axis=2, bitorder="little")
        return bits.view(np.int8)
    return octets.view(np.int8).reshape(slices, rows, K0)


def encode_records(
    scales: Requantiser, rows: slice, cols: slice, accumulator: NDArray[np.uint16], device: Device
) -> bytes:
    """Column parameters, then a record per row; rows and columns there are not are zero."""
    width = len(scales.col[cols])
    col, bias = np.zeros((2, device.features), dtype=np.int64)
    col[:width], bias[:width] = scales.col[cols], scales.bias[cols]
    row = np.zeros(len(accumulator), dtype=np.int64)
    mine = scales.row[rows]
    row[: len(mine)] = mine
    params = COLUMN_PARAMETER.put(multiplier=col, bias=bias)
    records = ROW_RECORD["multiplier"].put(row) | accumulator.astype(np.int64) << _ACCUMULATOR
    return params.astype("<u4").tobytes() + records.astype("<u4").tobytes()


def decode_records(
    data: bytes, rows: int, device: Device
) -> tuple[NDArray[np.uint16], NDArray[np.int32], NDArray[np.uint16], NDArray[np.uint16]]:
    """Read (column multipliers, column biases, row multipliers, accumulators).

    Raises
    ------
    ProgramError
        If the stream ends early, or a column multiplier has more than 15 bits.
    """
    head = COLUMN_PARAMETER.bytes * device.features
    need = head + ROW_RECORD.bytes * rows
    if len(data) < need:
        raise ProgramError(f"record stream must hold {need} bytes for {rows} rows, got {len(data)}")
    params = np.frombuffer(data, dtype="<u4", count=head // 4).reshape(device.features, -1)
    if (top := int(params[:, 0].max())) > MAX_COLUMN_MULTIPLIER:
        raise ProgramError(f"column multipliers must be at most {MAX_COLUMN_MULTIPLIER}, got {top}")
    records = np.frombuffer(data, dtype="<u4", count=rows, offset=head)
    return (
        COLUMN_PARAMETER.get(params, "multiplier").astype(np.uint16),
        COLUMN_PARAMETER.get(params, "bias").astype(np.int32),
        ROW_RECORD["multiplier"].get(records).astype(np.uint16),
        # Bit 15 of an accumulator means nothing: its lane would be beyond any device's.
        (records >> _ACCUMULATOR).astype(np.uint16),
    )
