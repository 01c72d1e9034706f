# SPDX-License-Identifier: Apache-2.0
"""What a program has written so far: whatever it reads must be among it.

Stores, sums and memory hold what the program before left there, or noise. A program that reads them
before it wrote them gives another answer each time.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.errors import ProgramError
from hgcn.format.numbers import Base
from hgcn.isa.commands import Command, Drain, Load, Spmm, Stream
from hgcn.isa.line_set import LineSet

_OWN = (Base.SCRATCH, Base.OUTPUT)
"""Regions a program fills itself."""


class DataFlow:
    """Follows a program's commands in order.

    A line of memory is written once: no command can read it too early or too late, and no header
    can claim more memory than the DRAINs behind it fill.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._cleared = [False, False]
        self._rows = np.zeros((2, device.store_rows), dtype=np.bool_)
        self._lines = {base: LineSet() for base in _OWN}
        # Rows stay written, so what has been found to be there once is there for good.
        self._found: dict[tuple[int, int, int], NDArray[np.int64]] = {}

    def step(
        self, command: Command, read: Mapping[str, Stream], rows_read: list[NDArray[np.int64]]
    ) -> None:
        """Check what ``command`` reads, and note what it writes.

        Parameters
        ----------
        command : Command
            Legal in itself.
        read : mapping
            Its streams by name.
        rows_read : list of ndarray of int64
            Positions in the column tile that an SPMM reads.

        Raises
        ------
        ProgramError
            Naming what is read before it is written, or written twice.
        """
        for name, stream in read.items():
            if stream.base in _OWN and not self._lines[stream.base].covers(*_ends(stream)):
                raise ProgramError(
                    f"{name} stream must be written before it is read, got lines "
                    f"{stream.offset} to {stream.offset + stream.lines - 1} of {stream.base.name}"
                )
        if isinstance(command, Load):
            stop = command.position + command.stream.lines * (LINE_BYTES // self._device.features)
            self._rows[command.store, command.position : stop] = True
        elif isinstance(command, Spmm):
            self._check_sums("SPMM", command.buffer, command.clear)
            for positions in rows_read:
                self._check_rows(command, positions)
        elif isinstance(command, Drain):
            self._check_sums("DRAIN", command.buffer, False)
            if command.write_store:
                stop = command.position + command.rows
                self._rows[command.store, command.position : stop] = True
            if command.write_memory:
                self._write(command.destination)

    def check_filled(self, lines: dict[Base, int]) -> None:
        """Raise `ProgramError` if a region of so many lines has one that is never written."""
        for base, own in self._lines.items():
            if (gap := own.first_gap(lines[base])) < lines[base]:
                raise ProgramError(
                    f"{base.name} must be written whole, got {lines[base]} lines "
                    f"of which line {gap} is not"
                )

    def _check_sums(self, what: str, buffer: int, clear: bool) -> None:
        self._cleared[buffer] |= clear
        if not self._cleared[buffer]:
            raise ProgramError(
                f"{what} must come after an SPMM that clears sums {buffer}, got none before it"
            )

    def _check_rows(self, command: Spmm, positions: NDArray[np.int64]) -> None:
        key = (command.store, command.base, id(positions))
        if key in self._found:
            return
        there = self._rows[command.store, positions + command.base]
        if not there.all():
            row = int(positions[np.argmin(there)]) + command.base
            raise ProgramError(
                f"rows of store {command.store} must be written before they are read, got row {row}"
            )
        self._found[key] = positions

    def _write(self, target: Stream) -> None:
        lines = self._lines[target.base]
        if lines.meets(*_ends(target)):
            raise ProgramError(
                f"lines of {target.base.name} must be written once, got some of "
                f"{target.offset} to {target.offset + target.lines - 1} again"
            )
        lines.add(*_ends(target))


def _ends(stream: Stream) -> tuple[int, int]:
    return stream.offset, stream.offset + stream.lines
