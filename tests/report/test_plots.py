# SPDX-License-Identifier: Apache-2.0
"""Plots draw what the artefacts hold."""

from __future__ import annotations

import sys

import pytest

import hgcn
from hgcn.errors import HgcnError
from hgcn.execution.backend import Execution
from hgcn.report.plots import engine_bars, spy
from tests.samples import random_graph

pyplot = pytest.importorskip("matplotlib.pyplot")
ENGINES = {"pl": {"busy": 60, "stalled": 20}, "array": {"busy": 30, "stalled": 0}}


@pytest.fixture(autouse=True)
def headless(monkeypatch: pytest.MonkeyPatch) -> None:
    pyplot.switch_backend("Agg")


def test_every_nonzero_is_a_point_of_its_part() -> None:
    program = hgcn.compile(hgcn.GCN.random([12, 3]), random_graph(), device="tiny")
    assert program.splits is not None
    split = program.splits["adjacency"]
    axes = spy(split)
    assert sum(len(points.get_offsets()) for points in axes.collections) == split.operand.nnz
    pyplot.close("all")


def test_a_large_operand_is_thinned_evenly() -> None:
    program = hgcn.compile(hgcn.GCN.random([12, 3]), random_graph(), device="tiny")
    assert program.splits is not None
    axes = spy(program.splits["features"], most=10)
    assert 0 < sum(len(points.get_offsets()) for points in axes.collections) <= 10
    pyplot.close("all")


def test_bars_are_shares_of_the_cycles() -> None:
    axes = engine_bars(ENGINES, 100)
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([0.6, 0.3, 0.2, 0.0])
    pyplot.close("all")


def test_bars_take_an_estimate() -> None:
    modelled = hgcn.compile(hgcn.GCN.random([12, 3]), random_graph(), device="tiny").estimate()
    axes = engine_bars(modelled)
    shares = [busy / modelled.cycles for busy in modelled.engines.values()]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(shares)
    assert [label.get_text() for label in axes.get_yticklabels()] == list(modelled.engines)
    pyplot.close("all")


def test_bars_take_a_run_with_its_cycles() -> None:
    execution = Execution(output=b"", bytes_read=0, bytes_written=0, cycles=100, engines=ENGINES)
    axes = engine_bars(execution)
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([0.6, 0.3, 0.2, 0.0])
    pyplot.close("all")


def test_what_has_no_cycles_is_refused_in_words() -> None:
    program = hgcn.compile(hgcn.GCN.random([12, 3]), random_graph(), device="tiny")
    for run in (program.run("emulate"), ENGINES):
        with pytest.raises(HgcnError, match="engine_bars needs a run that counts cycles"):
            engine_bars(run)
    with pytest.raises(HgcnError, match=r"draws an Estimate, .* or its engines, got <Program"):
        engine_bars(program)  # type: ignore[arg-type]


def test_without_matplotlib_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(HgcnError, match=r"plots need matplotlib: pip install -e '\.\[explore\]'"):
        engine_bars(ENGINES, 100)
