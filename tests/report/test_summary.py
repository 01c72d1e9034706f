# SPDX-License-Identifier: Apache-2.0
"""The summary, word for word."""

from __future__ import annotations

from hgcn.cycles.bound import Bound
from hgcn.cycles.estimate import Estimate
from hgcn.report.summary import program_summary
from tests.samples import TINY

PARTS = {
    "dense": {"nonzeros": 250, "columns": 1},
    "sparse": {"nonzeros": 250, "columns": 1},
    "scattered": {"nonzeros": 500, "columns": 1},
}


def test_a_summary_says_what_for_how_split_and_how_long() -> None:
    metadata = {
        "graph": {"name": "pair", "nodes": 1234, "edges": 5678, "nnz_features": 90},
        "ordering": "rcm",
        "policy": "balanced",
        "split": {"features": PARTS, "adjacency": PARTS},
    }
    made = Estimate(cycles=3000.4, engines={}, seconds=30e-6, bytes_read=4000, bytes_written=96)
    bound = Bound(memory_cycles=1000.0, compute_cycles=1500.2, plio_cycles=1.0)
    assert program_summary(metadata, TINY, made, bound).splitlines() == [
        "graph     pair: 1,234 nodes, 5,678 edges, 90 feature nonzeros",
        "device    tiny, ordering rcm, policy balanced",
        "split     dense 25.0%, sparse 25.0%, scattered 50.0% of 2,000 nonzeros",
        "modelled  3,000 cycles, 30.0 us at 100 MHz, 4,096 bytes",
        "bound     1,500 cycles (compute); modelled is 2.00 x that",
    ]
