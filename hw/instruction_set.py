# SPDX-License-Identifier: Apache-2.0
"""What follows from the instruction set alone; ``python -m hgcn_hw.generate`` writes it."""

from __future__ import annotations

from pathlib import Path

from hgcn.emit.records import python_records

ROOT = Path(__file__).resolve().parents[1]


def instruction_set() -> dict[str, str]:
    """Return the text of each file, by its path from the repository's root."""
    return {"hgcn/isa/records.py": python_records()}


def write_instruction_set(into: Path = ROOT) -> None:
    """Write the files below ``into``."""
    for place, text in instruction_set().items():
        (into / place).write_text(text)
