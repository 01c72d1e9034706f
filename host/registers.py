# SPDX-License-Identifier: Apache-2.0
"""The accelerator's registers by the names of the register description."""

from __future__ import annotations

from collections.abc import Callable

from hgcn.isa.registers import PAIRS, REGISTERS


class Registers:
    """Reads and writes registers by name; offsets and fields come from the generated table.

    Parameters
    ----------
    read : callable
        Returns the word at a byte offset.
    write : callable
        Writes a word to a byte offset.
    """

    def __init__(self, read: Callable[[int], int], write: Callable[[int, int], None]) -> None:
        self._read, self._write = read, write

    def read(self, name: str) -> int:
        """Return a register's word."""
        return int(self._read(REGISTERS[name].offset))

    def write(self, name: str, value: int) -> None:
        """Write a register's word."""
        self._write(REGISTERS[name].offset, value)

    def read_pair(self, name: str) -> int:
        """Return the 64-bit value of a low and a high register."""
        low = int(self._read(PAIRS[name]))
        return int(self._read(PAIRS[name] + 4)) << 32 | low

    def write_pair(self, name: str, value: int) -> None:
        """Write the 64-bit value of a low and a high register."""
        self._write(PAIRS[name], value & 0xFFFFFFFF)
        self._write(PAIRS[name] + 4, value >> 32)

    def get(self, register: str, field: str) -> int:
        """Return one field of a register."""
        return REGISTERS[register].fields[field].get(self.read(register))

    def put(self, register: str, **fields: int) -> None:
        """Write a register from its fields; those not named are written zero."""
        table = REGISTERS[register].fields
        self.write(register, sum(table[name].put(value) for name, value in fields.items()))
