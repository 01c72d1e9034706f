# SPDX-License-Identifier: Apache-2.0
"""The generated register files are those of the RDL."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hgcn_sim.builds.locate import hardware_root

from hgcn.isa.registers import COUNTERS, PAIRS, REGISTERS, SPAN_BYTES

ROOT = hardware_root().parent
GENERATED = (
    "hgcn/isa/registers.py",
    "hw/regs/generated/hgcn_regs.h",
    "hw/regs/generated/hgcn_regs.sv",
    "hw/regs/generated/hgcn_regs_pkg.sv",
)


def test_regenerating_gives_the_committed_files(tmp_path: Path) -> None:
    pytest.importorskip("peakrdl_regblock")
    pytest.importorskip("peakrdl_cheader")
    script = ROOT / "hw" / "regs" / "generate.py"
    subprocess.run([sys.executable, str(script), "--into", str(tmp_path)], check=True)
    for name in GENERATED:
        assert (tmp_path / name).read_text() == (ROOT / name).read_text(), name


def test_fields_do_not_overlap() -> None:
    for name, register in REGISTERS.items():
        masks = [field.mask for field in register.fields.values()]
        assert sum(masks) == sum(set(masks)) <= 0xFFFFFFFF, name
        assert sum(mask.bit_count() for mask in masks) == sum(masks).bit_count(), name


def test_pairs_are_two_neighbouring_registers() -> None:
    for name, offset in PAIRS.items():
        assert REGISTERS[f"{name}.LO"].offset == offset
        assert REGISTERS[f"{name}.HI"].offset == offset + 4
    assert set(COUNTERS) <= set(PAIRS)
    assert max(register.offset for register in REGISTERS.values()) == SPAN_BYTES - 4


def test_field_puts_what_it_gets() -> None:
    code = REGISTERS["ERROR"].fields["command"]
    assert code.get(code.put(0x123456)) == 0x123456
    assert code.put(1) == 0x100
