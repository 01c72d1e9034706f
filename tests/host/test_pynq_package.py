# SPDX-License-Identifier: Apache-2.0
"""What PYNQ finds of an installed hgcn: its driver, its overlays, its notebooks."""

from __future__ import annotations

import subprocess
import sys
import warnings
from importlib import util
from importlib.metadata import entry_points
from pathlib import Path

import hgcn_host
import pytest

from hgcn.isa.identity import CORES

pytestmark = pytest.mark.skipif(util.find_spec("pynq") is None, reason="pynq is not installed")


def test_any_overlay_brings_the_driver() -> None:
    (entry,) = entry_points(group="pynq.lib", name="hgcn")
    module = entry.load()
    from pynq.overlay import _ip_drivers

    assert {_ip_drivers[core] for core in CORES.values()} == {module.HgcnDriver}


def test_overlays_are_found_by_name() -> None:
    assert [entry.name for entry in entry_points(group="pynq.overlays", name="hgcn")] == ["hgcn"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pynqutils.setup_utils import ExtensionsManager

        paths = [Path(path) for path in ExtensionsManager("pynq.overlays").paths]
    assert Path(hgcn_host.__file__).resolve().parent / "overlays" in [p.resolve() for p in paths]


def test_notebooks_are_delivered(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("pynq-get-notebooks")
    if not program.exists():
        pytest.skip("PYNQ's programs are not beside the interpreter")
    command = [str(program), "--ignore-overlays", "--path", str(tmp_path), "hgcn"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    delivered = {path.name for path in (tmp_path / "hgcn").iterdir()}
    assert {"01-first-inference.ipynb", "02-on-the-board.ipynb"} <= delivered
