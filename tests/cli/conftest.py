# SPDX-License-Identifier: Apache-2.0
"""The command line in this process, as a shell would see it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hgcn.cli import main
from hgcn.graph import save_npz
from tests.samples import random_graph


@dataclass(frozen=True)
class Outcome:
    status: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The one line of a deliberate error."""
        assert self.status == 1 and self.out == ""
        assert self.err.startswith("error: ") and self.err.count("\n") == 1
        return self.err.removeprefix("error: ").rstrip("\n")


Run = Callable[..., Outcome]


@pytest.fixture
def hgcn_command(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    """Return a caller of ``hgcn`` with arguments, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    # Width of the terminal that Rich and Typer fold text to.
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*words: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["hgcn", *map(str, words)])
        status = 0
        try:
            main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        out, err = capfd.readouterr()
        return Outcome(status, out, err)

    return run


@pytest.fixture
def graph_file(tmp_path: Path) -> Path:
    """A small graph with features and labels."""
    return save_npz(random_graph(nodes=40), tmp_path / "random.npz")


@pytest.fixture
def edge_list(tmp_path: Path) -> Path:
    """A small graph with neither features nor labels."""
    file = tmp_path / "ring.txt"
    file.write_text("".join(f"{node} {(node + 1) % 20}\n" for node in range(20)))
    return file
