# SPDX-License-Identifier: Apache-2.0
"""The constants, against the pages that explain them."""

from __future__ import annotations

from pathlib import Path

from hgcn.format.numbers import ERROR_CODES, MAGIC, PACKET_MAGIC, RECORD_BYTES, Base, Opcode

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_states_the_same_numbers() -> None:
    page = (DOCS / "program-format.md").read_text()
    assert f"`0x{MAGIC:08X}`" in page and MAGIC.to_bytes(4, "little") == b"HGCN"
    for opcode in Opcode:
        assert f"### {opcode.name} (opcode {opcode.value})" in page
    for base in Base:
        assert f"{base.value} = {base.name.lower()}" in page
    assert f"commands, {RECORD_BYTES} bytes each" in page


def test_the_packet_page_states_the_same_magics() -> None:
    page = (DOCS / "plio.md").read_text()
    for magic in PACKET_MAGIC.values():
        assert f"`0x{magic:04X}`" in page


def test_error_codes_are_numbered_without_a_gap() -> None:
    assert list(ERROR_CODES) == list(range(len(ERROR_CODES)))
