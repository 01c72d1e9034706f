# SPDX-License-Identifier: Apache-2.0
"""Mean over neighbours, then weights: `SAGEConv` without a root weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.graph import Graph
from hgcn.model.affine import affine, check_affine
from hgcn.model.hops import Hops
from hgcn.model.layer import Activation, Given, OnGraph, Table, Values
from hgcn.model.operands import row_sums
from hgcn.model.quantising import Quantising


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SAGELayer:
    """``act(mean over neighbours (H W) + b)``: `SAGEConv(root_weight=False)`.

    A weighted mean where edges have weights, which a `SAGEConv` never sees.

    Attributes
    ----------
    weight : ndarray of float32, shape (fan_in, fan_out)
    bias : ndarray of float32, shape (fan_out,), optional
    activation : "relu" or "none"
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] = None  # type: ignore[assignment]  # Never None after birth.
    activation: Activation = "none"

    def __post_init__(self) -> None:
        weight, bias = affine(self.weight, self.bias)
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "bias", bias)

    @property
    def widths(self) -> tuple[int, int]:
        """Features in, features out."""
        return (self.weight.shape[0], self.weight.shape[1])

    def check(self, model: str, number: int) -> None:
        """Raise `ModelError`, naming model and layer, if the parameters make no layer."""
        check_affine(model, number, (self.weight, self.bias), self.activation)

    def tables(self, on: OnGraph, given: Given) -> Iterator[Table]:
        """Yield the products, then the sum of each hop."""
        yield from self._hops(on).tables(given)

    def quantise(self, under: Quantising, given: Values) -> Values:
        """Append a job for the weights and one for each hop."""
        return self._hops(under.on).quantise(under, given)

    def _hops(self, on: OnGraph) -> Hops:
        matrix = on.graph.adjacency
        mean = on.once("mean", lambda: inverse_degrees(on.graph))
        return Hops(
            matrix=matrix,
            before=np.ones(len(mean)),
            after=mean,
            hops=1,
            parts=(self.weight, self.bias),
            activation=self.activation,
        )


def inverse_degrees(graph: Graph) -> NDArray[np.float64]:
    """Return one over each row sum of A, 0 where there is no neighbour.

    Examples
    --------
    >>> from hgcn.graph.csr import Csr
    >>> inverse_degrees(Graph(name="g", adjacency=Csr(shape=(2, 2), indptr=[0, 2, 2],
    ...                                               indices=[0, 1])))
    array([0.5, 0. ])
    """
    degrees = row_sums(graph.adjacency)
    return np.divide(1.0, degrees, out=np.zeros(len(degrees)), where=degrees > 0)
