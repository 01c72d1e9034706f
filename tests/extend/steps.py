# SPDX-License-Identifier: Apache-2.0
"""A folder of one's own outside the project, and the command line run in it."""

from __future__ import annotations

import os
import re
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
        ("tile_rows = 512", "tile_rows = 32"),
        ("store_rows = 4096", "store_rows = 64"),
        ("gather_rows = 4", "gather_rows = 2"),
        ("array_rows = 2", "array_rows = 1"),
        ("array_cols = 2", "array_cols = 1"),
    ):
        assert f"\n{old}  #" in text
        text = text.replace(f"\n{old}  #", f"\n{new}  #")
    file.write_text(text)
    return file


def count_files(folder: Path, what: str, *not_counted: Path) -> int:
    """Return how many files lie in a folder, and print it: what was written by hand."""
    found = [path for path in folder.rglob("*") if path.is_file() and path not in not_counted]
    # Nobody writes caches, or what an installer makes of a pyproject.toml.
    made = ("__pycache__", ".dist-info")
    found = [path for path in found if not path.parent.name.endswith(made)]
    print(f"{what}: {len(found)} file(s) by hand: {', '.join(path.name for path in found)}")
    return len(found)


def install(folder: Path, module: str, code: str, entry: str, group: str) -> None:
    """Put a page's module there with what an installer makes of its entry points.

    Parameters
    ----------
    folder : Path
    module : str
        Name of the module and of its package.
    code : str
        The module's text.
    entry : str
        The page's lines of pyproject.toml.
    group : str
        Of the entry point.
    """
    (folder / f"{module}.py").write_text(code)
    name, value = re.findall(r'^(\w+) = "(.*)"$', entry, re.MULTILINE)[0]
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {value}\n")
