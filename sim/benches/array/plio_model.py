# SPDX-License-Identifier: Apache-2.0
"""PLIO packets and array streams (docs/plio.md, docs/program-format.md), slowly and obviously.

Everything right of the PLIO ports is checked against this: the RTL array and the AI Engine kernels.
A beat is a 128-bit `int`; a packet is the list of its beats, header first, tlast on the last one.

Letters as in docs/plio.md: T rows of a row block, K0 = 8, S slices, F features of a feature tile,
C PE columns, N = F / C features of a PE, M0 = 4, N0 features of a tensor product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, Device
from hgcn.format.numbers import PACKET_MAGIC

BEAT_BYTES = 16
ZERO_ROW = 1 << 15
"""Bit of a control record's position that makes it a zero row."""

Beats = list[int]
Int8 = NDArray[np.int8]
Int32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header beat of a packet.

    Parameters
    ----------
    port : str
        ``A``, ``B`` or ``C``.
    tag : int
        Row block within the row tile.
    slices : int
        K0-slices of the packet.
    int8 : bool
        The left operand is int8, not binary.
    """

    port: str
    tag: int
    slices: int
    int8: bool

    def beat(self) -> int:
        """Return the 128-bit beat."""
        magic = PACKET_MAGIC[self.port] << 48
        return magic | int(self.int8) << 32 | self.slices << 16 | self.tag

    @staticmethod
    def parse(beat: int) -> Header:
        """Return the fields of a header beat.

        Raises
        ------
        ValueError
            If the magic is none of the three or a reserved bit is set.
        """
        ports = {magic: port for port, magic in PACKET_MAGIC.items()}
        magic = beat >> 48 & 0xFFFF
        if magic not in ports or beat >> 64 or beat >> 33 & 0x7FFF:
            raise ValueError(f"not a header: {beat:032x}")
        return Header(
            port=ports[magic],
            tag=beat & 0xFFFF,
            slices=beat >> 16 & 0xFFFF,
            int8=bool(beat >> 32 & 1),
        )


def to_beats(data: bytes) -> Beats:
    """Cut bytes into little-endian 128-bit beats."""
    assert len(data) % BEAT_BYTES == 0, len(data)
    return [
        int.from_bytes(data[i : i + BEAT_BYTES], "little") for i in range(0, len(data), BEAT_BYTES)
    ]


def to_bytes(beats: Sequence[int]) -> bytes:
    """Join 128-bit beats into bytes."""
    return b"".join(beat.to_bytes(BEAT_BYTES, "little") for beat in beats)


def left_bytes(left: Int8, *, int8: bool) -> bytes:
    """Return the bytes of the left operand, shape (T, 8 * S): slice after slice.

    Binary: byte t of a slice is row t, bit k is column k. Int8: row-major, row t then column k.
    """
    slices = left.reshape(left.shape[0], -1, K0).swapaxes(0, 1)  # (S, T, K0)
    if int8:
        return np.ascontiguousarray(slices).tobytes()
    return np.packbits(slices != 0, axis=2, bitorder="little").tobytes()


def parse_left(data: bytes, rows: int, *, int8: bool) -> Int8:
    """Return the left operand, shape (T, 8 * S): the inverse of `left_bytes`."""
    raw = np.frombuffer(data, np.uint8)
    if int8:
        slices = raw.view(np.int8).reshape(-1, rows, K0)
    else:
        bits = np.unpackbits(raw.reshape(-1, rows, 1), axis=2, bitorder="little")
        slices = bits.astype(np.int8)
    left: Int8 = slices.swapaxes(0, 1).reshape(rows, -1)
    return left


def encode_a(left: Int8, *, tag: int, int8: bool) -> Beats:
    """Return the A packet of a left operand of shape (T, 8 * S)."""
    header = Header(port="A", tag=tag, slices=left.shape[1] // K0, int8=int8)
    return [header.beat(), *to_beats(left_bytes(left, int8=int8))]


def encode_b(right: Int8, *, tag: int, int8: bool, n0: int) -> Beats:
    """Return the B packet of a right operand of shape (8 * S, N): row-major K0 x N0 blocks."""
    slices = right.shape[0] // K0
    header = Header(port="B", tag=tag, slices=slices, int8=int8)
    blocks = right.reshape(slices, K0, -1, n0).swapaxes(1, 2)  # (S, N / N0, K0, N0)
    return [header.beat(), *to_beats(np.ascontiguousarray(blocks).tobytes())]


def encode_c(sums: Int32, *, tag: int, slices: int, int8: bool, n0: int) -> Beats:
    """Return the C packet of sums of shape (T, N): row-major M0 x N0 blocks."""
    header = Header(port="C", tag=tag, slices=slices, int8=int8)
    rows, features = sums.shape
    blocks = sums.astype("<i4").reshape(rows // 4, 4, features // n0, n0).swapaxes(1, 2)
    return [header.beat(), *to_beats(np.ascontiguousarray(blocks).tobytes())]


def decode_a(packet: Sequence[int], device: Device) -> tuple[Header, Int8]:
    """Return header and left operand, shape (T, 8 * S), of an A packet."""
    header = Header.parse(packet[0])
    return header, parse_left(to_bytes(packet[1:]), device.block_rows, int8=header.int8)


def decode_b(packet: Sequence[int], device: Device) -> tuple[Header, Int8]:
    """Return header and right operand, shape (8 * S, N), of a B packet."""
    blocks = np.frombuffer(to_bytes(packet[1:]), np.int8)
    blocks = blocks.reshape(-1, device.pe_features // device.n0, K0, device.n0)
    return Header.parse(packet[0]), blocks.swapaxes(1, 2).reshape(-1, device.pe_features)


def decode_c(packet: Sequence[int], device: Device) -> tuple[Header, Int32]:
    """Return header and sums, shape (T, N), of a C packet."""
    blocks = np.frombuffer(to_bytes(packet[1:]), "<i4")
    blocks = blocks.reshape(-1, device.pe_features // device.n0, 4, device.n0)
    return Header.parse(packet[0]), blocks.swapaxes(1, 2).reshape(-1, device.pe_features)


def tensor_pe(a_packet: Sequence[int], b_packet: Sequence[int], device: Device) -> Beats:
    """Return the C packet a tensor PE gives for a pair of packets."""
    a_header, left = decode_a(a_packet, device)
    b_header, right = decode_b(b_packet, device)
    assert (a_header.port, b_header.port) == ("A", "B")
    assert (a_header.tag, a_header.slices) == (b_header.tag, b_header.slices)
    assert left.shape[1] == right.shape[0] == K0 * a_header.slices
    sums = (left.astype(np.int64) @ right.astype(np.int64)).astype(np.int32)
    return encode_c(
        sums, tag=a_header.tag, slices=a_header.slices, int8=a_header.int8, n0=device.n0
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A control record: a K0-slice of a packet.

    Parameters
    ----------
    tag, slices, int8
        The packet's header.
    pe_row : int
        PE row that gets the packet.
    first, last : bool
        The slice opens or closes its packet.
    base : int
        First position of a dense slice, a multiple of 8.
    positions : tuple of int or None
        Positions of the 8 right-operand rows, `ZERO_ROW` set for a zero row; None: dense.
    """

    tag: int
    slices: int
    pe_row: int
    first: bool
    last: bool
    int8: bool
    base: int = 0
    positions: tuple[int, ...] | None = None

    def to_bytes(self) -> bytes:
        """Return the record as in the control stream."""
        dense = self.positions is None
        flags = self.first | self.last << 1 | dense << 2 | self.int8 << 3
        head = np.array([self.tag, self.slices, self.pe_row | flags << 8, self.base], "<u2")
        return head.tobytes() + np.array(self.positions or (), "<u2").tobytes()

    def rows(self, store: Int8, tile_base: int) -> Int8:
        """Return the slice's 8 right-operand rows, shape (8, F), of a store of shape (rows, F)."""
        if self.positions is None:
            start = tile_base + self.base
            return store[start : start + K0]
        rows = np.zeros((K0, store.shape[1]), np.int8)
        for k, position in enumerate(self.positions):
            if not position & ZERO_ROW:
                rows[k] = store[tile_base + position]
        return rows


