# SPDX-License-Identifier: Apache-2.0
"""Every segment is counted once, in its part, and the threshold is where the array begins."""

from __future__ import annotations

import numpy as np
import pytest

import hgcn
from hgcn.partition.split import Part
from hgcn.report.segment_histogram import segment_histogram
from tests.samples import random_graph

GRAPH = random_graph(nodes=200, features=12)


@pytest.mark.parametrize("policy", ["balanced", "threshold:2", "threshold:3", "pl-only"])
@pytest.mark.parametrize("name", ["features", "adjacency"])
def test_segments_and_nonzeros_are_those_of_the_split(policy: str, name: str) -> None:
    program = hgcn.compile(hgcn.GCN.random([12, 9, 3]), GRAPH, policy=policy)
    assert program.splits is not None
    split = program.splits[name]
    made = segment_histogram(split)
    for part, segments in made.segments.items():
        totals = split.counts()[part.name.lower()]
        assert int(segments.sum()) == totals["columns"]
        assert int((segments * made.counts).sum()) == totals["nonzeros"]
    if policy.startswith("threshold"):
        least = int(policy[-1])
        assert made.thresholds.min() == least
        on_array = made.segments[Part.SPARSE] + made.segments[Part.DENSE]
        assert not on_array[: least - 1].any()
        assert not made.segments[Part.SCATTERED][least - 1 :].any()
    if policy == "pl-only":
        np.testing.assert_array_equal(made.thresholds, split.grid.block_rows + 1)
