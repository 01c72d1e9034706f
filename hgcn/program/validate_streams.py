# SPDX-License-Identifier: Apache-2.0
"""The validator's half that reads payload: lengths, checksums, banks, indices, packets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, LINE_BYTES, MAX_WINDOW_POSITIONS, Device
from hgcn.errors import ProgramError
from hgcn.mapping.mapped import NO_POSITION
from hgcn.program.checksum import stream_checksum
from hgcn.program.commands import Command, Drain, Spmm, Stream, streams
from hgcn.program.image import lines_of
from hgcn.program.layout import Base
from hgcn.program.payload import (
    VALID_BIT,
    ControlRecords,
    decode_control,
    decode_records,
    decode_words,
)

_IN_PROGRAM = ("pl", "control", "records")
"""Streams only a compiler can write; left operands and rows may come from other regions."""


def need(holds: bool, what: str, got: object, want: str) -> None:
    """Raise `ProgramError` naming what is wrong, what it must be and what it is."""
    if not holds:
        raise ProgramError(f"{what} must be {want}, got {got}")


class StreamCheck:
    """Checks the streams of a program's commands, each distinct combination once."""

    def __init__(self, image: bytes, device: Device) -> None:
        self.image = image
        self.device = device
        self._seen: set[tuple[object, ...]] = set()

    def check(self, command: Command) -> None:
        """Raise `ProgramError` at the first stream of ``command`` the hardware could not take."""
        for name, stream in streams(command).items():
            if stream.base != Base.PROGRAM:
                need(name not in _IN_PROGRAM, f"{name} stream", stream.base.name, "in PROGRAM")
                unknown = not stream.s1 and not stream.s2
                need(unknown, f"{name} stream's checksum", "one", "0: its bytes come at run time")
            elif self._is_new(name, stream):
                data = self._bytes_of(stream)
                if (stream.s1 or stream.s2) and stream_checksum(data) != (stream.s1, stream.s2):
                    raise ProgramError(f"{name} stream: checksum mismatch")
        if isinstance(command, Spmm):
            if self._is_new("pl", command.pl, command.words, command.base, command.pl_int8):
                self._check_words(command)
            lines = command.left.lines
            if self._is_new(
                "sta", command.control, command.slices, command.packets, command.base, lines
            ):
                self._check_control(command)
        elif isinstance(command, Drain) and self._is_new("drain", command.records, command.rows):
            self._check_records(command)

    def _is_new(self, *key: object) -> bool:
        new = key not in self._seen
        self._seen.add(key)
        return new

    def _bytes_of(self, stream: Stream) -> bytes:
        start = stream.offset * LINE_BYTES
        return self.image[start : start + stream.lines * LINE_BYTES]

    def _check_words(self, command: Spmm) -> None:
        d = self.device
        size = command.words * d.lanes * (4 if command.pl_int8 else 3)
        _check_lines("PL", command.pl, size)
        if not command.words:
            return
        data = self._bytes_of(command.pl)
        entries = decode_words(data, command.words, d, binary=not command.pl_int8)
        live = (entries & VALID_BIT) != 0
        position = (entries & (MAX_WINDOW_POSITIONS - 1)).astype(np.int64) + command.base
        top = int(position[live].max(initial=0))
        need(top < d.store_rows, "entry positions", top, f"below {d.store_rows}")
        slot = int((entries[live] >> 14 & 0x1FF).max(initial=0))
        need(slot < d.slots, "entry slots", slot, f"below {d.slots}")
        if not _distinct(position % d.banks, live, d.banks):
            raise ProgramError("a schedule word reads a bank twice")

    def _check_control(self, command: Spmm) -> None:
        d = self.device
        if not command.slices:
            _check_lines("control", command.control, 0)
            _check_lines("left", command.left, 0)
            return
        records = decode_control(self._bytes_of(command.control), command.slices)
        _check_lines("control", command.control, records.size_bytes)
        blocks = d.window_rows // d.block_rows
        tag, pe_row = int(records.tag.max()), int(records.pe_row.max())
        need(tag < blocks, "tags", tag, f"below {blocks}")
        need(pe_row < d.sta_rows, "PE rows", pe_row, f"below {d.sta_rows}")
        _check_packets(records, command.packets)
        one_kind = bool((records.int8 == records.int8[0]).all())
        need(one_kind, "left operands", "both kinds", "of one kind")
        _check_lines(
            "left", command.left, d.block_rows * (K0 if records.int8[0] else 1) * command.slices
        )
        first = records.positions[records.dense, 0]
        aligned = bool((first % K0 == 0).all() and (first < MAX_WINDOW_POSITIONS).all())
        need(aligned, "bases of dense slices", "another", f"multiples of {K0} in the window")
        live = records.positions < NO_POSITION
        position = records.positions.astype(np.int64) + command.base
        top = int(position[live].max(initial=0))
        need(top < d.store_rows, "gathered positions", top, f"below {d.store_rows}")
        groups = (position % d.banks).reshape(-1, d.gather_rows)
        if not _distinct(groups, live.reshape(-1, d.gather_rows), d.banks):
            raise ProgramError("a slice gathers a bank twice in one cycle")

    def _check_records(self, command: Drain) -> None:
        d = self.device
        _check_lines("record", command.records, 8 * d.features + 4 * command.rows)
        _, _, _, place = decode_records(self._bytes_of(command.records), command.rows, d)
        fits = bool((place >> 9 < d.lanes).all() and ((place & 0x1FF) < d.slots).all())
        need(fits, "places", "one beyond", f"within {d.lanes} lanes of {d.slots} slots")
        need(len(np.unique(place)) == len(place), "places", "one twice", "distinct")


def _check_lines(name: str, stream: Stream, size_bytes: int) -> None:
    """A stream of another length would leave a rest to the next command, or starve this one."""
    want = lines_of(size_bytes)
    need(stream.lines == want, f"{name} stream's lines", stream.lines, str(want))


def _distinct(banks: NDArray[np.int64], live: NDArray[np.bool_], num_banks: int) -> bool:
    """Whether the live banks of every row are distinct."""
    row = np.arange(len(banks), dtype=np.int64)[:, None] * num_banks
    count = np.bincount((row + banks)[live], minlength=1)
    return bool(count.max(initial=0) <= 1)


def _check_packets(records: ControlRecords, packets: int) -> None:
    """Along each PE row, packets must follow each other whole: first to last, one tag."""
    order = np.argsort(records.pe_row, kind="stable")
    first, last, pe_row = records.first[order], records.last[order], records.pe_row[order]
    starts = np.concatenate([[True], (pe_row[1:] != pe_row[:-1]) | last[:-1]])
    ends = np.concatenate([starts[1:], [True]])
    whole = np.array_equal(first, starts) and np.array_equal(last, ends)
    need(whole, "slices of a packet", "another order", "first to last on one PE row")
    packet = np.cumsum(starts) - 1
    head = np.flatnonzero(starts)[packet]
    slices, tag = records.packet_slices[order], records.tag[order]
    same = bool((tag == tag[head]).all() and (slices == np.bincount(packet)[packet]).all())
    need(same, "tags and counts of a packet", "different ones", "those of its slices")
    need(int(starts.sum()) == packets, "packets", int(starts.sum()), str(packets))
