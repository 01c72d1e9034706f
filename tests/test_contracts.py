# SPDX-License-Identifier: Apache-2.0
"""The import contracts of pyproject.toml hold, and each breaks at an import against it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("importlinter")
ROOT = Path(__file__).parents[1]
FOLDERS = {"hgcn": "hgcn", "hgcn_host": "host", "hgcn_hw": "hw", "hgcn_sim": "sim"}

BREAKS = {
    "a step that imports a later one": ("hgcn/graph/csr.py", "import hgcn.report.text"),
    "the toolkit imports cocotb": ("hgcn/graph/csr.py", "import cocotb"),
    "the toolkit imports the board": ("hgcn/report/text.py", "import hgcn_host.board"),
    "the host imports the simulation": ("hgcn_host/registers.py", "import hgcn_sim.board.model"),
    "the simulation imports a build": (
        "hgcn_sim/builds/cache.py",
        "import hgcn_hw.build.boards",
    ),
    "builds import runs": ("hgcn_sim/builds/cache.py", "import hgcn_sim.runs.runner"),
    "a circle in the virtual board": ("hgcn_sim/board/model.py", "import hgcn_sim.board.build"),
    "a circle in the host": ("hgcn_host/virtual.py", "import hgcn_host.board"),
    "a circle in the board builds": ("hgcn_hw/build/boards.py", "import hgcn_hw.build.generate"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package, name in FOLDERS.items():
        for source in (ROOT / name).rglob("*.py"):
            target = folder / package / source.relative_to(ROOT / name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return folder


def test_every_contract_is_kept(tree: Path) -> None:
    done = lint(tree)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("what", BREAKS)
def test_an_import_against_a_contract_breaks_it(tree: Path, what: str) -> None:
    name, line = BREAKS[what]
    file = tree / name
    text = file.read_text()
    file.write_text(f"{text}\n{line}\n")
    try:
        done = lint(tree)
    finally:
        file.write_text(text)
    assert done.returncode == 1 and " 0 broken" not in done.stdout, done.stdout
