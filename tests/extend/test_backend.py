# SPDX-License-Identifier: Apache-2.0
"""A backend of one's own: the page's file and the metadata an installer makes of its project."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.docs.blocks import blocks_of
from tests.extend.steps import RANDOM_MODEL, count_files, hgcn, install, small_graph
from tests.test_layout import ROOT


def from_the_page() -> tuple[str, str]:
    """Return the class and the entry point that the page shows."""
    blocks = blocks_of(ROOT / "docs" / "extending.md")
    code = next(block.text for block in blocks if "class SteadyBackend" in block.text)
    entry = next(block.text for block in blocks if '"my_package:Steady' in block.text)
    return code.partition("\n\ngraph = ")[0] + "\n", entry


def test_a_backend_takes_one_file(tmp_path: Path) -> None:
    packages, other = tmp_path / "packages", tmp_path / "other"
    packages.mkdir()
    other.mkdir()
    code, entry = from_the_page()
    install(packages, "my_package", code, entry, "hgcn.backends")
    assert count_files(packages, "a backend") == 1

    graph = small_graph(other)
    assert "steady" in hgcn(other, "run", "--help", on_path=packages)
    told = hgcn(other, "doctor", on_path=packages)
    assert re.search(r"steady +ready +emulated, every command takes as long", told)
    words = ("--backend", "steady", "--option", "cycles_a_command=3", "--json", "out.json")
    told = hgcn(other, "run", graph, *words, *RANDOM_MODEL, on_path=packages)
    assert "steady: bit-exact with the reference arithmetic" in told
    assert json.loads((other / "out.json").read_text())["cycles"] == 300
