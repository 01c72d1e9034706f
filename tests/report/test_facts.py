# SPDX-License-Identifier: Apache-2.0
"""A program's metadata: true to the graph, and the same wherever it is compiled."""

from __future__ import annotations

import json

import hgcn
from hgcn.execution.result import digest_logits
from hgcn.model.quantise import quantise
from hgcn.reference.network import infer
from tests.samples import random_graph

GRAPH = random_graph(nodes=40, features=12)
MODEL = hgcn.GCN.random([12, 9, 3])


def test_facts_are_those_of_graph_model_and_options() -> None:
    program = hgcn.compile(MODEL, GRAPH, device="tiny", ordering="rcm", policy="threshold:3")
    facts, network = program.metadata, quantise(MODEL, GRAPH)
    assert (facts["device"], facts["ordering"], facts["policy"]) == ("tiny", "rcm", "threshold:3")
    assert facts["graph"]["nodes"] == 40 and facts["graph"]["edges"] == GRAPH.num_edges
    assert facts["classes"] == 3 and facts["workload"]["widths"] == [12, 9, 3]
    assert facts["logits_sha256"] == digest_logits(infer(network))
    assert facts["split"].keys() == facts["mapping"].keys() == {"features", "adjacency"}


def test_facts_are_plain_and_hold_no_time_of_day_or_machine() -> None:
    first, second = (hgcn.compile(MODEL, GRAPH, device="tiny").metadata for _ in range(2))
    assert first == second == json.loads(json.dumps(first))


def test_facts_of_run_time_features_hold_their_scale_and_split_only_the_adjacency() -> None:
    facts = hgcn.compile(MODEL, GRAPH, device="tiny", features="input").metadata
    assert facts["feature_scale"] == {"step": 1 / 127, "norm": "none"}
    assert facts["workload"]["features_dense"]
    assert facts["split"].keys() == facts["mapping"].keys() == {"adjacency"}
    assert hgcn.compile(MODEL, GRAPH, device="tiny").metadata["feature_scale"] is None
