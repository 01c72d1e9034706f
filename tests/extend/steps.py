# SPDX-License-Identifier: Apache-2.0
"""A folder of one's own outside the project, and the command line run in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hgcn.graph import save_npz
from tests.samples import random_graph
from tests.test_layout import ROOT

RANDOM_MODEL = ("--random-weights", "0", "--hidden", "12")


def hgcn(folder: Path, *words: object, on_path: Path | None = None) -> str:
    """Run ``hgcn`` in a folder, with another folder of packages; return what it printed.

    Raises
    ------
    AssertionError
        With its words, if it fails.
    """
    path = [str(ROOT), *([] if on_path is None else [str(on_path)])]
    done = subprocess.run(
        [sys.executable, "-m", "hgcn", *map(str, words)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def small_graph(folder: Path) -> Path:
    """Save a graph of 60 nodes."""
    graph = random_graph(7, nodes=60, features=16, classes=4)
    return save_npz(graph, folder / "small.npz")


def write_device(folder: Path) -> Path:
    """Make the device file that both simulators are built for: no size is that of a preset."""
    hgcn(folder, "devices", "new", "tiny", "-o", "my.toml")
    file = folder / "my.toml"
    text = file.read_text()
    for old, new in (
        ("lanes = 4", "lanes = 2"),
        ("slots = 256", "slots = 32"),
        ("window_rows = 512", "window_rows = 32"),
        ("store_rows = 4096", "store_rows = 64"),
        ("gather_rows = 4", "gather_rows = 2"),
        ("sta_rows = 2", "sta_rows = 1"),
        ("sta_cols = 2", "sta_cols = 1"),
    ):
        assert f"\n{old}  #" in text
        text = text.replace(f"\n{old}  #", f"\n{new}  #")
    file.write_text(text)
    return file


def count_files(folder: Path, what: str, *not_counted: Path) -> int:
    """Return how many files lie in a folder, and print it: what was written by hand."""
    found = [path for path in folder.rglob("*") if path.is_file() and path not in not_counted]
    found = [path for path in found if "__pycache__" not in path.parts]
    print(f"{what}: {len(found)} file(s) by hand: {', '.join(path.name for path in found)}")
    return len(found)
