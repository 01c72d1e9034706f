# SPDX-License-Identifier: Apache-2.0
"""RTL, contract and wrapper have the same ports on every preset; a changed RTL port is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hgcn_hw.build import rules
from hgcn_hw.build.contract import CORES, core, plio_names
from hgcn_hw.build.generate import HARDWARE
from hgcn_hw.build.header import module_ports
from hgcn_hw.build.wrapper import wrapper_text

from hgcn.arch.presets import PRESETS, device
from hgcn.errors import SpecError

MUTANTS = [
    ("hgcn_core", "s_axil_awvalid,", "s_axil_aw_valid,", "s_axil_awvalid"),
    ("hgcn_core", "irq_o,", "interrupt_o,", "interrupt_o"),
    ("hgcn_core", "63:0] m_axi_araddr", "39:0] m_axi_araddr", "m_axi_araddr"),
    (
        "hgcn_core",
        "output logic  [  R-1:0] plio_a_tlast_o",
        "output logic plio_a_tlast_o",
        "plio_a_tlast_o",
    ),
    ("hgcn_core", "plio_c_tdata_i", "plio_c_data_i", "plio_c_tdata_i"),
    ("hgcn_top", "array_clk_i", "pe_clk_i", "array_clk_i"),
    (
        "hgcn_top",
        "input  logic               m_axi_arready",
        "output logic               m_axi_arready",
        "m_axi_arready",
    ),
]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", CORES)
def test_rtl_contract_and_wrapper_agree(name: str, preset: str) -> None:
    assert rules.rtl_ports(name, device(preset), HARDWARE) == []
    assert rules.wrapper_ports(name, device(preset)) == []


@pytest.mark.parametrize(("name", "old", "new", "port"), MUTANTS)
def test_a_changed_port_of_the_rtl_is_found(
    tmp_path: Path, name: str, old: str, new: str, port: str
) -> None:
    shutil.copytree(HARDWARE / "rtl", tmp_path / "rtl")
    source = tmp_path / "rtl" / "control" / f"{name}.sv"
    text = source.read_text()
    assert old in text
    source.write_text(text.replace(old, new))

    problems = rules.rtl_ports(name, device("vck5000"), tmp_path)

    assert any(port in problem for problem in problems), problems


def test_streams_are_named_by_row_and_column() -> None:
    names = plio_names(device("tiny"))
    assert [name for name, sends in names.items() if sends] == [
        *("plio_a_0", "plio_a_1"),
        *("plio_b_0_0", "plio_b_0_1", "plio_b_1_0", "plio_b_1_1"),
    ]
    assert [name for name, sends in names.items() if not sends] == [
        *("plio_c_0_0", "plio_c_0_1", "plio_c_1_0", "plio_c_1_1")
    ]


def test_the_wrapper_puts_streams_in_port_order() -> None:
    text = wrapper_text("hgcn_core", device("tiny"))
    order = ", ".join(f"plio_b_{place}_tdata" for place in ("1_1", "1_0", "0_1", "0_0"))
    assert f".plio_b_tdata_o({{{order}}})" in text
    assert "assign plio_a_1_tkeep = {16{1'b1}};" in text


def test_the_kernel_keeps_its_registers_where_vitis_wants_them() -> None:
    assert core("hgcn_core", device("vck190")).control == "S_AXI_CONTROL"
    ports = module_ports(wrapper_text("hgcn_top", device("kv260")), "hgcn_top_ip")
    assert ports["m_axi_wdata"] == (True, 128)
    assert ports["s_axil_awaddr"] == (False, 9)


def test_unknown_cores_are_refused() -> None:
    with pytest.raises(SpecError, match="core must be one of hgcn_top, hgcn_core, got 'x'"):
        core("x", device("tiny"))
