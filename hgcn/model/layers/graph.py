# SPDX-License-Identifier: Apache-2.0
"""Sum over neighbours and weights, and a node's own values with others: `GraphConv`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hgcn.model.hops import Hops
from hgcn.model.layer import OnGraph
from hgcn.model.root import RootLayer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GraphLayer(RootLayer):
    """``act(A (H W) [+ H R] + b)``: `GraphConv`, R the weight of its root.

    Attributes
    ----------
    weight, bias, activation, root
        See `RootLayer`.
    """

    def hops_on(self, on: OnGraph) -> Hops:
        """Return the layer's hops on a graph."""
        ones = np.ones(on.graph.num_nodes)
        return Hops(
            matrix=on.graph.adjacency, before=ones, after=ones, hops=1, layer=self, root=self.root
        )
