# SPDX-License-Identifier: Apache-2.0
"""The constants, against the pages that explain them."""

from __future__ import annotations

from pathlib import Path

from hgcn.format.numbers import (
    ERROR_CODES,
    MAGIC,
    PACKET_MAGIC,
    RECORD_BYTES,
    Base,
    Counter,
    Engine,
    Opcode,
)
from hgcn.isa.registers import COUNTERS, PAIRS, REGISTERS

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_states_the_same_numbers() -> None:
    page = (DOCS / "program-format.md").read_text()
    assert f"`0x{MAGIC:08X}`" in page and MAGIC.to_bytes(4, "little") == b"HGCN"
    for opcode in Opcode:
        assert f"### {opcode.name} (opcode {opcode.value})" in page
    assert f"commands, {RECORD_BYTES} bytes each" in page


def test_the_packet_page_states_the_same_magics() -> None:
    page = (DOCS / "plio.md").read_text()
    for magic in PACKET_MAGIC.values():
        assert f"`0x{magic:04X}`" in page


def test_error_codes_are_numbered_without_a_gap() -> None:
    assert list(ERROR_CODES) == list(range(len(ERROR_CODES)))


def test_the_register_map_has_the_same_lists() -> None:
    # The map is written in SystemRDL, which knows nothing of Python.
    regions = [name for name in PAIRS if name.startswith("BASE[")]
    counted = [name for name in COUNTERS if name.startswith("ENGINE[") and "BUSY" in name]
    assert (len(regions), len(counted)) == (len(Base), len(Counter))
    codes = REGISTERS["ERROR"].fields["code"].description
    named = [f"{code} {name.lower() if code == 0 else name}" for code, name in ERROR_CODES.items()]
    assert codes == ", ".join(named) + "."
    idle = REGISTERS["STATUS"].fields["idle"]
    assert idle.width == len(Engine)
    assert idle.description.endswith(", ".join(e.name.lower() for e in Engine) + ".")
    source = (DOCS.parent / "hw" / "regs" / "hgcn.rdl").read_text()
    for values in (Base, Counter):
        assert ", ".join(f"{v.value} {v.name.lower()}" for v in values) in source
