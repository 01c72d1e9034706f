# SPDX-License-Identifier: Apache-2.0
"""What a layer type is: the one thing that models, quantisation and files ask of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.reference.job import Left

if TYPE_CHECKING:
    from hgcn.model.quantising import Quantising

FeatureNorm = Literal["row", "pyg", "none"]
Activation = Literal["relu", "none"]

Given = Csr | NDArray[np.float64]
"""What a layer gets, shape (n, fan_in): the features, or what the layer before gives."""

Table = tuple[str, NDArray[np.float64]]
"""Values of the float model with what they are, a plural noun for messages."""

_Made = TypeVar("_Made")


class OnGraph:
    """A graph, and what layers have made of it: once for all that ask for the same."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._made: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what ``make`` returned when ``key`` was asked for first."""
        if key not in self._made:
            self._made[key] = make()
        made: _Made = self._made[key]
        return made


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Values:
    """What goes from layer to layer: real values, and the integers that stand for them.

    Attributes
    ----------
    real : Csr or ndarray of float64, shape (n, f)
    source : Named or Rows
        The integers, as a left operand.
    step : float
        Real value of one integer unit.
    spread : ndarray of float64, shape (n,)
        How many times that it is in each row.
    """

    real: Given
    source: Left
    step: float
    spread: NDArray[np.float64]

    @property
    def steps(self) -> NDArray[np.float64]:
        """Real value of one unit in each row."""
        return self.step * self.spread


class Layer(Protocol):
    """A layer: a frozen dataclass whose fields are its parameters.

    Arrays among the fields are stored as tensors of a model's file, all others, numbers, flags and
    words, in its header. A layer type is registered under the name of an entry point in the group
    `hgcn.layers`; see docs/extending.md.
    """

    @property
    def widths(self) -> tuple[int, int]:
        """Features in, features out."""
        ...

    def check(self, model: str, number: int) -> None:
        """Raise `ModelError`, naming model and layer, if the parameters make no layer."""
        ...

    def tables(self, on: OnGraph, given: Given) -> Iterator[Table]:
        """Yield what the layer computes in float64, step by step; the last is what it gives.

        The order of every sum is part of the definition: scales are fitted to these values, and a
        program is the same on every machine. `hgcn.model.products.times` multiplies so.
        """
        ...

    def quantise(self, under: Quantising, given: Values) -> Values:
        """Append the layer's jobs, and return its values with the rows that stand for them.

        The real values are those that `tables` would give, to the bit, unless `under` scaled rows
        down: nobody computes them twice.
        """
        ...


def is_layer(thing: object) -> bool:
    """Whether something has what a `Layer` has."""
    parts = ("widths", "check", "tables", "quantise")
    return all(hasattr(type(thing), part) for part in parts)
