# SPDX-License-Identifier: Apache-2.0
"""A trial is the program that would be made, and its row tiles add up to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hgcn.choice.candidates import split_all
from hgcn.choice.trial import NEVER, Bench
from hgcn.cycles.estimate import estimate
from hgcn.isa.input_layout import InputLayout
from hgcn.ordering.network import order_network_columns, permute_network
from hgcn.ordering.registry import order_graph
from hgcn.reference.job import Rows
from tests.samples import DEVICES, build, random_network, summed_network

DEVICE = DEVICES["tiles"]
NETWORK = random_network(4, nodes=300, widths=(30, 8, 5))
ROWS = order_graph(NETWORK.structure, "rcm").rows
PLACED = permute_network(NETWORK, ROWS, order_network_columns(NETWORK))


def bench(*, at_run_time: bool = False) -> Bench:
    if not at_run_time:
        return Bench(network=PLACED, layouts={}, device=DEVICE)
    layout = InputLayout.for_device(*PLACED.operands["features"].shape, DEVICE)
    network = replace(PLACED, handed_in="features")
    return Bench(network=network, layouts={"features": layout}, device=DEVICE)


@pytest.mark.parametrize("at_run_time", [False, True])
def test_cycles_are_those_of_the_program(at_run_time: bool) -> None:
    image = build(NETWORK, DEVICE, policy="threshold:2", at_run_time=at_run_time)[1]
    names = ["adjacency"] if at_run_time else ["features", "adjacency"]
    operands = {name: PLACED.operands[name] for name in names}
    made = bench(at_run_time=at_run_time).run(split_all(operands, DEVICE, "threshold:2"))
    assert made.cycles == estimate(image, DEVICE).cycles
    assert list(made.row_tiles) == names


def test_row_tiles_take_the_time_from_drain_to_drain() -> None:
    made = bench().run(split_all(PLACED.operands, DEVICE, "balanced"))
    taken = sum(cycles.sum() for cycles in made.row_tiles.values())
    assert all(cycles.shape == (5,) for cycles in made.row_tiles.values())
    assert made.cycles is not None
    # The second combination has no split; the last drain comes after.
    assert 0.5 * made.cycles < taken < made.cycles


def test_rows_that_are_drained_in_two_layouts_are_one_row_tile() -> None:
    network = summed_network(130)
    first, *others = network.jobs
    # P is the left operand of R too, so it is written as one and as rows.
    weights = np.ones((5, 5), np.int8)
    again = replace(others[0], left=Rows("P"), right=weights)
    network = replace(network, jobs=(first, again, *others[1:]))
    made = Bench(network=network, layouts={}, device=DEVICE).run(
        split_all(network.operands, DEVICE, "pl-only")
    )
    assert {name: cycles.shape for name, cycles in made.row_tiles.items()} == {
        "features": (3,),
        "both": (3,),
        "adjacency": (3,),
    }


def test_a_trial_stops_at_its_limit_and_knows_how_far_it_came() -> None:
    splits = split_all(PLACED.operands, DEVICE, "balanced")
    whole = bench().run(splits)
    assert whole.cycles is not None
    made = bench().run(splits, whole.cycles // 3)
    assert made.cycles is None
    assert (made.row_tiles["features"][:1] == whole.row_tiles["features"][:1]).all()
    assert (made.row_tiles["adjacency"] >= NEVER).all()
