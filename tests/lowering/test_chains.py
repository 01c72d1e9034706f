# SPDX-License-Identifier: Apache-2.0
"""Feature tiles take turns where one job makes the other's right operand, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hgcn.isa.commands import Drain
from hgcn.lowering.chains import chains, turns
from hgcn.reference.job import Rows
from tests.samples import DEVICES, build, random_network

NETWORK = random_network(0, nodes=10, widths=(9, 5, 5))


def names(jobs: tuple) -> list[list[str]]:
    return [[job.name for job in chain] for chain in chains(jobs)]


def test_a_product_and_the_sums_over_it_are_a_chain() -> None:
    assert names(NETWORK.jobs) == [
        ["combination 1", "aggregation 1"],
        ["combination 2", "aggregation 2"],
    ]


def test_sums_over_sums_go_on_with_it() -> None:
    again = replace(NETWORK.jobs[1], name="again", right=Rows("aggregation 1"))
    assert names((*NETWORK.jobs[:2], again)) == [["combination 1", "aggregation 1", "again"]]


def test_rows_that_several_read_end_it() -> None:
    again = replace(NETWORK.jobs[1], name="again", right=Rows("combination 1"))
    assert names((*NETWORK.jobs[:2], again)) == [["combination 1"], ["aggregation 1"], ["again"]]


def test_a_job_in_between_ends_it() -> None:
    first, second, other, last = NETWORK.jobs
    other = replace(other, left=first.left)
    found = names((first, other, second, last))
    assert found == [["combination 1"], ["combination 2"], ["aggregation 1"], ["aggregation 2"]]


def test_turns_are_the_feature_tiles_in_order() -> None:
    made = [job.name for job in turns(NETWORK.jobs, 4)]
    first, last = ["combination 1", "aggregation 1"], ["combination 2", "aggregation 2"]
    assert made == [*first, *first, *last, *last]


@pytest.mark.parametrize("name", DEVICES)
def test_turns_are_those_of_the_program(name: str) -> None:
    network, device = random_network(1, nodes=150, widths=(20, 8, 33)), DEVICES[name]
    drains = [each for each in build(network, device)[0].commands if isinstance(each, Drain)]
    row_tiles = -(-150 // device.tile_rows)
    said = [
        (job.epilogue.shift, job.epilogue.bits == 16)
        for job in turns(network.jobs, device.features)
    ]
    assert [(each.shift, each.int16) for each in drains[::row_tiles]] == said
    assert len(drains) == row_tiles * len(said)
