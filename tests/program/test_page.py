# SPDX-License-Identifier: Apache-2.0
"""A program's run as a report, and the report as a page."""

from __future__ import annotations

from pathlib import Path

import pytest

import hgcn
from hgcn.errors import BackendError
from hgcn.program.page import run_report, write_page
from tests.samples import random_graph

GRAPH, MODEL = random_graph(nodes=60, name="roads"), hgcn.GCN.random([12, 9, 3])


@pytest.fixture(scope="module")
def program() -> hgcn.Program:
    return hgcn.compile(MODEL, GRAPH, device="tiny")


def test_without_the_model_there_is_no_error_of_layers(program: hgcn.Program) -> None:
    result = program.run()
    alone = run_report(program, result, seconds={})
    whole = run_report(program, result, seconds={}, model=MODEL, graph=GRAPH)
    assert alone["layer_errors"] == [] and alone["accuracy"] is None
    assert [error["layer"] for error in whole["layer_errors"]] == [1, 2]
    different = {key for key in whole if whole[key] != alone[key]}
    assert different <= {"layer_errors", "accuracy"}


def test_a_page_is_of_the_program_at_hand(program: hgcn.Program, tmp_path: Path) -> None:
    run = run_report(program, program.run(), seconds={"load": 1.0})
    whole, alone = (
        write_page(tmp_path / name, run, program=each, command="as it was")
        for name, each in (("whole.html", program), ("alone.html", None))
    )
    assert "adjacency, before ordering" in whole.read_text()
    assert "adjacency, before ordering" not in alone.read_text()
    assert f'version of hgcn</th><td class="words">{hgcn.__version__}' in alone.read_text()


def test_a_page_that_cannot_be_written_is_named(program: hgcn.Program, tmp_path: Path) -> None:
    run = run_report(program, program.run(), seconds={})
    with pytest.raises(BackendError, match=r"cannot write .*gone/page\.html"):
        write_page(tmp_path / "gone" / "page.html", run, program=None, command="")
