# SPDX-License-Identifier: Apache-2.0
"""Layers that may add what a node makes of its own values to what its neighbours send."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError
from hgcn.model.affine import affine, check_affine
from hgcn.model.hops import HopLayer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RootLayer(HopLayer):
    """The parameters of ``act(sum over neighbours of (H W) [+ H R] + b)``.

    Attributes
    ----------
    weight, bias, activation
        See `AffineLayer`.
    root : ndarray of float32, shape (fan_in, fan_out), optional
        R, the root weight; None: a node's own values count only if it is its own neighbour.
    """

    root: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        # A class with slots is made anew by its decorator: `super()` would ask the one before.
        HopLayer.__post_init__(self)
        if self.root is not None:
            object.__setattr__(self, "root", affine(self.root, None)[0])

    def check(self, model: str, number: int) -> None:
        """Raise `ModelError`, naming model and layer, if the parameters make no layer."""
        HopLayer.check(self, model, number)
        if self.root is None:
            return
        if self.root.shape != self.weight.shape:
            raise ModelError(
                f"{model}: root weight of layer {number} must have shape {self.weight.shape}, "
                f"got {self.root.shape}"
            )
        check_affine(f"{model}: root weight", number, (self.root, self.bias))
