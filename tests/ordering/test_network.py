# SPDX-License-Identifier: Apache-2.0
"""The processing order changes where rows are, and no bit of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hgcn.ordering.network import order_network_columns, permute_network
from hgcn.reference.infer import infer
from hgcn.reference.job import Addend, Named, Rows
from tests.samples import random_jobs, random_network, summed_network


@pytest.mark.parametrize("seed", range(20))
def test_the_order_changes_no_bit_of_the_output(seed: int) -> None:
    network = random_network(seed) if seed % 2 else random_jobs(seed)
    rows = np.random.default_rng(seed).permutation(network.num_nodes)
    placed = permute_network(network, rows, order_network_columns(network))
    np.testing.assert_array_equal(infer(placed), infer(network)[rows])


def test_rows_that_are_added_follow_their_nodes() -> None:
    network = random_network(3, nodes=20, widths=(9, 5, 5))
    row = np.arange(20, dtype=np.uint16)
    added = Addend(rows=Rows("aggregation 1"), row=row, col=np.full(5, 9, np.uint16))
    network = replace(network, jobs=(*network.jobs[:-1], replace(network.jobs[-1], addend=added)))
    order = np.random.default_rng(0).permutation(20)
    placed = permute_network(network, order, order_network_columns(network))
    np.testing.assert_array_equal(infer(placed), infer(network)[order])
    assert placed.jobs[-1].addend is not None
    np.testing.assert_array_equal(placed.jobs[-1].addend.row, order)


def test_stacked_rows_follow_their_nodes() -> None:
    network = summed_network(70)
    order = np.random.default_rng(0).permutation(70)
    placed = permute_network(network, order, order_network_columns(network))
    np.testing.assert_array_equal(infer(placed), infer(network)[order])


def test_weights_follow_the_nodes_where_they_are_the_columns() -> None:
    network = random_network(4, nodes=20, widths=(20, 6))
    first = replace(network.jobs[0], left=Named("adjacency"))
    operands = {"adjacency": network.operands["adjacency"]}
    network = replace(network, operands=operands, jobs=(first, *network.jobs[1:]))
    order = np.random.default_rng(0).permutation(20)
    assert order_network_columns(network) == {}
    np.testing.assert_array_equal(infer(permute_network(network, order, {})), infer(network)[order])


def test_columns_go_by_count_unless_they_are_nodes_or_only_known_at_run_time() -> None:
    network = random_network(5)
    assert set(order_network_columns(network)) == {"features"}
    assert order_network_columns(replace(network, handed_in="features")) == {}
