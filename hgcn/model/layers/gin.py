# SPDX-License-Identifier: Apache-2.0
"""Graph isomorphism: a weighted self and the sum over neighbours, as in `GINConv`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hgcn.errors import ModelError, shown
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.affine import AffineLayer
from hgcn.model.hops import HopLayer, Hops
from hgcn.model.layer import OnGraph
from hgcn.model.normalise import values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GINLayer(HopLayer):
    """``act((A + (1 + eps) I) (H W) + b)``: `GINConv` up to its first linear layer.

    The layers of its MLP after that are `LinearLayer`. Edges count with their weights, which a
    `GINConv` never sees: `from_pyg(data, weights=None)` reads a graph without them.

    Attributes
    ----------
    weight, bias, activation
        See `AffineLayer`.
    eps : float
        Weight of a node itself, less one. It is a row's entry like any other: int8 in units of the
        row's largest entry / 127, exact where all of the row are equal (eps = 0, no weights).
    """

    eps: float = 0.0

    def check(self, model: str, number: int) -> None:
        """Raise `ModelError`, naming model and layer, if the parameters make no layer."""
        AffineLayer.check(self, model, number)
        if isinstance(self.eps, bool) or not isinstance(self.eps, (int, float)):
            raise ModelError(
                f"{model}: layer {number}: eps must be a number, got {shown(self.eps)}"
            )
        if not math.isfinite(self.eps):
            raise ModelError(f"{model}: layer {number}: eps must be finite, got {self.eps}")

    def hops_on(self, on: OnGraph) -> Hops:
        """Return the layer's hops on a graph."""
        matrix = on.once(("gin", self.eps), lambda: with_self(on.graph, 1.0 + self.eps))
        ones = np.ones(on.graph.num_nodes)
        return Hops(matrix=matrix, before=ones, after=ones, hops=1, layer=self)


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
