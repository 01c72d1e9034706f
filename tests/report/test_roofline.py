# SPDX-License-Identifier: Apache-2.0
"""The roofs are the device's, the points the program's."""

from __future__ import annotations

import pytest

import hgcn
from hgcn.report.job_times import job_times
from hgcn.report.roofline import Roofline, roofline
from tests.samples import random_graph


@pytest.fixture(scope="module")
def program() -> hgcn.Program:
    return hgcn.compile(hgcn.GCN.random([12, 20, 3]), random_graph(nodes=150), device="tiny")


def made_of(program: hgcn.Program) -> Roofline:
    times = job_times(program.image, program.device, program.workload)
    return roofline(times, program.device)


def test_roofs_are_those_of_the_device(program: hgcn.Program) -> None:
    made, device = made_of(program), program.device
    assert made.pl_peak == device.lanes * device.features < made.peak
    assert made.roof(1e9) == made.peak == device.macs_per_pl_cycle
    assert made.roof(0.5) == 0.5 * made.bytes_per_cycle == 0.5 * device.dram_bytes_per_cycle


def test_points_are_the_jobs_and_the_whole(program: hgcn.Program) -> None:
    made, estimate = made_of(program), program.estimate()
    work = program.workload
    macs = sum(
        (150 * job.depth if job.left is None else work.operands[job.left].nonzeros) * job.columns
        for job in work.jobs
    )
    whole = made.points[-1]
    assert len(made.points) == len(work.jobs) + 1 and whole.name == "whole program"
    assert whole.rate == macs / estimate.cycles
    moved = estimate.bytes_read + estimate.bytes_written
    assert whole.intensity == pytest.approx(macs / moved, rel=0.05)


def test_the_whole_program_is_below_the_roof(program: hgcn.Program) -> None:
    made = made_of(program)
    assert all(0 < point.rate <= made.peak for point in made.points)
    assert made.points[-1].rate <= made.roof(made.points[-1].intensity)
