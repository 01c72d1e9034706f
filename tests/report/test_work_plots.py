# SPDX-License-Identifier: Apache-2.0
"""Plots of the work draw its numbers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.errors import HgcnError
from hgcn.report.job_times import JobTime, job_times
from hgcn.report.occupancy import occupancy
from hgcn.report.roofline import roofline
from hgcn.report.work_plots import job_bars, occupancy_bars, roof_lines
from tests.samples import random_graph

pyplot = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def program() -> hgcn.Program:
    return hgcn.compile(hgcn.GCN.random([12, 20, 3]), random_graph(nodes=150), device="tiny")


@pytest.fixture(scope="module")
def times(program: hgcn.Program) -> tuple[JobTime, ...]:
    return job_times(program.image, program.device, program.workload)


def test_jobs_are_bars_of_their_cycles(times: tuple[JobTime, ...]) -> None:
    axes: Any = job_bars(times)
    assert [bar.get_width() for bar in axes.patches] == [time.cycles for time in times]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == [time.name for time in times]
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    first = sum(time.cycles for time in times if time.layer == 1)
    assert words[0] == f"layer 1: {first:,}" and len(words) == 2


def test_points_are_those_of_the_roofline(
    times: tuple[JobTime, ...], program: hgcn.Program
) -> None:
    made = roofline(times, program.device)
    axes: Any = roof_lines(made)
    drawn = np.concatenate([each.get_offsets() for each in axes.collections])
    assert drawn.tolist() == [[point.intensity, point.rate] for point in made.points]
    roof, alone = axes.lines
    assert roof.get_ydata()[1:].tolist() == [made.peak, made.peak]
    assert set(alone.get_ydata()) == {made.pl_peak}


def test_shares_are_those_of_the_occupancy(program: hgcn.Program) -> None:
    assert program.mappings is not None
    made = occupancy(program.mappings["adjacency"], program.device)
    axes: Any = occupancy_bars(made)
    drawn = [bar.get_width() for bar in axes.patches]
    assert drawn == [*made.lanes, *made.banks, *made.pe_rows]


@pytest.mark.parametrize("draw", [job_bars, roof_lines, occupancy_bars])
@pytest.mark.parametrize("odd", [None, (), 3, "jobs"])
def test_what_is_something_else_is_refused(draw: Any, odd: object) -> None:
    with pytest.raises(HgcnError, match=f"{draw.__name__} draws .*, got "):
        draw(odd)


def test_without_matplotlib_the_error_says_how_to_get_it(
    times: tuple[JobTime, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(HgcnError, match=r"plots need matplotlib: pip install -e"):
        job_bars(times)
