# SPDX-License-Identifier: Apache-2.0
"""The report of a run: complete, plain, and true to the program."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.report.inference import inference_report, run_time_features, total_split
from tests.samples import random_graph

GRAPH = random_graph(nodes=40, features=12)
MODEL = hgcn.GCN.random([12, 9, 3])


@pytest.fixture(scope="module")
def program() -> hgcn.Program:
    return hgcn.compile(MODEL, GRAPH, device="tiny", policy="threshold:3")


def report(program: hgcn.Program, graph: hgcn.Graph = GRAPH) -> dict[str, Any]:
    return inference_report(
        program.metadata,
        program.run("emulate"),
        graph=graph,
        float_logits=MODEL.forward(graph),
        device=program.device,
        estimate=program.estimate(),
        bound=program.bound,
        seconds={"load": 0.0, **program.seconds},
    )


def test_the_report_has_every_key_and_is_plain_json(program: hgcn.Program) -> None:
    made = report(program)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert made["graph"].keys() >= {"name", "nodes", "edges", "nnz_features"}
    assert made["split"].keys() == {"dense", "sparse", "scattered"}
    assert all(part.keys() == {"nonzeros", "columns"} for part in made["split"].values())
    assert made["bytes"].keys() == {"program", "read", "written"}
    assert made["seconds"].keys() >= {"load", "order", "split", "map", "encode", "run"}
    assert made["accuracy"].keys() == {"float", "int8"}
    assert made.keys() >= {
        "device",
        "backend",
        "ordering",
        "policy",
        "cycles",
        "cycles_estimate",
        "bound_cycles",
        "bit_exact",
        "choice",
        "engines",
    }


def test_features_read_at_run_time_are_reported_with_the_other_way() -> None:
    program = hgcn.compile(MODEL, GRAPH, device="tiny", features="input")
    other = hgcn.compile(MODEL, GRAPH, device="tiny").estimate()
    made = run_time_features(program.metadata, input_bytes=program.input_bytes, compiled_in=other)
    assert made == {
        "step": 1 / 127,
        "norm": "none",
        "input_bytes": 48 * 16,
        "cycles_estimate_compiled_in": round(other.cycles),
    }


def test_every_nonzero_is_in_one_part(program: hgcn.Program) -> None:
    made = report(program)
    nonzeros = sum(part["nonzeros"] for part in made["split"].values())
    assert nonzeros == made["graph"]["nnz_features"] + GRAPH.num_edges + GRAPH.num_nodes


def test_modelled_and_bound_cycles_are_whole_and_in_order(program: hgcn.Program) -> None:
    made = report(program)
    assert made["cycles"] is made["cycles_kind"] is made["microseconds"] is None
    assert made["nodes_per_second"] is None and made["engines"] == {}
    assert 0 < made["bound_cycles"] <= made["cycles_estimate"]


def test_cycles_come_with_their_kind_their_time_and_a_rate(program: hgcn.Program) -> None:
    execution = replace(program.run("emulate").execution, cycles=5000, cycles_kind="measured")
    result = program.result(execution, backend="x", seconds=0.0)
    made = inference_report(
        program.metadata,
        result,
        device=program.device,
        estimate=program.estimate(),
        bound=program.bound,
        seconds={},
    )
    assert (made["cycles"], made["cycles_kind"]) == (5000, "measured")
    assert made["microseconds"] == result.microseconds == 50.0
    assert made["nodes_per_second"] == pytest.approx(40 / 50e-6)
    assert made["cycles_estimate"] == program.latency.cycles == program.estimate().cycles
    assert made["microseconds_estimate"] == program.latency.microseconds


def test_a_graph_without_labels_has_no_accuracy(program: hgcn.Program) -> None:
    assert report(program, replace(GRAPH, labels=None))["accuracy"] is None
    assert report(program, replace(GRAPH, test_mask=None))["accuracy"] is None
    assert report(program, replace(GRAPH, test_mask=[False] * 40))["accuracy"] is None
    assert report(program, replace(GRAPH, labels=[-1] * 40))["accuracy"] is None


def test_nodes_without_a_class_are_in_no_accuracy(program: hgcn.Program) -> None:
    predicted = program.run("reference").predictions
    right = MODEL.forward(GRAPH).argmax(axis=1)
    labels = [int(predicted[node]) if node < 3 else -1 for node in range(40)]
    graph = replace(GRAPH, labels=labels, test_mask=[True] * 40)
    want = float(np.mean(predicted[:3] == right[:3]))
    assert report(program, graph)["accuracy"] == {"float": want, "int8": 1.0}


def test_parts_are_summed_over_the_operands() -> None:
    first = {"dense": {"nonzeros": 1, "columns": 2}, "sparse": {"nonzeros": 3, "columns": 4}}
    second = {"dense": {"nonzeros": 10, "columns": 20}, "sparse": {"nonzeros": 30, "columns": 40}}
    assert total_split({"features": first, "adjacency": second}) == {
        "dense": {"nonzeros": 11, "columns": 22},
        "sparse": {"nonzeros": 33, "columns": 44},
    }
