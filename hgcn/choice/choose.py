# SPDX-License-Identifier: Apache-2.0
"""The choice among whole programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hgcn.arch.device import Device
from hgcn.choice.candidates import BALANCED, Splits, by_row_tile, others, split_all
from hgcn.choice.least import feature_tiles_of, least_cycles
from hgcn.choice.trial import Bench, Trial
from hgcn.cycles.timeline import NO_LIMIT
from hgcn.isa.input_layout import InputLayout
from hgcn.partition.policy import Policy
from hgcn.reference.network import IntegerNetwork

BUDGET = 12_000_000
"""Modelled cycles that all trials of a program may take together: some ten seconds.

The cycle model takes about a microsecond a cycle. A count, and no clock, decides, so that every
machine chooses the same program.
"""
SLACK = 1.1
"""A trial goes on to so many times the least cycles so far: some of its row tiles may be best."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choice:
    """The fastest of the splits that were tried.

    Attributes
    ----------
    splits : dict of str to Split
        By operand.
    won : str
        Name of the candidate they are.
    cycles : dict of str to int
        Modelled cycles of each candidate's program.
    slower : list of str
        Candidates that cannot win, or were stopped where they had lost.
    untried : list of str
        Candidates for which the budget was too small.
    """

    splits: Splits
    won: str
    cycles: dict[str, int] = field(default_factory=dict)
    slower: list[str] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """Return what a report says of it, as plain JSON types."""
        return {
            "won": self.won,
            "cycles": dict(self.cycles),
            "slower": list(self.slower),
            "untried": list(self.untried),
        }


def choose(
    network: IntegerNetwork,
    layouts: Mapping[str, InputLayout],
    device: Device,
    policy: Policy,
    budget: int = BUDGET,
) -> Choice:
    """Return the splits of ``policy``; of ``balanced``, those of the fewest modelled cycles.

    Parameters
    ----------
    network : IntegerNetwork
        In processing order.
    layouts : mapping of str to InputLayout
        Of operands handed in at run time: they have no split.
    device : Device
    policy : Policy
    budget : int
        Modelled cycles that all trials may take.

    Notes
    -----
    Tried are the splits of least cost, of least cost with the array's work weighed otherwise, and
    the fixed policies, the same for each operand, in order of their cost. Then two programs put
    together of what took the fewest cycles in these, by operand and by row tile. All of them are
    tried, left out because they cannot win, or stopped where they have lost, unless the budget
    ends; so within it no fixed policy is faster. Of equals, the first wins. Where the cost says
    that one trial takes the whole budget, there is none.
    """
    operands = {name: each for name, each in network.operands.items() if name not in layouts}
    feature_tiles = feature_tiles_of(network.jobs, device)
    first = split_all(operands, device, policy)
    if policy.name != BALANCED or not first:
        return Choice(splits=first, won=str(policy))
    if _cost(first, feature_tiles) > budget:
        return Choice(splits=first, won=BALANCED, untried=[BALANCED])
    search = _Search(Bench(network=network, layouts=layouts, device=device), budget)
    whole = search.follow(BALANCED, first, NO_LIMIT)
    for name, splits in sorted(
        others(first, device), key=lambda each: _cost(each[1], feature_tiles)
    ):
        search.run(name, splits, least_cycles(splits, feature_tiles, whole.other_bytes, device))
    for name, splits in _put_together(list(search.trials.values()), device):
        search.run(name, splits)
    return Choice(
        splits=search.trials[search.won].splits,
        won=search.won,
        cycles=search.cycles,
        slower=search.slower,
        untried=search.untried,
    )


@dataclass(slots=True, eq=False)
class _Search:
    """The trials so far, and the cycles left of the budget."""

    bench: Bench
    left: int
    trials: dict[str, Trial] = field(default_factory=dict)
    cycles: dict[str, int] = field(default_factory=dict)
    slower: list[str] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)

    @property
    def won(self) -> str:
        """The fastest so far, the first of them."""
        return min(self.cycles, key=lambda name: self.cycles[name])

    def run(self, name: str, splits: Splits, least: float = 0.0) -> None:
        """Try a candidate that takes ``least`` cycles, unless it cannot win or takes too much."""
        best = self.cycles[self.won]
        limit = int(SLACK * best)
        known = [one for one, trial in self.trials.items() if _alike(trial.splits, splits)]
        if known and known[0] in self.cycles:
            self.cycles[name] = self.cycles[known[0]]
        elif known or least >= best:
            self.slower.append(name)
        elif limit > self.left:
            self.untried.append(name)
        else:
            self.follow(name, splits, limit)

    def follow(self, name: str, splits: Splits, limit: int) -> Trial:
        """Run a trial and note how it ends."""
        trial = self.trials[name] = self.bench.run(splits, limit)
        self.left -= limit if trial.cycles is None else trial.cycles
        if trial.cycles is None:
            self.slower.append(name)
        else:
            self.cycles[name] = trial.cycles
        return trial


def _cost(splits: Splits, feature_tiles: Mapping[str, int]) -> float:
    """Return the cycles of a program's split operands by the cost function."""
    return math.fsum(feature_tiles[name] * made.cost_cycles for name, made in splits.items())


def _alike(some: Splits, others: Splits) -> bool:
    return all(np.array_equal(some[name].part, others[name].part) for name in others)


def _put_together(trials: Sequence[Trial], device: Device) -> Iterator[tuple[str, Splits]]:
    """Yield splits made of those that were fastest in each operand, and in each row tile."""
    by_operand, by_tile = {}, {}
    for name in trials[0].splits:
        splits = [trial.splits[name] for trial in trials]
        cycles = np.stack([trial.row_tiles[name] for trial in trials])
        by_operand[name] = splits[int(np.argmin(cycles.sum(axis=1)))]
        by_tile[name] = by_row_tile(splits, np.argmin(cycles, axis=0), device)
    yield "by operand", by_operand
    yield "by row tile", by_tile
