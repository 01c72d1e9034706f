# SPDX-License-Identifier: Apache-2.0
"""Streams as bytes: schedule words, control records, left operands, row records, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, Device
from hgcn.errors import ProgramError
from hgcn.jit import compiled
from hgcn.mapping.mapped import TileSchedule
from hgcn.reference.requantise import MAX_COL_MULTIPLIER, Requantiser

FLAG_FIRST, FLAG_LAST, FLAG_DENSE, FLAG_INT8 = 1, 2, 4, 8
RECORD_HEAD_BYTES = 8
RECORD_SPARSE_BYTES = 8 + 2 * K0
VALID_BIT = 1 << 23

Bytes = NDArray[np.uint8]


def encode_words(entries: NDArray[np.uint32], *, binary: bool) -> bytes:
    """Schedule words, shape (words, lanes), as 3-byte (binary) or 4-byte entries."""
    octets = np.ascontiguousarray(entries.astype("<u4")).view(np.uint8)
    octets = octets.reshape(-1, 4)
    return octets[:, :3].tobytes() if binary else octets.tobytes()


def decode_words(data: bytes, words: int, device: Device, *, binary: bool) -> NDArray[np.uint32]:
    """Inverse of `encode_words`; ``data`` may be longer than the words."""
    size = 3 if binary else 4
    need = words * device.lanes * size
    if len(data) < need:
        raise ProgramError(f"PL stream must hold {need} bytes for {words} words, got {len(data)}")
    octets = np.frombuffer(data, dtype=np.uint8, count=need).reshape(-1, size)
    wide = np.zeros((len(octets), 4), dtype=np.uint8)
    wide[:, :size] = octets
    return wide.view("<u4").reshape(words, device.lanes).astype(np.uint32)


def encode_control(tiles: TileSchedule, span: slice, *, binary: bool, offset: int = 0) -> bytes:
    """Control records of the slices in ``span``; ``offset`` is added to dense bases."""
    count = len(tiles.tag[span])
    record = np.zeros((count, RECORD_SPARSE_BYTES), dtype=np.uint8)
    dense = tiles.dense[span]
    flags = tiles.first[span] * FLAG_FIRST + tiles.last[span] * FLAG_LAST + dense * FLAG_DENSE
    head = np.zeros((count, 4), dtype="<u2")
    head[:, 0] = tiles.tag[span]
    head[:, 1] = tiles.packet_slices[span]
    head[:, 2] = tiles.pe_row[span].astype(np.uint16) | (
        (flags + (0 if binary else FLAG_INT8)).astype(np.uint16) << 8
    )
    head[:, 3] = np.where(dense, tiles.base[span] + offset, 0)
    record[:, :RECORD_HEAD_BYTES] = head.view(np.uint8)
    record[:, RECORD_HEAD_BYTES:] = (
        np.ascontiguousarray(tiles.positions[span].astype("<u2")).view(np.uint8).reshape(count, -1)
    )
    kept = np.ones(record.shape, dtype=np.bool_)
    kept[dense, RECORD_HEAD_BYTES:] = False
    return record[kept].tobytes()


def encode_left(tiles: TileSchedule, span: slice, *, binary: bool) -> bytes:
    """Left-operand payload of the slices in ``span``: a bit or a byte per element."""
    left = tiles.left[span]
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
        return dense * RECORD_HEAD_BYTES + (len(self.dense) - dense) * RECORD_SPARSE_BYTES


@compiled
def _record_starts(octets: Bytes, slices: int) -> tuple[NDArray[np.int64], int]:
    """Return where each record starts, and how many are whole: their lengths depend on a flag."""
    starts = np.zeros(slices, dtype=np.int64)
    at = 0
    for index in range(slices):
        starts[index] = at
        if at + RECORD_HEAD_BYTES > len(octets):
            return starts, index
        dense = octets[at + 5] & FLAG_DENSE
        at += RECORD_HEAD_BYTES if dense else RECORD_SPARSE_BYTES
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
    if slices * RECORD_HEAD_BYTES > len(octets):
        raise ProgramError(f"control stream of {len(octets)} bytes cannot hold {slices} records")
    starts, whole = _record_starts(octets, slices)
    if whole < slices:
        raise ProgramError(f"control stream ends in record {whole} of {slices}")
    head = octets[starts[:, None] + np.arange(RECORD_HEAD_BYTES)]
    u16 = np.ascontiguousarray(head).view("<u2").astype(np.uint16)
    flag = head[:, 5]
    dense = (flag & FLAG_DENSE) != 0
    positions = np.empty((slices, K0), dtype=np.uint16)
    positions[dense] = u16[dense, 3][:, None] + np.arange(K0, dtype=np.uint16)
    tail = octets[starts[~dense][:, None] + np.arange(RECORD_HEAD_BYTES, RECORD_SPARSE_BYTES)]
    positions[~dense] = np.ascontiguousarray(tail).view("<u2").reshape(-1, K0)
    return ControlRecords(
        tag=u16[:, 0],
        packet_slices=u16[:, 1],
        pe_row=head[:, 4],
        first=(flag & FLAG_FIRST) != 0,
        last=(flag & FLAG_LAST) != 0,
        dense=dense,
        int8=(flag & FLAG_INT8) != 0,
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
    scales: Requantiser, rows: slice, cols: slice, place: NDArray[np.uint16], device: Device
) -> bytes:
    """Column parameters, then a record per row of ``place``; missing rows and columns are zero."""
    params = np.zeros((device.features, 2), dtype="<u4")
    width = len(scales.col[cols])
    params[:width, 0] = scales.col[cols]
    params[:width, 1] = scales.bias[cols].view(np.uint32)
    records = np.zeros((len(place), 2), dtype="<u2")
    row = scales.row[rows]
    records[: len(row), 0] = row
    records[:, 1] = place
    return params.tobytes() + records.tobytes()


def decode_records(
    data: bytes, rows: int, device: Device
) -> tuple[NDArray[np.uint16], NDArray[np.int32], NDArray[np.uint16], NDArray[np.uint16]]:
    """Read (column multipliers, column biases, row multipliers, places).

    Raises
    ------
    ProgramError
        If the stream ends early, or a column multiplier has more than 15 bits.
    """
    head = 8 * device.features
    if len(data) < head + 4 * rows:
        raise ProgramError(
            f"record stream must hold {head + 4 * rows} bytes for {rows} rows, got {len(data)}"
        )
    params = np.frombuffer(data, dtype="<u4", count=2 * device.features).reshape(-1, 2)
    if (top := int(params[:, 0].max())) > MAX_COL_MULTIPLIER:
        raise ProgramError(f"column multipliers must be at most {MAX_COL_MULTIPLIER}, got {top}")
    records = np.frombuffer(data, dtype="<u2", count=2 * rows, offset=head).reshape(-1, 2)
    return (
        params[:, 0].astype(np.uint16),
        params[:, 1].astype(np.uint32).view(np.int32),
        records[:, 0].astype(np.uint16),
        records[:, 1].astype(np.uint16),
    )
