# SPDX-License-Identifier: Apache-2.0
"""The accelerator's names agree with the register map's own words."""

from __future__ import annotations

import pytest

from hgcn.program import registers

identity = pytest.importorskip("hgcn.program.identity")


def test_the_id_register_reads_the_hardware_id() -> None:
    register = registers.REGISTERS["ID"]
    assert f"0x{identity.HARDWARE_ID:08X}" in register.description


def test_cores_are_named_after_their_tops() -> None:
    for top, core in identity.CORES.items():
        assert core.split(":")[2] == top
