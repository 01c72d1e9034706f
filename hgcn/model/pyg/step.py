# SPDX-License-Identifier: Apache-2.0
"""One thing that a module did with its features, and the words that refuse one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hgcn.errors import ModelError
from hgcn.printable import printable

PASSING = ("GCNConv", "SGConv", "SAGEConv", "GraphConv", "GINConv", "APPNP")
"""Classes of PyTorch Geometric that are read and see edges."""

LAYERS = (*PASSING, "Linear", "BatchNorm1d")
"""Classes of both libraries with parameters that are read."""

SUPPORTED = (
    "GCNConv, SGConv, SAGEConv(aggr='mean' or 'sum'), GraphConv, GINConv whose nn starts with a "
    "Linear, APPNP, Linear, BatchNorm1d, ReLU, Dropout, Identity, and at the end log_softmax or "
    "softmax; sums of two values, and concatenations before a Linear"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """What made one value of another.

    Attributes
    ----------
    kind : str
        A name in `LAYERS`, or ``relu``, ``identity``, ``softmax``, ``log_softmax``, ``add``,
        ``cat``; of what is not supported, its own name.
    where : str
        The module it happened in: dotted name and class.
    module : object
        The module itself where it is a layer.
    given : mapping of str to object
        What a layer was called with, by the names of its arguments.
    fault : str
        Why this is not supported; empty if it is.
    before : Step or None
        What made the value that went in; None for the features.
    branches : tuple of tuple of Step
        Of ``add`` and ``cat``, what made each of their values of the value that went in.
    """

    kind: str
    where: str
    module: Any = None
    given: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""
    before: Step | None = None
    branches: tuple[tuple[Step, ...], ...] = ()

    @property
    def title(self) -> str:
        """What it is for a message: a layer's name, or a function and where it was called."""
        return self.where if self.module is not None else f"{self.kind} of {self.where}"


def line(step: Step | None) -> list[Step]:
    """Return what made a value of the features, first step first."""
    found: list[Step] = []
    while step is not None:
        found.insert(0, step)
        step = step.before
    return found


def every(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the steps and those in their branches, in the order of the work."""
    for step in steps:
        for branch in step.branches:
            yield from every(branch)
        yield step


def fork(steps: Sequence[Step | None]) -> tuple[Step | None, tuple[tuple[Step, ...], ...]]:
    """Return the last step that all values have in common, and what each has beyond it."""
    lines = [line(step) for step in steps]
    common = 0
    while all(len(made) > common for made in lines) and (
        len({id(made[common]) for made in lines}) == 1
    ):
        common += 1
    last = lines[0][common - 1] if common else None
    return last, tuple(tuple(made[common:]) for made in lines)


def refusal(where: str, why: str) -> ModelError:
    """Return the error that names the layer, says why, and lists what is supported."""
    return ModelError(f"{printable(where)}: {printable(why)}; supported are {SUPPORTED}")
