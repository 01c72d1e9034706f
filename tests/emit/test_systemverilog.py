# SPDX-License-Identifier: Apache-2.0
"""The SystemVerilog package says what the preset says, and the committed ones are current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hgcn.arch.presets import PRESETS
from hgcn.emit.systemverilog import systemverilog_package
from hgcn.format.numbers import LINE_BYTES

GENERATED = Path(__file__).parents[2] / "hw" / "generated"


def constants(text: str) -> dict[str, int]:
    found = re.findall(r"localparam int unsigned (\w+) = (\d+);", text)
    return {name: int(value) for name, value in found}


@pytest.mark.parametrize("name", PRESETS)
def test_constants_equal_the_preset(name: str) -> None:
    d, made = PRESETS[name], constants(systemverilog_package(PRESETS[name]))
    same = {
        "AxiBytes": d.axi_bytes,
        "F": d.features,
        "L": d.lanes,
        "B": d.banks,
        "StoreRows": d.store_rows,
        "Slots": d.slots,
        "TileRows": d.tile_rows,
        "R": d.array_rows,
        "C": d.array_cols,
        "M0": d.m0,
        "N0": d.n0,
        "T": d.block_rows,
        "G": d.gather_rows,
    }
    assert {key: made[key] for key in same} == same


@pytest.mark.parametrize("name", PRESETS)
def test_derived_constants_fit_each_other(name: str) -> None:
    made = constants(systemverilog_package(PRESETS[name]))
    assert made["BankDepth"] * made["B"] == made["StoreRows"] == 1 << made["PosBits"]
    assert made["BankDepth"] == 1 << made["BankAddrBits"]
    assert made["MBlocks"] * made["M0"] == made["T"]
    assert made["NBlocks"] * made["N0"] * made["C"] == made["F"]
    assert made["Blocks"] * made["T"] == made["TileRows"]
    assert made["BeatsPerLine"] * made["AxiBytes"] == LINE_BYTES
    assert made["RowsPerBeat"] * made["RowBits"] == made["AxiBits"]


@pytest.mark.parametrize("name", PRESETS)
def test_committed_packages_are_what_emit_writes(name: str) -> None:
    committed = (GENERATED / name / "hgcn_pkg.sv").read_text()
    assert committed == systemverilog_package(PRESETS[name])


def test_no_package_is_committed_for_a_preset_that_is_gone() -> None:
    assert sorted(path.name for path in GENERATED.iterdir() if path.is_dir()) == sorted(PRESETS)


def test_the_hash_is_the_device_s() -> None:
    text = systemverilog_package(PRESETS["tiny"])
    assert f"DeviceHash = 64'h{PRESETS['tiny'].hash:016X};" in text
