# SPDX-License-Identifier: Apache-2.0
"""The time of jobs: together that of the program, each its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

import hgcn
from hgcn.arch.presets import device
from hgcn.errors import ProgramError
from hgcn.format.numbers import RECORD_BYTES
from hgcn.lowering.chains import turns
from hgcn.model.quantise import quantise
from hgcn.report.job_times import _turns, job_times
from tests.samples import DEVICES, random_graph

TINY = device("tiny")


@pytest.fixture(scope="module")
def program() -> hgcn.Program:
    return hgcn.compile(hgcn.GCN.random([12, 40, 3]), random_graph(nodes=150), device="tiny")


@pytest.mark.parametrize("name", ["tiny", "tiles", "tall"])
@pytest.mark.parametrize("features", ["program", "input"])
def test_jobs_together_are_the_program(name: str, features: str) -> None:
    made = hgcn.compile(
        hgcn.GCN.random([12, 40, 3]),
        random_graph(nodes=150),
        device=DEVICES.get(name, TINY),
        features=features,
    )
    times, whole = job_times(made.image, made.device, made.workload), made.estimate()
    assert sum(time.cycles for time in times) == whole.cycles
    assert sum(time.bytes_read for time in times) + 2 * RECORD_BYTES == whole.bytes_read
    assert sum(time.bytes_written for time in times) == whole.bytes_written
    assert all(time.cycles > 0 for time in times)


def test_jobs_are_those_of_the_workload(program: hgcn.Program) -> None:
    times = job_times(program.image, program.device, program.workload)
    assert [time.left for time in times] == ["features", "adjacency", "rows", "adjacency"]
    assert [time.layer for time in times] == [1, 1, 2, 2]
    assert [time.columns for time in times] == [40, 40, 3, 3]
    nonzeros = program.workload.operands["features"].nonzeros
    assert times[0].macs == 40 * nonzeros and times[2].macs == 150 * 40 * 3
    assert times[2].name == "job 3: rows x 3 columns"


@pytest.mark.parametrize("widths", [[12, 3], [12, 16, 3], [12, 33, 20, 7]])
def test_feature_tiles_take_turns_as_they_were_lowered(widths: list[int]) -> None:
    graph, model = random_graph(nodes=80), hgcn.GCN.random(widths)
    jobs = quantise(model, graph).jobs
    names = [job.name for job in jobs]
    wanted = [names.index(job.name) for job in turns(jobs, TINY.features)]
    made = hgcn.compile(model, graph, device=TINY)
    assert list(_turns(made.workload.jobs, TINY.features)) == wanted


def test_a_workload_of_another_program_is_refused(program: hgcn.Program) -> None:
    other = replace(program.workload, jobs=program.workload.jobs[2:])
    with pytest.raises(ProgramError, match="has 12 feature tiles, its workload 2"):
        job_times(program.image, program.device, other)
