# SPDX-License-Identifier: Apache-2.0
"""Every path that comes from an environment variable has its ``~`` expanded."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hgcn_sim.board.settings import BoardSettings
from hgcn_sim.builds.locate import cache_root

from hgcn.datasets.folders import cache_folder, data_folders
from hgcn.environment import path_variable
from hgcn.errors import SpecError

ROOT = Path(__file__).parents[1]

NO_PATHS = {
    "CXXFLAGS": "options, part of a build's key",
    "ENVIRONMENT": "the virtual board: a device and settings, each read for itself",
    "VIRTUAL_BOARD": "the same variable, read by the host",
    "self._board.VIRTUAL_BOARD": "the same",
    "name": "path_variable itself",
    "VARIABLE": "a number of MiB",
    "HGCN_JOB": "written by the parent of the simulator",
    "HGCN_DRAM_LIBRARY": "written by the parent of the simulator",
    "HGCN_PARAMETERS": "JSON",
    "XILINX_XRT": "shown, not opened",
}
"""Variables read without `path_variable`, each with the reason."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_tilde_is_the_home_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HGCN_X", "~/x")
    assert path_variable("HGCN_X") == home / "x"
    monkeypatch.setenv("HGCN_X", "x/~")
    assert path_variable("HGCN_X") == Path("x/~")
    monkeypatch.setenv("HGCN_X", " ")
    assert path_variable("HGCN_X") is None
    monkeypatch.delenv("HGCN_X")
    assert path_variable("HGCN_X") is None


def test_the_home_of_nobody_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HGCN_X", "~no-such-user/x")
    with pytest.raises(SpecError, match="HGCN_X must be a path, got '~no-such-user/x'"):
        path_variable("HGCN_X")


def test_every_folder_of_the_project_expands_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HGCN_BUILD", "HGCN_CACHE", "HGCN_DATA"):
        monkeypatch.setenv(name, f"~/{name}")
    assert cache_root() == home.resolve() / "HGCN_BUILD"
    assert cache_folder() == home / "HGCN_CACHE"
    assert data_folders(None) == [home / "HGCN_DATA"]
    monkeypatch.delenv("HGCN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "~/xdg")
    assert cache_folder() == home / "xdg" / "hgcn"
    assert BoardSettings.parse("tiny,waves=~/run.vcd").waves == home / "run.vcd"


def test_no_other_way_of_reading_a_path_is_used() -> None:
    read = set()
    for folder in ("hgcn", "sim", "host"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                read |= {(name, path.name) for name in _read_directly(node)}
    allowed = set(NO_PATHS)
    assert {(name, file) for name, file in read if name not in allowed} == set()


def _read_directly(node: ast.AST) -> set[str]:
    """Names of the variables that ``node`` reads from ``os.environ``."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
        return {_name(node.slice)}
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.environ.get", "os.getenv"):
        return {_name(node.args[0])}
    return set()


def _name(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
