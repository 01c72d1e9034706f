# SPDX-License-Identifier: Apache-2.0
"""A small program, and what a page is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

import hgcn
from hgcn.model.layer_errors import layer_errors
from hgcn.model.quantisation import MAXIMUM
from hgcn.report.inference import inference_report
from hgcn.report.page.subject import Built, Subject
from tests.samples import random_graph

HOSTILE = "<script>alert(1)</script>\"'&\u202e"
"""A name that a graph file may have."""


@pytest.fixture(scope="session")
def subject() -> Subject:
    """A whole one: compiled here, run on the default backend."""
    graph, model = random_graph(nodes=150, name="roads"), hgcn.GCN.random([12, 20, 3])
    program = hgcn.compile(model, graph, device="tiny")
    run = inference_report(
        program.metadata,
        program.run(),
        device=program.device,
        estimate=program.estimate(),
        bound=program.bound,
        seconds={"load": 0.5},
        graph=graph,
        float_logits=model.forward(graph),
        layer_errors=layer_errors(model, graph, MAXIMUM),
    )
    built = Built(
        image=program.image,
        device=program.device,
        workload=program.workload,
        rows=program.rows,
        splits=program.splits,
        mappings=program.mappings,
    )
    return Subject(
        command="hgcn report roads.npz --hidden 20",
        run=run,
        versions={"hgcn": "1"},
        program=built,
    )


@pytest.fixture(scope="session")
def of_a_file(subject: Subject) -> Subject:
    """The same as from a program's file: without split and mapping."""
    assert subject.program is not None
    return replace(subject, program=replace(subject.program, splits=None, mappings=None))


@pytest.fixture(scope="session")
def over(subject: Subject) -> Subject:
    """The same as from JSON: the run alone."""
    return replace(subject, program=None)
