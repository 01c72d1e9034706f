# SPDX-License-Identifier: Apache-2.0
"""Mean over neighbours and weights, and a node's own values with others: `SAGEConv`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.graph import Graph
from hgcn.model.hops import Hops
from hgcn.model.layer import OnGraph
from hgcn.model.operands import row_sums
from hgcn.model.root import RootLayer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SAGELayer(RootLayer):
    """``act(mean over neighbours (H W) [+ H R] + b)``: `SAGEConv`, R its root weight.

    A weighted mean where edges have weights, which a `SAGEConv` never sees.

    Attributes
    ----------
    weight, bias, activation, root
        See `RootLayer`.
    """

    def hops_on(self, on: OnGraph) -> Hops:
        """Return the layer's hops on a graph."""
        matrix = on.graph.adjacency
        mean = on.once("mean", lambda: inverse_degrees(on.graph))
        ones = np.ones(len(mean))
        return Hops(matrix=matrix, before=ones, after=mean, hops=1, layer=self, root=self.root)


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
