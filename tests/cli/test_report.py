# SPDX-License-Identifier: Apache-2.0
"""`hgcn report`: a page of a graph, of a program, of a run that is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hgcn
from hgcn.execution import emulate
from hgcn.execution.backend import Execution

Run = Callable[..., Any]


def test_a_graph_becomes_a_page(hgcn_command: Run, graph_file: Path) -> None:
    words = ("report", graph_file, "--random-weights", 1, "-o", "page.html")
    done = hgcn_command(*words)
    page = Path("page.html").read_text(encoding="utf-8")
    assert done.status == 0 and done.out == f"wrote page.html, {len(page.encode()):,} bytes\n"
    assert page.startswith("<!DOCTYPE html>") and "adjacency, before ordering" in page
    assert "--random-weights 1 -o page.html" in page
    assert f'version of hgcn</th><td class="words">{hgcn.__version__}' in page
    hgcn_command(*words)
    assert Path("page.html").read_text(encoding="utf-8") == page


def test_a_program_becomes_a_page(hgcn_command: Run, graph_file: Path) -> None:
    hgcn_command("compile", graph_file, "--random-weights", 1, "--output", "p.hgcn")
    done = hgcn_command("report", "p.hgcn", "--quiet")
    page = Path("report.html").read_text(encoding="utf-8")
    assert done.status == 0 and done.out == ""
    assert "Roofline, modelled" in page and "before ordering" not in page
    done = hgcn_command("report", "p.hgcn", "--policy", "pl-only")
    assert done.error == "p.hgcn is compiled already: leave out --policy, or run its graph"


def test_a_run_that_is_over_becomes_a_page(hgcn_command: Run, graph_file: Path) -> None:
    hgcn_command("run", graph_file, "--random-weights", 1, "--json", "a.json", "--quiet")
    assert hgcn_command("report", "a.json", "-o", "a.html").status == 0
    page = Path("a.html").read_text(encoding="utf-8")
    assert "Engines, modelled" in page and "Time line" not in page
    done = hgcn_command("report", "a.json", "--device", "tiny", "--baseline")
    assert done.error == (
        "a.json is of a run that is over: leave out --device, --baseline, or report on its graph"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "is no JSON"), ("[]", "it must be an object"), ("{}", "it lacks device")],
)
def test_what_is_no_run_is_refused(hgcn_command: Run, content: str, words: str) -> None:
    Path("a.json").write_text(content)
    error = hgcn_command("report", "a.json").error
    assert error.startswith("a.json is no ") and words in error
    assert not Path("report.html").exists()


def test_a_page_that_cannot_be_written_is_refused_before_the_work(
    hgcn_command: Run, graph_file: Path
) -> None:
    done = hgcn_command("report", graph_file, "--random-weights", 1, "-o", "gone/page.html")
    assert done.error == "cannot write gone/page.html: there is no folder gone"


def test_a_wrong_bit_is_told_and_shown(
    hgcn_command: Run, graph_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = emulate.EmulateBackend.run

    def wrong(self: Any, *arguments: Any) -> Execution:
        done = right(self, *arguments)
        return replace(done, output=bytes([done.output[0] ^ 1]) + done.output[1:])

    monkeypatch.setattr(emulate.EmulateBackend, "run", wrong)
    done = hgcn_command("report", graph_file, "--random-weights", 1, "--quiet")
    assert done.error == "emulate differs from the reference arithmetic"
    assert "NOT equal to the reference arithmetic" in Path("report.html").read_text()
