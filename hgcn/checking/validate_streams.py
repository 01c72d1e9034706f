# SPDX-License-Identifier: Apache-2.0
"""The validator's half that reads payload: lengths, checksums, banks, indices, packets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, LINE_BYTES, Device
from hgcn.checking import scan
from hgcn.errors import ProgramError
from hgcn.format.numbers import Base
from hgcn.format.streams import (
    ACCUMULATOR,
    COLUMN_PARAMETER,
    CONTROL_HEAD,
    NO_POSITION,
    ROW_RECORD,
    entry_bytes,
)
from hgcn.isa.checksum import stream_checksum
from hgcn.isa.commands import Command, Drain, Spmm, Stream
from hgcn.isa.image import lines_of
from hgcn.isa.payload import decode_records

_IN_PROGRAM = ("pl", "control", "records")
"""Streams only a compiler can write; left operands and rows may come from other regions."""

Positions = NDArray[np.int64]


def need(holds: bool, what: str, got: object, want: str) -> None:
    """Raise `ProgramError` naming what is wrong, what it must be and what it is."""
    if not holds:
        raise ProgramError(f"{what} must be {want}, got {got}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Control:
    """What a control stream was found to be."""

    size_bytes: int
    packets: int
    int8: bool
    positions: Positions


class StreamCheck:
    """Checks the streams of a program's commands, the bytes of each distinct one once."""

    def __init__(self, image: bytes, device: Device) -> None:
        self.image = np.frombuffer(image, dtype=np.uint8)
        self.device = device
        self._sums: dict[tuple[int, int], tuple[int, int]] = {}
        self._bundles: dict[tuple[int, int, bool], Positions] = {}
        self._control: dict[tuple[int, int], _Control] = {}
        self._records: set[tuple[int, int]] = set()

    def check(self, command: Command, read: Mapping[str, Stream]) -> None:
        """Raise `ProgramError` at the first of the streams it reads that it could not take."""
        for name, stream in read.items():
            if stream.base != Base.PROGRAM:
                need(name not in _IN_PROGRAM, f"{name} stream", stream.base.name, "in PROGRAM")
                unknown = not stream.s1 and not stream.s2
                need(unknown, f"{name} stream's checksum", "one", "0: its bytes come at run time")
            elif (stream.s1 or stream.s2) and self._sums_of(stream) != (stream.s1, stream.s2):
                raise ProgramError(f"{name} stream: checksum mismatch")
        if isinstance(command, Spmm):
            self._check_bundles(command)
            self._check_control(command)
        elif isinstance(command, Drain):
            self._check_records(command)

    def rows_read(self, command: Command) -> list[Positions]:
        """Positions in the column tile that a checked SPMM reads, on either engine."""
        found = []
        if isinstance(command, Spmm) and command.bundles:
            found.append(self._bundles[command.pl.offset, command.bundles, command.pl_int8])
        if isinstance(command, Spmm) and command.slices:
            found.append(self._control[command.control.offset, command.slices].positions)
        return found

    def _bytes_of(self, stream: Stream) -> NDArray[np.uint8]:
        start = stream.offset * LINE_BYTES
        return self.image[start : start + stream.lines * LINE_BYTES]

    def _sums_of(self, stream: Stream) -> tuple[int, int]:
        key = (stream.offset, stream.lines)
        if key not in self._sums:
            self._sums[key] = stream_checksum(self._bytes_of(stream))
        return self._sums[key]

    def _check_bundles(self, command: Spmm) -> None:
        d = self.device
        size = entry_bytes(binary=not command.pl_int8)
        _check_lines("PL", command.pl, command.bundles * d.lanes * size)
        if not command.bundles:
            return
        key = (command.pl.offset, command.bundles, command.pl_int8)
        if key not in self._bundles:
            marks = np.zeros(NO_POSITION, dtype=np.bool_)
            data = self._bytes_of(command.pl)
            twice, slot = scan.scan_bundles(data, command.bundles, d.lanes, size, d.banks, marks)
            if twice >= 0:
                raise ProgramError("a schedule bundle reads a bank twice")
            need(slot < d.slots, "entry slots", slot, f"below {d.slots}")
            self._bundles[key] = np.flatnonzero(marks)
        self._check_positions("entry positions", self._bundles[key], command.base)

    def _check_control(self, command: Spmm) -> None:
        d = self.device
        if not command.slices:
            _check_lines("control", command.control, 0)
            _check_lines("left", command.left, 0)
            return
        key = (command.control.offset, command.slices)
        if key not in self._control:
            self._control[key] = self._scan_control(command)
        found = self._control[key]
        _check_lines("control", command.control, found.size_bytes)
        need(found.packets == command.packets, "packets", found.packets, str(command.packets))
        size = d.block_rows * (K0 if found.int8 else 1) * command.slices
        _check_lines("left", command.left, size)
        self._check_positions("gathered positions", found.positions, command.base)

    def _scan_control(self, command: Spmm) -> _Control:
        d = self.device
        data, marks = self._bytes_of(command.control), np.zeros(NO_POSITION, dtype=np.bool_)
        if command.slices * CONTROL_HEAD.bytes > len(data):
            raise ProgramError(
                f"control stream of {len(data)} bytes cannot hold {command.slices} records"
            )
        blocks = d.tile_rows // d.block_rows
        fault, value, size, packets, int8 = scan.scan_control(
            data, command.slices, blocks, d.array_rows, d.banks, d.gather_rows, marks
        )
        if fault != scan.VALID:
            raise ProgramError(
                {
                    scan.ENDS_EARLY: f"control stream ends in record {value} of {command.slices}",
                    scan.RESERVED_BITS: f"unused bits of control record {value} must be zero",
                    scan.TAG_BEYOND: f"tags must be below {blocks}, got {value}",
                    scan.PE_ROW_BEYOND: f"PE rows must be below {d.array_rows}, got {value}",
                    scan.TWO_KINDS: "left operands must be of one kind, got both kinds",
                    scan.OTHER_PACKET: "tags and counts of a packet must be those of its slices, "
                    f"got others in control record {value}",
                    scan.OUT_OF_ORDER: "slices of a packet must be first to last on one PE row, "
                    f"got another order in control record {value}",
                    scan.DENSE_BASE: f"bases of dense slices must be multiples of {K0} in the "
                    f"tile, got another in control record {value}",
                    scan.BANK_TWICE: "a slice gathers a bank twice in one cycle",
                }[fault]
            )
        return _Control(
            size_bytes=size, packets=packets, int8=bool(int8), positions=np.flatnonzero(marks)
        )

    def _check_positions(self, name: str, positions: Positions, base: int) -> None:
        rows = self.device.store_rows
        top = int(positions[-1]) + base if len(positions) else 0
        need(top < rows, name, top, f"below {rows}")

    def _check_records(self, command: Drain) -> None:
        d = self.device
        size = COLUMN_PARAMETER.bytes * d.features + ROW_RECORD.bytes * command.rows
        _check_lines("record", command.records, size)
        key = (command.records.offset, command.rows)
        if key in self._records:
            return
        data = self._bytes_of(command.records).tobytes()
        _, _, _, accumulator = decode_records(data, command.rows, d)
        lane, slot = accumulator >> ACCUMULATOR["lane"].low, ACCUMULATOR["slot"].get(accumulator)
        fits = bool((lane < d.lanes).all() and (slot < d.slots).all())
        need(fits, "accumulators", "one beyond", f"within {d.lanes} lanes of {d.slots} slots")
        marks = np.zeros(1 << 16, dtype=np.bool_)
        marks[accumulator] = True
        need(np.count_nonzero(marks) == len(accumulator), "accumulators", "one twice", "distinct")
        _check_lanes(lane.reshape(-1, d.drain_rows))
        self._records.add(key)


def _check_lines(name: str, stream: Stream, size_bytes: int) -> None:
    """A stream of another length would leave a rest to the next command, or starve this one."""
    want = lines_of(size_bytes)
    need(stream.lines == want, f"{name} stream's lines", stream.lines, str(want))


def _check_lanes(lines: NDArray[np.integer[Any]]) -> None:
    """A line of rows is read in one cycle, in which a lane gives one sum."""
    ordered = np.sort(lines, axis=1)
    line, at = np.nonzero(ordered[:, 1:] == ordered[:, :-1])
    if len(line):
        twice = f"lane {ordered[line[0], at[0]]} twice in line {line[0]}"
        need(False, f"lanes of a line of {lines.shape[1]} rows", twice, "distinct")
