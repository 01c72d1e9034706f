# SPDX-License-Identifier: Apache-2.0
"""The register map as the IP packager takes it: names, offsets, sizes and fields.

A packaged register's name is the RDL's with every ``[``, ``]`` and ``.`` run made one ``_``:
``BASE[0].LO`` becomes ``BASE_0_LO``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hgcn.isa.registers import REGISTERS

_ACCESS = {"r": "read-only", "w": "write-only", "rw": "read-write"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedField:
    """Bits ``low`` to ``low + width - 1``; ``access`` in the packager's words."""

    name: str
    low: int
    width: int
    access: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedRegister:
    """A register of the address block; ``bus`` names the AXI master whose address it holds."""

    name: str
    offset: int
    bits: int
    description: str
    fields: tuple[PackagedField, ...]
    bus: str | None = None


def ip_name(name: str) -> str:
    """Return the packaged name of a register.

    Examples
    --------
    >>> ip_name("ENGINE[3].BUSY.LO")
    'ENGINE_3_BUSY_LO'
    """
    return re.sub(r"[\[\].]+", "_", name).strip("_")


def packaged_registers(core: str) -> list[PackagedRegister]:
    """Return the address block of ``hgcn_top`` or ``hgcn_core``.

    v++ connects a memory-mapped master only through a 64-bit register that is bound to it: in
    ``hgcn_core`` the two halves of each base address are one register, without its ``_LO``.
    """
    found = []
    for name, register in REGISTERS.items():
        fields = tuple(
            PackagedField(
                name=key,
                low=item.low,
                width=item.width,
                access=_ACCESS[item.access],
                description=item.description,
            )
            for key, item in register.fields.items()
        )
        base = core == "hgcn_core" and name.startswith("BASE")
        if base and name.endswith(".HI"):
            continue
        if base:
            whole = PackagedField(
                name="value", low=0, width=64, access="read-write", description="Bits 63:0."
            )
            fields = (whole,)
        found.append(
            PackagedRegister(
                name=ip_name(name.removesuffix(".LO") if base else name),
                offset=register.offset,
                bits=64 if base else 32,
                description=register.description,
                fields=fields,
                bus="m_axi" if base else None,
            )
        )
    return found
