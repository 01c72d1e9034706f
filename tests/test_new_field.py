# SPDX-License-Identifier: Apache-2.0
"""A field of a command is added in one place: docs/instruction-set.md, followed in a copy."""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hgcn.emit.tables import PAGES

ROOT = Path(__file__).parents[1]
GENERATED = {
    *PAGES,
    "hgcn/isa/records.py",
    "hw/rtl/isa/hgcn_isa_pkg.sv",
    "hw/aie/kernels/plio_header.h",
}
MOST_FILES = 3

EDITS = {
    "hgcn/format/commands.py": (
        'flag("tiled", 0, 23, "tiled memory layout", told=("drain",)),',
        'flag("tiled", 0, 23, "tiled memory layout", told=("drain",)),\n'
        '    flag("keep", 0, 24, "ReLU is off after all", told=("drain",), optional=True),',
    ),
    "hw/rtl/engine/hgcn_drain.sv": (
        "relu_q        <= cmd_i.relu;",
        "relu_q        <= cmd_i.relu && !cmd_i.keep;",
    ),
    "hgcn/execution/machine.py": (
        "relu=command.relu,",
        "relu=command.relu and not command.keep,",
    ),
}

USE = """
from hgcn.isa.command_codec import decode_command, encode_command
from hgcn.isa.disasm import command_text
from tests.isa.handmade import DRAIN, handmade
from dataclasses import replace

plain = handmade().commands[DRAIN]
kept = replace(plain, keep=True)
record = encode_command(kept)
assert record[0] ^ encode_command(plain)[0] == 1 << 24
assert decode_command(record, 0) == kept and plain.keep is False
assert "keep" in command_text(kept) and "keep" not in command_text(plain)
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the field declared, used and generated."""
    copy = tmp_path_factory.mktemp("field")
    for part in ("hgcn", "hw", "sim", "docs", "tests/isa"):
        left_out = shutil.ignore_patterns("__pycache__", "*.svg", "*.npz", "*.safetensors")
        shutil.copytree(ROOT / part, copy / part, ignore=left_out)
    for name in ("tests/__init__.py", "tests/samples.py"):
        shutil.copy(ROOT / name, copy / name)
    (copy / "hgcn_hw").symlink_to(copy / "hw")
    (copy / "hgcn_sim").symlink_to(copy / "sim")
    for name, (old, new) in EDITS.items():
        text = (copy / name).read_text()
        assert text.count(old) == 1, name
        (copy / name).write_text(text.replace(old, new))
    run(copy, "-m", "hgcn_hw.generate")
    return copy


def run(copy: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def changed(copy: Path) -> set[str]:
    files = (path for path in copy.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    names = {str(path.relative_to(copy)) for path in files}
    return {
        name
        for name in names
        if not name.startswith(("hgcn_hw/", "hgcn_sim/"))
        if not (ROOT / name).exists() or not filecmp.cmp(copy / name, ROOT / name, shallow=False)
    }


def test_few_files_are_written_by_hand_and_the_rest_follows(tree: Path) -> None:
    by_hand = changed(tree) - GENERATED
    print(f"files written by hand for a command field: {len(by_hand)}")
    assert by_hand == set(EDITS) and len(by_hand) <= MOST_FILES
    assert changed(tree) & GENERATED == {
        "docs/program-format.md",
        "hgcn/isa/records.py",
        "hw/rtl/isa/hgcn_isa_pkg.sv",
    }


def test_codec_disassembler_and_page_know_the_field(tree: Path) -> None:
    run(tree, "-c", USE)
    assert "| 0 | 24 | `keep` | flag | ReLU is off after all |" in (
        tree / "docs" / "program-format.md"
    ).read_text(encoding="utf-8")


@pytest.mark.rtl
def test_the_hardware_takes_it(tree: Path) -> None:
    assert "hgcn_top on tiny: clean" in run(tree, "-m", "hgcn_sim.checks.lint", "tiny")
