# SPDX-License-Identifier: Apache-2.0
"""The time of jobs: together that of the program, each its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import hgcn
from hgcn.arch.presets import device
from hgcn.errors import ProgramError
from hgcn.format.numbers import RECORD_BYTES
from hgcn.isa.image import read_commands, read_header
from hgcn.lowering.chains import turns
from hgcn.model import Model
from hgcn.model.layers.appnp import APPNPLayer
from hgcn.model.layers.graph import GraphLayer
from hgcn.model.layers.linear import LinearLayer
from hgcn.model.layers.sage import SAGELayer
from hgcn.model.layers.sgc import SGCLayer
from hgcn.model.layers.sum import SumLayer
from hgcn.model.quantise import quantise
from hgcn.report.job_times import _feature_tiles, _kind, _turns, job_times
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


def weights(*shape: int) -> NDArray[np.float32]:
    return (np.random.default_rng(5).normal(size=shape) / 4).astype(np.float32)


CONVOLUTION = GraphLayer(weight=weights(20, 20), activation="relu")
MODELS: dict[str, Any] = {
    "gcn": hgcn.GCN.random([12, 33, 20, 7]),
    "wide classes": hgcn.GCN.random([12, 3, 20]),
    "linear": Model(name="linear", layers=(LinearLayer(weight=weights(12, 20)),)),
    "sage": Model(
        name="sage",
        layers=(
            SAGELayer(weight=weights(12, 20), root=weights(12, 20), activation="relu"),
            SAGELayer(weight=weights(20, 18), root=weights(20, 18)),
        ),
    ),
    "residual": Model(
        name="residual",
        layers=(
            LinearLayer(weight=weights(12, 20), activation="relu"),
            SumLayer(branches=((), (CONVOLUTION,))),
            LinearLayer(weight=weights(20, 18)),
        ),
    ),
    "hops": Model(name="hops", layers=(SGCLayer(weight=weights(12, 20), hops=3),)),
    "appnp": Model(
        name="appnp",
        layers=(LinearLayer(weight=weights(12, 20)), APPNPLayer(features=20, hops=3, alpha=0.1)),
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_feature_tiles_take_turns_as_they_were_lowered(name: str) -> None:
    graph, model = random_graph(nodes=80), MODELS[name]
    made = hgcn.compile(model, graph, device=TINY)
    jobs = quantise(model, graph, quantisation=made.metadata["quantisation"]["used"]).jobs
    names = [job.name for job in jobs]
    wanted = [names.index(job.name) for job in turns(jobs, TINY.features)]
    commands = read_commands(made.image, read_header(made.image))
    tiles = _feature_tiles(commands, made.workload.nodes, TINY)
    kinds = [_kind(commands[first:end]) for first, end in tiles]
    assert list(_turns(made.workload, TINY.features, kinds)) == wanted
    times = job_times(made.image, made.device, made.workload)
    assert sum(time.cycles for time in times) == made.estimate().cycles


def test_a_workload_of_another_program_is_refused(program: hgcn.Program) -> None:
    other = replace(program.workload, jobs=program.workload.jobs[2:])
    with pytest.raises(ProgramError, match="has 12 feature tiles, its workload 2"):
        job_times(program.image, program.device, other)
