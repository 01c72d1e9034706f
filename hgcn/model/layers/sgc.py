# SPDX-License-Identifier: Apache-2.0
"""Simple graph convolution: several hops and one weight, with the arguments of `SGConv`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError, shown
from hgcn.model.affine import affine, check_affine
from hgcn.model.hops import Hops
from hgcn.model.layer import Activation, Given, OnGraph, Table, Values
from hgcn.model.normalise import propagation
from hgcn.model.quantising import Quantising


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SGCLayer:
    """``act(Â^hops (H W) + b)``.

    Attributes
    ----------
    weight : ndarray of float32, shape (fan_in, fan_out)
    bias : ndarray of float32, shape (fan_out,), optional
    hops : int
        `SGConv(K=)`.
    add_self_loops : bool
    activation : "relu" or "none"
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] = None  # type: ignore[assignment]  # Never None after birth.
    hops: int = 1
    add_self_loops: bool = True
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

    def tables(self, on: OnGraph, given: Given) -> Iterator[Table]:
        """Yield the products, then the sum of each hop."""
        yield from self._hops(on).tables(given)

    def quantise(self, under: Quantising, given: Values) -> Values:
        """Append a job for the weights and one for each hop."""
        return self._hops(under.on).quantise(under, given)

    def _hops(self, on: OnGraph) -> Hops:
        # The key of a graph convolution with these arguments: both share one operand.
        matrix, root = on.once(
            ("gcn", True, self.add_self_loops, False),
            lambda: propagation(
                on.graph, normalize=True, loops=self.add_self_loops, improved=False
            ),
        )
        return Hops(
            matrix=matrix,
            before=root,
            after=root,
            hops=self.hops,
            parts=(self.weight, self.bias),
            activation=self.activation,
        )
