# SPDX-License-Identifier: Apache-2.0
"""Graph isomorphism: a weighted self and the sum over neighbours, as in `GINConv`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError, shown
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.affine import affine, check_affine
from hgcn.model.hops import Hops
from hgcn.model.layer import Activation, Given, OnGraph, Table, Values
from hgcn.model.normalise import values
from hgcn.model.quantising import Quantising


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GINLayer:
    """``act((A + (1 + eps) I) (H W) + b)``: `GINConv` up to its first linear layer.

    The layers of its MLP after that are `LinearLayer`. Edges count with their weights, which a
    `GINConv` never sees: `from_pyg(data, weights=None)` reads a graph without them.

    Attributes
    ----------
    weight : ndarray of float32, shape (fan_in, fan_out)
    bias : ndarray of float32, shape (fan_out,), optional
    eps : float
        Weight of a node itself, less one. It is a row's entry like any other: int8 in units of the
        row's largest entry / 127, exact where all of the row are equal (eps = 0, no weights).
    activation : "relu" or "none"
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] = None  # type: ignore[assignment]  # Never None after birth.
    eps: float = 0.0
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
        if isinstance(self.eps, bool) or not isinstance(self.eps, (int, float)):
            raise ModelError(
                f"{model}: layer {number}: eps must be a number, got {shown(self.eps)}"
            )
        if not math.isfinite(self.eps):
            raise ModelError(f"{model}: layer {number}: eps must be finite, got {self.eps}")

    def tables(self, on: OnGraph, given: Given) -> Iterator[Table]:
        """Yield the products, then the sum of each hop."""
        yield from self._hops(on).tables(given)

    def quantise(self, under: Quantising, given: Values) -> Values:
        """Append a job for the weights and one for each hop."""
        return self._hops(under.on).quantise(under, given)

    def _hops(self, on: OnGraph) -> Hops:
        matrix = on.once(("gin", self.eps), lambda: with_self(on.graph, 1.0 + self.eps))
        ones = np.ones(on.graph.num_nodes)
        return Hops(
            matrix=matrix,
            before=ones,
            after=ones,
            hops=1,
            parts=(self.weight, self.bias),
            activation=self.activation,
        )


def with_self(graph: Graph, weight: float) -> Csr:
    """Return ``A + weight I``: beside self-loops of the graph, whose messages are its own.

    Examples
    --------
    >>> loop = Csr(shape=(2, 2), indptr=[0, 1, 2], indices=[0, 0])
    >>> with_self(Graph(name="loop", adjacency=loop), 1.5).to_dense()
    array([[2.5, 0. ],
           [1. , 1.5]], dtype=float32)
    """
    adjacency, nodes = graph.adjacency, np.arange(graph.num_nodes)
    rows = np.concatenate([adjacency.row_ids(), nodes])
    cols = np.concatenate([adjacency.indices, nodes])
    data = np.concatenate([values(adjacency), np.full(len(nodes), weight)]).astype(np.float32)
    order = np.lexsort((cols, rows))
    cells = rows[order] * len(nodes) + cols[order]
    first = np.flatnonzero(np.diff(cells, prepend=-1))
    summed = np.add.reduceat(data[order], first) if len(first) else data
    kept = summed != 0
    rows, cols = rows[order][first][kept], cols[order][first][kept]
    return Csr.from_coo(adjacency.shape, rows, cols, summed[kept])
