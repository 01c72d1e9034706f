# SPDX-License-Identifier: Apache-2.0
"""Pictures of time hold the model's numbers."""

from __future__ import annotations

import pytest

from hgcn.report.job_times import job_times
from hgcn.report.page.subject import Subject
from hgcn.report.page.times import MOST_STEPS, engines, jobs, timeline
from hgcn.report.schedule import Step, schedule
from tests.report.page.reader import read


def test_the_time_line_has_every_command(subject: Subject) -> None:
    built = subject.program
    assert built is not None
    steps = schedule(built.image, built.device)
    root = read(timeline(steps, subject.run["cycles_estimate"], name="t"))
    assert len(root.all("rect")) == len(steps)
    rows = root.all("table")[0].cells()[1:]
    assert [row[:3] for row in rows] == [
        [str(step.command), step.engine, f"{step.begin:,}"] for step in steps
    ]


def test_many_commands_are_drawn_together() -> None:
    steps = [
        Step(engine="spmm", command=number, begin=2 * number, until=2 * number + 2)
        for number in range(5000)
    ]
    root = read(timeline(steps, 10_000, name="t"))
    bars = root.all("rect")
    assert MOST_STEPS / 2 <= len(bars) <= MOST_STEPS
    assert sum(float(bar.attributes["width"]) for bar in bars) == pytest.approx(256, rel=0.05)
    made = root.all("table")[0]
    assert len(made.cells()) == MOST_STEPS + 1
    assert made.all("caption")[0].text == f"Commands, modelled: the first {MOST_STEPS} of 5,000"


def test_engines_are_shares_with_their_kind() -> None:
    made = engines({"pl": 60, "drain": 30}, {"pl": 20, "drain": 0}, 100, "simulated", name="e")
    root = read(made)
    assert root.all("table")[0].cells()[1:] == [
        ["pl", "60", "20", "60.0%"],
        ["drain", "30", "0", "30.0%"],
    ]
    assert "simulated" in root.all("title")[0].text
    assert [item.text for item in root.all("li")] == ["busy", "stalled"]


def test_a_model_that_knows_no_stalls_shows_none() -> None:
    root = read(engines({"pl": 60}, {}, 100, "modelled", name="e"))
    assert root.all("table")[0].cells()[1] == ["pl", "60", "–", "60.0%"]
    assert [item.text for item in root.all("li")] == ["busy"]


def test_jobs_and_layers_sum_to_the_whole(subject: Subject) -> None:
    built = subject.program
    assert built is not None
    times = job_times(built.image, built.device, built.workload)
    layers, each = read(jobs(times, built.device, layers=2, name="j")).all("table")
    cycles = [int(row[1].replace(",", "")) for row in layers.cells()[1:]]
    assert sum(cycles) == subject.run["cycles_estimate"] and len(cycles) == 2
    assert [row[3] for row in each.cells()[1:]] == [f"{time.cycles:,}" for time in times]


def test_layers_that_cannot_be_told_are_not_shown(subject: Subject) -> None:
    built = subject.program
    assert built is not None
    times = job_times(built.image, built.device, built.workload)
    for layers in (3, None):
        (each,) = read(jobs(times, built.device, layers=layers, name="j")).all("table")
        assert {row[1] for row in each.cells()[1:]} == {"–"}
