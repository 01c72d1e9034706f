# SPDX-License-Identifier: Apache-2.0
"""The candidates are what their names say, and what is put together is made of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hgcn.choice.candidates import BALANCED, FIXED, WEIGHTS, by_row_tile, others, split_all
from hgcn.cycles.cost import TileCost
from hgcn.partition.split import Grid
from tests.samples import DEVICES, random_network

DEVICE = DEVICES["tiles"]
OPERANDS = random_network(3, nodes=250, density=0.08).operands
FIRST = split_all(OPERANDS, DEVICE, BALANCED)


def test_fixed_policies_are_among_them_unchanged() -> None:
    found = dict(others(FIRST, DEVICE))
    assert len(found) == len(FIXED) + len(WEIGHTS)
    for policy in FIXED:
        for name, made in split_all(OPERANDS, DEVICE, policy).items():
            assert np.array_equal(found[policy][name].part, made.part)
            assert found[policy][name].cost_cycles == made.cost_cycles
            assert found[policy][name].bound_cycles == made.bound_cycles


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_weight_makes_the_split_of_least_weighed_cost(weight: float) -> None:
    found = dict(others(FIRST, DEVICE))[f"{BALANCED}, array x {weight}"]
    parts = {name: made.part.tobytes() for name, made in found.items()}
    assert parts != {name: made.part.tobytes() for name, made in FIRST.items()}
    for name, made in found.items():
        cost = TileCost(device=DEVICE, grid=made.grid, binary=True)
        mine, first = (
            cost(each.scattered * 1.0, weight * each.columns).sum() for each in (made, FIRST[name])
        )
        assert mine <= first
        assert made.cost_cycles >= FIRST[name].cost_cycles


@pytest.mark.parametrize("name", OPERANDS)
def test_each_row_tile_comes_from_the_split_chosen_for_it(name: str) -> None:
    splits = [split_all(OPERANDS, DEVICE, policy)[name] for policy in FIXED[:3]]
    count = splits[0].grid.num_row_tiles
    chosen = np.arange(count) % 3
    made = by_row_tile(splits, chosen, DEVICE)
    tile = made.operand.row_ids() // DEVICE.tile_rows
    for number, one in enumerate(splits):
        mine = chosen[tile] == number
        assert mine.any() and np.array_equal(made.part[mine], one.part[mine])
        tiles = np.repeat(chosen == number, made.grid.num_col_tiles)
        assert np.array_equal(made.scattered[tiles], one.scattered[tiles])
        assert np.array_equal(made.columns[tiles], one.columns[tiles])
    cost = TileCost(device=DEVICE, grid=Grid.for_device(*made.operand.shape, DEVICE), binary=True)
    assert made.cost_cycles == math.fsum(cost(made.scattered * 1.0, made.columns * 1.0))
