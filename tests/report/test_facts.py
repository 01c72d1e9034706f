# SPDX-License-Identifier: Apache-2.0
"""A program's metadata: true to the graph, and the same wherever it is compiled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import hgcn
from hgcn.errors import ProgramError
from hgcn.execution.result import digest_logits
from hgcn.model.quantise import quantise
from hgcn.reference.infer import infer
from tests.samples import random_graph
from tests.test_api import with_metadata

GRAPH = random_graph(nodes=40, features=12)
MODEL = hgcn.GCN.random([12, 9, 3])


def test_facts_are_those_of_graph_model_and_options() -> None:
    program = hgcn.compile(MODEL, GRAPH, device="tiny", ordering="rcm", policy="threshold:3")
    facts, network = program.metadata, quantise(MODEL, GRAPH)
    assert (facts["device"], facts["ordering"], facts["policy"]) == ("tiny", "rcm", "threshold:3")
    assert facts["graph"]["nodes"] == 40 and facts["graph"]["edges"] == GRAPH.num_edges
    assert facts["classes"] == 3 and facts["workload"]["jobs"][-1]["columns"] == 3
    assert facts["logits_sha256"] == digest_logits(infer(network))
    assert facts["split"].keys() == facts["mapping"].keys() == {"features", "adjacency"}
    assert facts["choice"] == {"won": "threshold:3", "cycles": {}, "slower": [], "untried": []}


def test_facts_are_plain_and_hold_no_time_of_day_or_machine() -> None:
    first, second = (hgcn.compile(MODEL, GRAPH, device="tiny").metadata for _ in range(2))
    assert first == second == json.loads(json.dumps(first))


def test_facts_of_run_time_features_hold_their_scale_and_split_only_the_adjacency() -> None:
    facts = hgcn.compile(MODEL, GRAPH, device="tiny", features="input").metadata
    assert facts["feature_scale"] == {"step": 1 / 127, "norm": "none"}
    assert facts["workload"]["operands"]["features"]["handed_in"]
    assert facts["split"].keys() == facts["mapping"].keys() == {"adjacency"}
    assert hgcn.compile(MODEL, GRAPH, device="tiny").metadata["feature_scale"] is None


JOB: dict[str, Any] = {
    "left": None,
    "depth": 3,
    "columns": 3,
    "bits": 8,
    "weights": True,
    "written": False,
}


def _lies() -> list[tuple[list[Any], Any, str]]:
    return [
        (["name"], 3, "metadata.name must be a str, got a int"),
        (["ordering"], None, "metadata.ordering must be a str, got a NoneType"),
        (["graph", "edges"], "many", "metadata.graph.edges must be a count, got a str"),
        (["graph", "nodes"], -1, "metadata.graph.nodes must be a count, got a int"),
        (["graph", "nodes"], 41, "graph and workload differ in nodes or classes"),
        (["classes"], True, "metadata.classes must be a count, got a bool"),
        (["classes"], 9, "graph and workload differ in nodes or classes"),
        (["split", "adjacency"], {}, "'dense' of metadata.split.adjacency"),
        (["split", "adjacency", "dense", "columns"], 0.5, "dense.columns must be a count"),
        (["choice", "cycles", "pl-only"], 0.5, "choice.cycles.pl-only must be a count"),
        (["choice", "untried"], [3], r"choice.untried\[0\] must be a str, got a int"),
        (["logit_scale"], 0.0, "logit_scale must be above 0"),
        (["logit_scale"], 1e39, "logit_scale must be above 0 and within float32"),
        (["workload", "nodes"], 1 << 31, "graph and workload differ"),
        (["workload", "nodes"], 0, "a workload has nodes, jobs"),
        (["workload", "nodes"], "many", "workload.nodes must be a count, got a str"),
        (["workload", "jobs"], [], "a workload has nodes, jobs"),
        (["workload", "jobs"], [JOB] * 5000, "no more jobs than commands"),
        (["workload", "jobs"], 12, "workload.jobs must be a list"),
        (["workload", "jobs", 1], 12, r"workload.jobs\[1\] must be a dict, got a int"),
        (["workload", "jobs", 0, "columns"], "9", r"jobs\[0\].columns must be a count, got a str"),
        (["workload", "jobs", 0, "columns"], 0, "a workload has nodes, jobs"),
        (["workload", "jobs", 0, "left"], 3, r"jobs\[0\].left must be a str or None, got a int"),
        (["workload", "jobs", 0, "left"], "more", "'more'"),
        (["workload", "jobs", 0, "depth"], 13, "a job multiplies 13 columns of features"),
        (["workload", "operands"], 12, "workload.operands must be a dict"),
        (["workload", "operands", "features", "nonzeros"], 481, "features has more nonzeros than"),
        (["workload", "operands", "adjacency", "nonzeros"], 1601, "adjacency has more nonzeros"),
        (["workload", "operands", "adjacency", "binary"], 1, "adjacency.binary must be a bool"),
        (["workload", "operands", "features", "handed_in"], True, "read at run time have a scale"),
    ]


@pytest.mark.parametrize(("place", "value", "message"), _lies())
def test_facts_that_lie_are_refused(
    tmp_path: Path, place: list[Any], value: Any, message: str
) -> None:
    program = hgcn.compile(MODEL, GRAPH, device="tiny")
    facts = json.loads(json.dumps(program.metadata))
    inner = facts
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    file = tmp_path / "lie.hgcn"
    file.write_bytes(with_metadata(program, facts))
    with pytest.raises(ProgramError, match=rf"lie\.hgcn: it lacks metadata: .*{message}"):
        hgcn.Program.load(file)


def test_logits_that_do_not_fill_the_output_are_refused(tmp_path: Path) -> None:
    program = hgcn.compile(MODEL, GRAPH, device="tiny")
    facts = json.loads(json.dumps(program.metadata))
    facts["classes"] = 9
    facts["workload"]["jobs"][-1]["columns"] = 9
    file = tmp_path / "lie.hgcn"
    file.write_bytes(with_metadata(program, facts))
    with pytest.raises(
        ProgramError, match="its logits take 24 lines of output, its header says 12"
    ):
        hgcn.Program.load(file)
