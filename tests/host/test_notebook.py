# SPDX-License-Identifier: Apache-2.0
"""The notebook for the board runs on the virtual board as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import util
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "02-on-the-board.ipynb"
NEEDS = ("pynq", "nbmake", "ipykernel", "matplotlib")


@pytest.mark.rtl
@pytest.mark.skipif(
    any(util.find_spec(name) is None for name in NEEDS), reason=f"needs {', '.join(NEEDS)}"
)
def test_the_notebook_runs_unchanged_on_the_virtual_board() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--nbmake", "--nbmake-timeout=900"]
    done = subprocess.run(
        [*command, "-o", "addopts=", str(NOTEBOOK)],
        env={**os.environ, "HGCN_VIRTUAL_BOARD": "tiny"},
        cwd=NOTEBOOK.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
