# SPDX-License-Identifier: Apache-2.0
"""An engine's counter by the page's steps, in a copy of the tree: the rest is generated."""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.extend.steps import RANDOM_MODEL, small_graph
from tests.test_layout import ROOT

pytest.importorskip("peakrdl_regblock")

EDITS = {
    "hgcn/format/numbers.py": ("    WRITE = 6\n", "    WRITE = 6\n    ADDRESS = 7\n"),
    "hw/regs/hgcn.rdl": (
        "ENGINE[7] @ 0x0A0 += 0x10;  // 0 read, 1 load, 2 pl, 3 array, 4 merge, 5 drain, 6 write",
        "ENGINE[8] @ 0x0A0 += 0x10;  // 0 read, 1 load, 2 pl, 3 array, 4 merge, 5 drain, 6 write, "
        "7 address",
    ),
    "hw/rtl/control/hgcn_accelerator.sv": (
        "  always_ff @(posedge clk_i) begin\n    progress_q <=",
        "  assign engine_busy[CntAddress] = read_handshake || write_handshake;\n"
        "  assign engine_stalled[CntAddress] = 1'b0;\n\n"
        "  always_ff @(posedge clk_i) begin\n    progress_q <=",
    ),
}
"""Cycles in which the memory takes or gives something: what there is to count without an engine."""

WRITTEN = ("hgcn/isa/registers.py", "hw/regs/generated/", "hw/rtl/isa/", "hw/generated/", "docs/")
"""Where generated files lie."""

USE = """
from hgcn.format.numbers import COUNTED, Counter
from hgcn.isa.registers import COUNTERS
assert "ENGINE[7].BUSY" in COUNTERS and "ENGINE[7].STALLED" in COUNTERS
assert COUNTED[Counter.ADDRESS] == "address"
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with the counter declared, driven and generated."""
    copy = tmp_path_factory.mktemp("counter")
    for part in ("hgcn", "hw", "sim", "host", "docs"):
        left_out = shutil.ignore_patterns("__pycache__", "*.svg")
        shutil.copytree(ROOT / part, copy / part, ignore=left_out)
        if part not in ("hgcn", "docs"):
            (copy / f"hgcn_{part}").symlink_to(copy / part)
    for name, (old, new) in EDITS.items():
        text = (copy / name).read_text()
        assert text.count(old) == 1, name
        (copy / name).write_text(text.replace(old, new))
    run(copy, "-m", "hgcn_hw.regs.generate")
    run(copy, "-m", "hgcn_hw.generate")
    return copy


def run(copy: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def changed(copy: Path) -> set[str]:
    """Files that differ from the project's, without those that are links or caches."""
    parts = ("hgcn", "hw", "sim", "host", "docs")
    files = [path for part in parts for path in (copy / part).rglob("*") if path.is_file()]
    names = [str(path.relative_to(copy)) for path in files if "__pycache__" not in path.parts]
    return {
        name
        for name in names
        if not (ROOT / name).exists() or not filecmp.cmp(copy / name, ROOT / name, shallow=False)
    }


def test_a_counter_takes_three_files(tree: Path) -> None:
    by_hand = {name for name in changed(tree) if not name.startswith(WRITTEN)}
    print(f"an engine's counter: {len(by_hand)} files by hand: {', '.join(sorted(by_hand))}")
    assert by_hand == set(EDITS)
    run(tree, "-c", USE)


@pytest.mark.rtl
def test_the_hardware_takes_it(tree: Path) -> None:
    assert "hgcn_top on tiny: clean" in run(tree, "-m", "hgcn_sim.checks.lint", "tiny")


@pytest.mark.rtl
@pytest.mark.slow
def test_the_hardware_counts_it_and_the_report_shows_it(tree: Path) -> None:
    graph = str(small_graph(tree))
    told = run(tree, "-m", "hgcn", "run", graph, "--backend", "rtl", *RANDOM_MODEL)
    (line,) = [line.split() for line in told.splitlines() if line.split()[:1] == ["address"]]
    assert int(line[1].replace(",", "")) > 0
