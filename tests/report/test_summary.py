# SPDX-License-Identifier: Apache-2.0
"""The summary, word for word."""

from __future__ import annotations

from typing import Any

from hgcn.cycles.bound import Bound
from hgcn.cycles.estimate import Estimate
from hgcn.report.summary import program_summary
from tests.samples import TINY

PARTS = {
    "dense": {"nonzeros": 250, "columns": 1},
    "sparse": {"nonzeros": 250, "columns": 1},
    "scattered": {"nonzeros": 500, "columns": 1},
}


METADATA: dict[str, Any] = {
    "graph": {"name": "pair", "nodes": 1234, "edges": 5678, "nnz_features": 90},
    "ordering": "rcm",
    "policy": "balanced",
    "split": {"features": PARTS, "adjacency": PARTS},
}
ESTIMATE = Estimate(cycles=3000.4, engines={}, microseconds=30.0, bytes_read=4000, bytes_written=96)
BOUND = Bound(memory_cycles=1000.0, compute_cycles=1500.2, drain_cycles=1.0)


def test_a_summary_says_what_for_how_split_and_how_long() -> None:
    assert program_summary(METADATA, TINY, ESTIMATE, BOUND).splitlines() == [
        "graph     pair: 1,234 nodes, 5,678 edges, 90 feature nonzeros",
        "device    tiny, ordering rcm, policy balanced",
        "split     dense 25.0%, sparse 25.0%, scattered 50.0% of 2,000 nonzeros",
        "modelled  3,000 cycles, 30.0 us at 100 MHz, 4,096 bytes",
        "bound     1,500 cycles (compute); modelled is 2.00 x that",
    ]


def test_a_name_from_a_file_stays_on_its_line() -> None:
    facts = METADATA | {"graph": METADATA["graph"] | {"name": "a\n\x1b[1mb"}}
    lines = program_summary(facts, TINY, ESTIMATE, BOUND).splitlines()
    assert len(lines) == 5 and lines[0].startswith(r"graph     a\n\x1b[1mb: 1,234 nodes")


def test_features_read_at_run_time_are_said_with_their_step() -> None:
    facts = {
        "feature_scale": {"step": 0.126, "norm": "none"},
        "workload": {"nodes": 1234, "operands": {"features": {"columns": 20}}},
    }
    lines = program_summary(METADATA | facts, TINY, ESTIMATE, BOUND).splitlines()
    assert lines[-1] == "features  read at run time: 1,234 x 20, int8, step 0.126"


def test_the_choice_is_said_where_there_was_one() -> None:
    tried = {"won": "balanced", "cycles": {"balanced": 10, "pl-only": 12}}
    facts = METADATA | {"choice": {**tried, "slower": [], "untried": []}}
    lines = program_summary(facts, TINY, ESTIMATE, BOUND).splitlines()
    assert lines[-1].startswith("choice    balanced; pl-only, the best fixed policy, takes 1.20 x")
    none = {"won": "pl-only", "cycles": {}, "slower": [], "untried": []}
    assert (
        len(program_summary(METADATA | {"choice": none}, TINY, ESTIMATE, BOUND).splitlines()) == 5
    )
