# SPDX-License-Identifier: Apache-2.0
"""Register access through the testbench's mailbox."""

from __future__ import annotations

from typing import Any

from cocotb.triggers import ValueChange, with_timeout

from hgcn.errors import BackendError
from hgcn.isa.registers import PAIRS, REGISTERS

_LIMIT_US = 100


class Mailbox:
    """Reads and writes registers by name; one access at a time."""

    def __init__(self, dut: Any) -> None:
        self._dut = dut
        self._toggle = 0
        dut.mail_req_i.value = 0
        dut.mail_write_i.value = 0
        dut.mail_addr_i.value = 0
        dut.mail_wdata_i.value = 0

    async def _access(self, offset: int, value: int | None) -> int:
        dut = self._dut
        self._toggle ^= 1
        dut.mail_write_i.value = int(value is not None)
        dut.mail_addr_i.value = offset
        dut.mail_wdata_i.value = value or 0
        dut.mail_req_i.value = self._toggle
        await with_timeout(ValueChange(dut.mail_ack_o), _LIMIT_US, "us")
        response = int(dut.mail_resp_o.value)
        if response:
            raise BackendError(f"AXI4-Lite response {response} at register offset {offset:#x}")
        return int(dut.mail_rdata_o.value)

    async def read(self, name: str) -> int:
        """Return the word of register ``name``."""
        return await self._access(REGISTERS[name].offset, None)

    async def write(self, name: str, value: int) -> None:
        """Write the word of register ``name``."""
        await self._access(REGISTERS[name].offset, value)

    async def read_pair(self, name: str) -> int:
        """Return the 64-bit value of a LO/HI pair."""
        low = await self._access(PAIRS[name], None)
        return await self._access(PAIRS[name] + 4, None) << 32 | low

    async def write_pair(self, name: str, value: int) -> None:
        """Write the 64-bit value of a LO/HI pair."""
        await self._access(PAIRS[name], value & 0xFFFFFFFF)
        await self._access(PAIRS[name] + 4, value >> 32)

    async def fields(self, register: str) -> dict[str, int]:
        """Return the fields of a register, read once."""
        word = await self.read(register)
        return {name: field.get(word) for name, field in REGISTERS[register].fields.items()}

    async def put(self, register: str, **fields: int) -> None:
        """Write a register from its fields; those not named are written zero."""
        table = REGISTERS[register].fields
        await self.write(register, sum(table[name].put(value) for name, value in fields.items()))