@dataclass(frozen=True, slots=True)
class Packets:
    """What goes over the ports: packets of ``a[r]`` and of ``b[r][c]``, in order."""

    a: list[list[Beats]]
    b: list[list[list[Beats]]]


def gather(
    records: Sequence[Record], left: bytes, store: Int8, tile_base: int, device: Device
) -> Packets:
    """Return the packets of control records, the left-operand stream and a feature store."""
    rows, cols, features = device.array_rows, device.array_cols, device.pe_features
    packets = Packets([[] for _ in range(rows)], [[[] for _ in range(cols)] for _ in range(rows)])
    open_a: list[list[Int8]] = [[] for _ in range(rows)]
    open_b: list[list[Int8]] = [[] for _ in range(rows)]
    at = 0
    for record in records:
        r, size = record.pe_row, device.block_rows * (8 if record.int8 else 1)
        assert record.first == (not open_a[r]), "the slices of a packet are in order"
        open_a[r].append(parse_left(left[at : at + size], device.block_rows, int8=record.int8))
        open_b[r].append(record.rows(store, tile_base))
        at += size
        if record.last:
            header: dict[str, Any] = {"tag": record.tag, "int8": record.int8}
            packets.a[r].append(encode_a(np.concatenate(open_a[r], axis=1), **header))
            right = np.concatenate(open_b[r])
            for c in range(cols):
                part = right[:, c * features : (c + 1) * features]
                packets.b[r][c].append(encode_b(part, n0=device.n0, **header))
            open_a[r], open_b[r] = [], []
    return packets


class RowBlockSums:
    """Sums of a row tile, twice: what the merge unit keeps; shape (2, tile_rows, F)."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._sums = np.zeros((2, device.tile_rows, device.features), np.int32)

    def clear(self, buffer: int) -> None:
        """Forget all sums of a buffer."""
        self._sums[buffer] = 0

    def merge(self, buffer: int, columns: Sequence[Sequence[int]]) -> None:
        """Add one packet, given as the C packets of its PE columns."""
        parts = [decode_c(packet, self._device) for packet in columns]
        tag = parts[0][0].tag * self._device.block_rows
        sums = np.concatenate([part for _, part in parts], axis=1)
        self._sums[buffer, tag : tag + self._device.block_rows] += sums  # Wraps, as the adders do

    def row(self, buffer: int, row: int) -> Int32:
        """Return a row's F sums."""
        sums: Int32 = self._sums[buffer, row].copy()
        return sums
