# SPDX-License-Identifier: Apache-2.0
"""The virtual board's hand-off file says what the block designs build: names, addresses, wires."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hgcn_hw.build.boards import board
from hgcn_hw.build.contract import core
from hgcn_hw.build.dryrun.interpreter import available
from hgcn_hw.build.dryrun.session import Session

from hgcn.isa.identity import CORES, INSTANCE, INTERRUPT

hwh = pytest.importorskip("hgcn_sim.board.hwh")
pytestmark = pytest.mark.skipif(available() is None, reason="no Tcl is here")

TARGETS = [("kv260", ""), ("vck190-pynq", "noc_pl")]


@pytest.mark.parametrize(("target", "generation"), TARGETS)
def test_the_virtual_hand_off_matches_the_block_design(
    tmp_path: Path, target: str, generation: str
) -> None:
    goal = board(target)
    built = Session(goal, tmp_path).build(generation)
    assert built.project is not None and built.project.design is not None
    design = built.project.design
    root = ElementTree.fromstring(hwh.handoff(goal.device))

    modules = {module.attrib["INSTANCE"]: module for module in root.iter("MODULE")}
    for name, module in modules.items():
        real, virtual = design.cells[name].vlnv.split(":"), module.attrib["VLNV"].split(":")
        assert real[:3] == virtual[:3]
    ranges = {
        f"{item.attrib['INSTANCE']}/{item.attrib['SLAVEBUSINTERFACE']}".lower(): (
            int(item.attrib["BASEVALUE"], 0),
            int(item.attrib["HIGHVALUE"], 0),
        )
        for item in root.iter("MEMRANGE")
    }
    assert ranges == {
        item.segment.rpartition("/")[0].lower(): (item.offset, item.offset + item.size - 1)
        for item in design.assignments
        if item.segment.split("/")[0] in (INSTANCE, "axi_intc_0")
    }
    assert design.drivers["axi_intc_0/intr"] == f"{INSTANCE}/{INTERRUPT}"


@pytest.mark.parametrize("target", ["kv260"])
def test_the_virtual_registers_match_the_packaged_core(tmp_path: Path, target: str) -> None:
    goal = board(target)
    (package,) = Session(goal, tmp_path).build().packages
    assert package.vlnv == CORES["hgcn_top"] == core("hgcn_top", goal.device).vlnv
    root = ElementTree.fromstring(hwh.handoff(goal.device))

    def properties(node: ElementTree.Element) -> dict[str, str]:
        return {item.attrib["NAME"]: item.attrib["VALUE"] for item in node.findall("PROPERTY")}

    virtual = {
        register.attrib["NAME"]: (
            int(properties(register)["ADDRESS_OFFSET"], 0),
            {
                field.attrib["NAME"]: (properties(field)["BIT_OFFSET"], properties(field)["ACCESS"])
                for field in register.iter("FIELD")
            },
        )
        for register in root.iter("REGISTER")
    }
    assert virtual == {
        register.name: (
            register.offset,
            {field.name: (str(field.low), field.access) for field in register.fields},
        )
        for register in package.registers()
    }
