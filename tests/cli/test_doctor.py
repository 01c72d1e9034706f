# SPDX-License-Identifier: Apache-2.0
"""`hgcn doctor`: always succeeds, names what is missing and how to get it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hgcn.cli import doctor
from hgcn.graph import save_npz
from tests.samples import random_graph

Run = Callable[..., Any]


def row(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(name))


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HGCN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HGCN_DATA", raising=False)


def test_tools_backends_and_data_are_listed(hgcn_command: Run) -> None:
    done = hgcn_command("doctor")
    assert done.status == 0
    for name in ("python", "numpy", "scipy", "numba", "torch", "pynq", "matplotlib", "cocotb"):
        assert row(done.out, name)
    for name in ("verilator", "C++ compiler", "make", "perl"):
        assert row(done.out, name)
    assert "ready" in row(done.out, "emulate") and "inside the package" in row(done.out, "digits")
    assert "not here: downloaded when first used" in row(done.out, "cora")
    assert "put debian_bookworm.npz into the folder" in row(done.out, "debian_bookworm")


def test_what_is_missing_comes_with_how_to_get_it(
    hgcn_command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_version", lambda package: None)
    monkeypatch.setattr(doctor, "_program_version", lambda name: None)
    done = hgcn_command("doctor")
    assert done.status == 0
    assert "missing" in row(done.out, "torch") and ".[train]" in row(done.out, "torch")
    assert "missing" in row(done.out, "perl") and "apt install perl" in row(done.out, "perl")


def test_a_local_copy_is_found(
    hgcn_command: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HGCN_DATA", str(tmp_path))
    file = save_npz(random_graph(), tmp_path / "tolokers.npz")
    assert str(file) in row(hgcn_command("doctor").out, "tolokers")


def test_a_program_without_a_version_is_present(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "quiet"
    script.write_text("#!/bin/sh\nexit 0\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor._program_version("quiet") == "present"
    assert doctor._program_version("none") is None
