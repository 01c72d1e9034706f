# SPDX-License-Identifier: Apache-2.0
"""Simple graph convolution: several hops and one weight, with the arguments of `SGConv`."""

from __future__ import annotations

from dataclasses import dataclass

from hgcn.errors import ModelError, shown
from hgcn.model.affine import AffineLayer
from hgcn.model.hops import HopLayer, Hops
from hgcn.model.layer import OnGraph
from hgcn.model.normalise import propagation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SGCLayer(HopLayer):
    """``act(Â^hops (H W) + b)``.

    Attributes
    ----------
    weight, bias, activation
        See `AffineLayer`.
    hops : int
        `SGConv(K=)`.
    add_self_loops : bool
    """

    hops: int = 1
    add_self_loops: bool = True

    def check(self, model: str, number: int) -> None:
        """Raise `ModelError`, naming model and layer, if the parameters make no layer."""
        AffineLayer.check(self, model, number)
        if isinstance(self.hops, bool) or not isinstance(self.hops, int) or self.hops < 1:
            raise ModelError(
                f"{model}: layer {number}: hops must be a whole number from 1, "
                f"got {shown(self.hops)}"
            )
        if not isinstance(self.add_self_loops, bool):
            raise ModelError(
                f"{model}: layer {number}: add_self_loops must be True or False, "
                f"got {shown(self.add_self_loops)}"
            )

    def hops_on(self, on: OnGraph) -> Hops:
        """Return the layer's hops on a graph."""
        # The key of a graph convolution with these arguments: both share one operand.
        matrix, root = on.once(
            ("gcn", True, self.add_self_loops, False),
            lambda: propagation(
                on.graph, normalize=True, loops=self.add_self_loops, improved=False
            ),
        )
        return Hops(matrix=matrix, before=root, after=root, hops=self.hops, layer=self)
