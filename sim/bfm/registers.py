# SPDX-License-Identifier: Apache-2.0
"""Registers over AXI4-Lite, by the names of the generated table."""

from __future__ import annotations

import logging
from typing import Any

from cocotbext.axi import AxiLiteBus, AxiLiteMaster

from hgcn.isa.registers import PAIRS, REGISTERS


class Registers:
    """Reads and writes registers and fields by name over the ports ``s_axil_*`` of ``dut``."""

    def __init__(self, dut: Any, clock: Any, reset: Any, *, prefix: str = "s_axil") -> None:
        bus = AxiLiteBus.from_prefix(dut, prefix)
        self._master = AxiLiteMaster(bus, clock, reset, reset_active_level=False)
        for channel in (self._master.write_if, self._master.read_if):
            channel.log.setLevel(logging.WARNING)

    async def read(self, name: str) -> int:
        """Return the word of register ``name``."""
        value: int = await self._master.read_dword(REGISTERS[name].offset)
        return value

    async def write(self, name: str, value: int) -> None:
        """Write the word of register ``name``."""
        await self._master.write_dword(REGISTERS[name].offset, value)

    async def read_pair(self, name: str) -> int:
        """Return the 64-bit value of a LO/HI pair."""
        low: int = await self._master.read_dword(PAIRS[name])
        high: int = await self._master.read_dword(PAIRS[name] + 4)
        return high << 32 | low

    async def write_pair(self, name: str, value: int) -> None:
        """Write the 64-bit value of a LO/HI pair."""
        await self._master.write_dword(PAIRS[name], value & 0xFFFFFFFF)
        await self._master.write_dword(PAIRS[name] + 4, value >> 32)

    async def get(self, register: str, field: str) -> int:
        """Return one field of a register."""
        return REGISTERS[register].fields[field].get(await self.read(register))

    async def put(self, register: str, **fields: int) -> None:
        """Write a register from its fields; those not named are written zero."""
        table = REGISTERS[register].fields
        word = 0
        for name, value in fields.items():
            word |= table[name].put(value)
        await self.write(register, word)
