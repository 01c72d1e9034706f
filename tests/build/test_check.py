# SPDX-License-Identifier: Apache-2.0
"""``make -C hw/build check`` passes as it is, and fails when the RTL or the RDL moves away."""

from __future__ import annotations

import doctest
import importlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hgcn_hw.build import check
from hgcn_hw.build.boards import BOARDS
from hgcn_hw.build.dryrun.words import split_list
from hgcn_hw.build.elaborate import elaborate_target
from hgcn_hw.build.generate import HARDWARE, quote
from hgcn_hw.build.registers import packaged_registers

from hgcn.errors import BackendError
from hgcn.toolchain import find_verilator

MODULES = ["contract", "connectivity", "registers", "generate", "budget", "dryrun.words"]


def failures(hardware: Path) -> list[str]:
    return [
        f"{title}: {problem}"
        for title, problems in check.results(hardware, lint=False)
        for problem in problems or []
    ]


@pytest.fixture
def hardware(tmp_path: Path) -> Path:
    target = tmp_path / "hw"
    shutil.copytree(HARDWARE, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def rename(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_everything_agrees(hardware: Path) -> None:
    assert failures(hardware) == []


def test_a_renamed_port_of_the_rtl_fails(hardware: Path) -> None:
    rename(hardware / "rtl" / "control" / "hgcn_top.sv", "irq_o", "interrupt_o")
    assert any("hgcn_top (kv260) port irq_o: got nothing" in line for line in failures(hardware))


def test_a_moved_register_of_the_rdl_fails(hardware: Path) -> None:
    pytest.importorskip("systemrdl")
    rename(hardware / "regs" / "hgcn.rdl", "} WATCHDOG @ 0x01C;", "} WATCHDOG @ 0x01C8;")
    assert any("RDL register WATCHDOG" in line for line in failures(hardware))


def test_a_missing_source_fails(hardware: Path) -> None:
    (hardware / "rtl" / "common" / "hgcn_fifo.sv").unlink()
    assert any("hgcn_fifo.sv" in line for line in failures(hardware))


def test_without_tcl_the_scripts_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "available", lambda: None)
    skipped = [title for title, problems in check.results(HARDWARE, lint=False) if problems is None]
    assert skipped == ["Tcl scripts: neither Python's Tcl nor tclsh is here"]


def test_make_check_ends_with_what_was_never_run() -> None:
    command = ["make", "-s", "-C", str(HARDWARE / "build"), "check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("0 failed. Not run with AMD's tools: Vivado, Vitis, bootgen.\n")


def test_a_port_that_only_the_wrapper_has_does_not_elaborate(hardware: Path) -> None:
    try:
        tool = find_verilator()
    except BackendError:
        pytest.skip("Verilator is not here")
    rename(hardware / "rtl" / "control" / "hgcn_top.sv", "array_clk_i", "pe_clk_i")
    problems = elaborate_target(BOARDS["kv260"], hardware, tool.binary, tool.root)
    assert any("array_clk_i" in problem for problem in problems)


def test_the_packaged_names_are_identifiers_and_unique() -> None:
    for core in ("hgcn_top", "hgcn_core"):
        names = [register.name for register in packaged_registers(core)]
        assert all(name.isidentifier() for name in names)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "text", ["plain", "two words", "", "a{b", "c}d e", "$x [y]", "q;r", "{s} t"]
)
def test_tcl_words_survive_quoting(text: str) -> None:
    assert split_list(quote(text)) == [text]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(f"hgcn_hw.build.{name}"))
    assert outcome.failed == 0
