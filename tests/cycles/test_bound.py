# SPDX-License-Identifier: Apache-2.0
"""The lower bounds, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from math import log2

import pytest

from hgcn.cycles.bound import Bound, Workload, lower_bound, workload_of
from tests.samples import TINY, random_network

SMALL = Workload(
    nodes=10,
    widths=[8, 4, 2],
    features_nnz=20,
    features_binary=True,
    adjacency_nnz=30,
    adjacency_binary=True,
)


def test_macs_are_those_of_every_product() -> None:
    assert SMALL.macs == 20 * 4 + 30 * 4 + 10 * 4 * 2 + 30 * 2
    assert replace(SMALL, widths=[8, 4]).macs == 20 * 4 + 30 * 4


def test_memory_holds_each_operand_once() -> None:
    columns = (20 * 3 + 30 * log2(10)) / 8
    assert SMALL.memory_bytes == pytest.approx(columns + 8 * 4 + 4 * 2 + 10 * 2)
    valued = replace(SMALL, features_binary=False, adjacency_binary=False)
    assert valued.memory_bytes == pytest.approx(SMALL.memory_bytes + 20 + 30)


def test_dense_features_count_every_cell_a_byte_each() -> None:
    dense = replace(SMALL, features_dense=True)
    assert dense.macs == SMALL.macs + (10 * 8 - 20) * 4
    assert dense.memory_bytes == pytest.approx(SMALL.memory_bytes - 20 * 3 / 8 + 10 * 8)
    assert lower_bound(dense, TINY).plio_cycles == 10 * (8 + 4) / (16 * 2)


def test_a_single_column_or_node_needs_no_logarithm_of_zero() -> None:
    assert replace(SMALL, nodes=1, widths=[1, 1]).memory_bytes > 0


def test_bounds_of_tiny() -> None:
    bound = lower_bound(SMALL, TINY)
    assert bound.memory_cycles == pytest.approx(SMALL.memory_bytes / 16)
    assert bound.compute_cycles == pytest.approx(SMALL.macs / 672)
    assert bound.plio_cycles == 10 * 4 / (16 * 2)
    assert bound.cycles == bound.memory_cycles and bound.cause == "memory"


@pytest.mark.parametrize(("place", "cause"), [(0, "memory"), (1, "compute"), (2, "plio")])
def test_the_cause_is_the_largest(place: int, cause: str) -> None:
    cycles = [1.0, 1.0, 1.0]
    cycles[place] = 2.0
    bound = Bound(memory_cycles=cycles[0], compute_cycles=cycles[1], plio_cycles=cycles[2])
    assert (bound.cause, bound.cycles) == (cause, 2.0)


def test_the_workload_is_that_of_the_network() -> None:
    network = random_network(0, nodes=20, widths=(9, 5, 3), feature_values=True)
    assert workload_of(network) == Workload(
        nodes=20,
        widths=[9, 5, 3],
        features_nnz=network.features.nnz,
        features_binary=False,
        adjacency_nnz=network.adjacency.nnz,
        adjacency_binary=True,
    )
