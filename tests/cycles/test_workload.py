# SPDX-License-Identifier: Apache-2.0
"""A workload is that of its network, and survives its JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hgcn.cycles.workload import JobSize, OperandSize, Workload, workload_of
from tests.samples import random_jobs, random_network


def test_the_workload_is_that_of_the_network() -> None:
    network = random_network(0, nodes=20, widths=(9, 5, 3), feature_values=True)
    features, adjacency = network.operands["features"], network.operands["adjacency"]
    product = JobSize(left="features", depth=9, columns=5, bits=8, weights=True, written=False)
    sums = JobSize(left="adjacency", depth=20, columns=5, bits=8, weights=False, written=True)
    assert workload_of(network) == Workload(
        nodes=20,
        operands={
            "features": OperandSize(
                columns=9, nonzeros=features.nnz, binary=False, handed_in=False
            ),
            "adjacency": OperandSize(
                columns=20, nonzeros=adjacency.nnz, binary=True, handed_in=False
            ),
        },
        jobs=(
            product,
            sums,
            replace(product, left=None, depth=5, columns=3),
            replace(sums, columns=3, bits=16),
        ),
    )


def test_what_is_handed_in_is_said() -> None:
    network = random_network(0, widths=(9, 5, 3))
    assert workload_of(network).input_columns is None
    assert workload_of(replace(network, handed_in="features")).input_columns == 9
    assert workload_of(network).classes == 3


@pytest.mark.parametrize("seed", range(10))
def test_facts_are_plain_and_make_it_again(seed: int) -> None:
    work = workload_of(random_jobs(seed))
    assert Workload.from_facts(json.loads(json.dumps(work.facts()))) == work
