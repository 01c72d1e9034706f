# SPDX-License-Identifier: Apache-2.0
"""`balanced` is never slower than a fixed policy, within the budget, and always the same."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hgcn
from hgcn.choice import choose as choose_module
from hgcn.choice.candidates import BALANCED, FIXED, split_all
from hgcn.choice.choose import choose
from hgcn.choice.trial import Bench, Trial
from hgcn.errors import DatasetError
from hgcn.graph import power_law, read_graph, with_random_features
from hgcn.partition.policy import parse_policy
from hgcn.partition.split import Part
from hgcn.reference.network import IntegerNetwork
from tests.samples import DEVICES, random_network

NEARBY = Path(__file__).parents[3] / "shared" / "data"
"""Where the real graphs are looked for, beside HGCN_DATA."""

GAP = DEVICES["tiles"]


def chosen(network: IntegerNetwork, device: hgcn.Device, **options: int) -> choose_module.Choice:
    return choose(network, {}, device, parse_policy(BALANCED), **options)


@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**32 - 1),
    device=st.sampled_from(sorted(DEVICES)),
    nodes=st.integers(1, 300),
    density=st.sampled_from([0.005, 0.05, 0.4]),
    values=st.booleans(),
)
def test_no_fixed_policy_is_faster(
    seed: int, device: str, nodes: int, density: float, values: bool
) -> None:
    network = random_network(
        seed, nodes=nodes, widths=(30, 8, 5), density=density, feature_values=values
    )
    target = DEVICES[device]
    made = chosen(network, target)
    assert made.untried == []
    bench = Bench(network=network, layouts={}, device=target)
    cycles = bench.run(made.splits).cycles
    assert cycles == made.cycles[made.won] == min(made.cycles.values())
    for policy in FIXED:
        fixed = bench.run(split_all(network.operands, target, policy)).cycles
        assert fixed is not None and cycles is not None and cycles <= fixed
        assert made.cycles.get(policy, fixed) == fixed


def test_two_are_put_together_of_what_was_fastest_in_each_operand_and_row_tile() -> None:
    network = random_network(3, nodes=150, density=0.05)
    fast = {"features": [[1, 9, 1], [4, 4, 4]], "adjacency": [[2, 2, 2], [1, 3, 1]]}
    trials = [
        Trial(
            splits=split_all(network.operands, GAP, policy),
            cycles=1,
            row_tiles={name: np.array(cycles[number]) for name, cycles in fast.items()},
            other_bytes=0,
        )
        for number, policy in enumerate(("aie-only", "pl-only"))
    ]
    made = dict(choose_module._put_together(trials, GAP))
    array, lanes = (trial.splits for trial in trials)
    assert made["by operand"] == {"features": array["features"], "adjacency": lanes["adjacency"]}
    for name, from_lanes in (("features", [1]), ("adjacency", [0, 2])):
        put = made["by row tile"][name]
        tile = put.operand.row_ids() // GAP.tile_rows
        assert np.array_equal(put.part == Part.SCATTERED, np.isin(tile, from_lanes))


def test_the_budget_bounds_the_cycles_of_the_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    network = random_network(3, nodes=300, density=0.05)
    whole = chosen(network, GAP)
    followed = []
    run = Bench.run

    def noted(self: Bench, splits: dict, *limit: int) -> object:
        trial = run(self, splits, *limit)
        followed.append(trial.cycles if trial.cycles is not None else limit[0])
        return trial

    monkeypatch.setattr(Bench, "run", noted)
    budget = 4 * whole.cycles[BALANCED]
    made = chosen(network, GAP, budget=budget)
    assert len(followed) > 1 and sum(followed) <= budget
    assert made.untried and BALANCED in made.cycles
    every = {*made.cycles, *made.slower, *made.untried}
    assert every == {*whole.cycles, *whole.slower, *whole.untried}


def test_a_program_beyond_the_budget_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    network = random_network(3, nodes=300, density=0.05)
    monkeypatch.setattr(Bench, "run", None)
    made = chosen(network, GAP, budget=1000)
    assert (made.won, made.cycles, made.untried) == (BALANCED, {}, [BALANCED])
    for name, each in split_all(network.operands, GAP, BALANCED).items():
        assert np.array_equal(made.splits[name].part, each.part)


def test_a_fixed_policy_is_taken_as_it_is() -> None:
    network = random_network(3, nodes=100)
    made = choose(network, {}, GAP, parse_policy("threshold:3"))
    assert (made.won, made.cycles) == ("threshold:3", {})


def test_the_choice_says_what_the_program_takes() -> None:
    graph = hgcn.datasets.load("digits")
    made = hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny")
    choice = made.metadata["choice"]
    assert made.estimate().cycles == choice["cycles"][choice["won"]]
    assert all(made.bound.cycles <= cycles for cycles in choice["cycles"].values())
    for name, cycles in made.metadata["split_cycles"].items():
        assert 0 < cycles["bound"] <= cycles["reached"], name


GRAPHS = [
    *("digits", "random", "cora", "citeseer", "pubmed"),
    *(path.name for path in sorted((NEARBY / "converted").glob("*.npz"))),
]
"""All but the first two may be absent."""


def loaded(name: str) -> tuple[hgcn.Model, hgcn.Graph]:
    if name == "random":
        graph = with_random_features(power_law(2_000, 10_000, rng=1), 32, density=0.2, rng=2)
        return hgcn.GCN.random([32, 16, 8]), graph
    if name.endswith(".npz"):
        graph = read_graph(NEARBY / "converted" / name)
        if graph.num_features == 0:
            graph = with_random_features(graph, 32, density=0.2, rng=2)
        return hgcn.GCN.random([graph.num_features, 16, 8]), graph
    return hgcn.GCN.load(name), hgcn.datasets.load(name)


@pytest.mark.slow
@pytest.mark.parametrize("device", hgcn.PRESETS)
@pytest.mark.parametrize("name", GRAPHS)
def test_no_fixed_policy_is_faster_on_a_real_graph(
    name: str, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if NEARBY.is_dir() and "HGCN_DATA" not in os.environ:
        monkeypatch.setenv("HGCN_DATA", str(NEARBY))
    try:
        model, graph = loaded(name)
    except DatasetError as error:
        pytest.skip(str(error))
    made = hgcn.compile(model, graph, device=device, quantisation="max")
    least = made.estimate().cycles
    untried = made.metadata["choice"]["untried"]
    for policy in () if BALANCED in untried else set(FIXED) - {*untried}:
        fixed = hgcn.compile(model, graph, device=device, quantisation="max", policy=policy)
        assert least <= fixed.estimate().cycles, policy
