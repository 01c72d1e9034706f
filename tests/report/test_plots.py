# SPDX-License-Identifier: Apache-2.0
"""Plots draw what the artefacts hold."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import hgcn
from hgcn.errors import HgcnError
from hgcn.execution.backend import Execution
from hgcn.report.plots import engine_bars, schedule_bars, segment_bars, spy
from hgcn.report.schedule import schedule
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


def test_the_order_of_the_graph_is_drawn_where_it_is_asked_for() -> None:
    program = hgcn.compile(hgcn.GCN.random([12, 3]), random_graph(), device="tiny")
    assert program.splits is not None
    axes = spy(program.splits["adjacency"], rows=program.rows)
    drawn = {tuple(map(int, at)) for points in axes.collections for at in points.get_offsets()}
    graph = random_graph().adjacency
    edges = set(zip(graph.indices.tolist(), graph.row_ids().tolist(), strict=True))
    # The diagonal is the self-loops'.
    assert {(col, row) for col, row in drawn if col != row} == {e for e in edges if e[0] != e[1]}
    wrong = [("adjacency", odd) for odd in (program.rows[:5], "x", [0], np.array("x"), np.ones(3))]
    for name, rows in [("features", program.rows), *wrong]:
        with pytest.raises(HgcnError, match=r"rows must be program\.rows"):
            spy(program.splits[name], rows=rows)
    pyplot.close("all")


def test_bars_are_as_high_as_there_are_segments() -> None:
    program = hgcn.compile(hgcn.GCN.random([12, 3]), random_graph(), policy="threshold:2")
    assert program.splits is not None
    split = program.splits["adjacency"]
    axes = segment_bars(split)
    segments = sum(part["columns"] for part in split.counts().values())
    assert sum(bar.get_height() for bar in axes.patches[: 3 * split.grid.block_rows]) == segments
    assert "threshold: 2" in [text.get_text() for text in axes.get_legend().get_texts()]
    pyplot.close("all")
    with pytest.raises(HgcnError, match="segment_bars draws a Split, got 'x'"):
        segment_bars("x")


def test_a_schedule_has_a_bar_for_each_command() -> None:
    program = hgcn.compile(hgcn.GCN.random([12, 3]), random_graph(), device="tiny")
    steps = schedule(program.image, program.device)
    axes = schedule_bars(steps)
    assert sum(len(bars.get_paths()) for bars in axes.collections) == len(steps)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["load", "spmm", "drain"]
    pyplot.close("all")
    for odd in (None, [], "x", [3]):
        with pytest.raises(HgcnError, match="schedule_bars draws schedule"):
            schedule_bars(odd)


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
