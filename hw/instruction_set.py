# SPDX-License-Identifier: Apache-2.0
"""What follows from the instruction set alone; ``python -m hgcn_hw.generate`` writes it."""

from __future__ import annotations

from pathlib import Path

from hgcn.emit.isa_package import isa_package
from hgcn.emit.plio_header import cxx_plio_header
from hgcn.emit.records import python_records
from hgcn.emit.tables import PAGES, with_tables

ROOT = Path(__file__).resolve().parents[1]


def instruction_set() -> dict[str, str]:
    """Return the text of each file, by its path from the repository's root."""
    pages = {page: with_tables((ROOT / page).read_text(encoding="utf-8")) for page in PAGES}
    return {
        **pages,
        "hgcn/isa/records.py": python_records(),
        "hw/rtl/isa/hgcn_isa_pkg.sv": isa_package(),
        "hw/aie/kernels/plio_header.h": cxx_plio_header(),
    }


def write_instruction_set(into: Path = ROOT) -> None:
    """Write the files below ``into``."""
    for place, text in instruction_set().items():
        (into / place).parent.mkdir(parents=True, exist_ok=True)
        (into / place).write_text(text, encoding="utf-8")
