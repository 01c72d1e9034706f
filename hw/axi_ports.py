# SPDX-License-Identifier: Apache-2.0
"""What follows from the list of AXI signals alone; ``python -m hgcn_hw.generate`` writes it."""

from __future__ import annotations

from pathlib import Path

from hgcn.emit.axi import MEMORY_PORTS, axi_package
from hgcn.emit.tops import TOPS

ROOT = Path(__file__).resolve().parents[1]


def axi_ports() -> dict[str, str]:
    """Return the text of each file, by its path from the repository's root."""
    tops = {f"hw/rtl/control/{name}.sv": write(MEMORY_PORTS) for name, write in TOPS.items()}
    return {"hw/rtl/memory/hgcn_axi_pkg.sv": axi_package(), **tops}


def write_axi_ports(into: Path = ROOT) -> None:
    """Write the files below ``into``."""
    for place, text in axi_ports().items():
        (into / place).parent.mkdir(parents=True, exist_ok=True)
        (into / place).write_text(text, encoding="utf-8")
