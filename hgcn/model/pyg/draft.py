# SPDX-License-Identifier: Apache-2.0
"""A layer that what comes behind it in a module may still change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.model.layer import Activation, Layer
from hgcn.model.products import times

Floats = NDArray[np.float64]


@dataclass(slots=True, kw_only=True, eq=False)
class Draft:
    """What a layer will be made of.

    Attributes
    ----------
    make : type
        Of the layer.
    arrays : dict of str to ndarray of float64
        ``weight`` and ``root``, shape (fan_in, fan_out), and ``bias``, shape (fan_out,), as far as
        the layer has them.
    options : mapping
        Everything else.
    activation : "relu" or "none"
    diagonal : bool
        Whether it is a batch norm that stands alone.
    """

    make: type[Any]
    arrays: dict[str, Floats] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    activation: Activation = "none"
    diagonal: bool = False

    @property
    def is_affine(self) -> bool:
        """Whether a scale and a shift behind it can be its own."""
        return self.activation == "none" and "weight" in self.arrays

    @property
    def goes_in(self) -> bool:
        """Whether a linear layer behind it can do its work."""
        return self.activation == "none" and self.diagonal

    def scale(self, gain: Floats, shift: Floats) -> None:
        """Give ``gain * what it gave + shift``, both of shape (fan_out,)."""
        self.arrays = {name: array * gain for name, array in self.arrays.items()}
        self.arrays["bias"] = self.arrays["bias"] + shift

    def take_in(self, before: Draft) -> None:
        """Do the work of a linear layer before this one, which is linear too."""
        weight, bias = self.arrays["weight"], before.arrays["bias"]
        self.arrays["bias"] = self.arrays["bias"] + times(bias[None, :], weight)[0]
        self.arrays["weight"] = times(before.arrays["weight"], weight)

    def made(self) -> Layer:
        """Return the layer."""
        layer: Layer = self.make(**self.arrays, **self.options, activation=self.activation)
        return layer
