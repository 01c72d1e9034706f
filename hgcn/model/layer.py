# SPDX-License-Identifier: Apache-2.0
"""One layer of the float model, and the words for what surrounds its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError
from hgcn.graph.csr import frozen

FeatureNorm = Literal["row", "pyg", "none"]
Activation = Literal["relu", "none"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GCNLayer:
    """One graph convolution ``act(Â (H W) + b)``.

    Attributes
    ----------
    weight : ndarray of float32, shape (fan_in, fan_out)
        W.
    bias : ndarray of float32, shape (fan_out,), optional
        b; zeros by default, which is a layer without bias.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] = None  # type: ignore[assignment]  # Never None after birth.

    def __post_init__(self) -> None:
        weight = frozen(np.array(self.weight, dtype=np.float32))
        bias = np.zeros(weight.shape[-1:], np.float32) if self.bias is None else self.bias
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "bias", frozen(np.array(bias, dtype=np.float32)))

    def __repr__(self) -> str:
        return f"<GCNLayer: weight {' x '.join(map(str, self.weight.shape))}>"


def check_layers(name: str, layers: Sequence[GCNLayer]) -> None:
    """Raise `ModelError`, naming the layer, if the layers do not make a network.

    Parameters
    ----------
    name : str
        The model's, for the message.
    layers : sequence of GCNLayer
    """
    if not layers:
        raise ModelError(f"{name}: a model needs at least one layer")
    width: int | None = None
    for number, layer in enumerate(layers, start=1):
        shape = layer.weight.shape
        if len(shape) != 2 or 0 in shape:
            raise ModelError(f"{name}: layer {number} must be a matrix, got shape {shape}")
        if width is not None and shape[0] != width:
            raise ModelError(f"{name}: layer {number} takes {shape[0]} features, but gets {width}")
        width = shape[1]
        if layer.bias.shape != (width,):
            raise ModelError(
                f"{name}: bias of layer {number} must have {width} entries, "
                f"got shape {layer.bias.shape}"
            )
        if not (np.isfinite(layer.weight).all() and np.isfinite(layer.bias).all()):
            raise ModelError(f"{name}: layer {number} holds NaN or infinity")


def random_layers(widths: Sequence[int], seed: int) -> tuple[GCNLayer, ...]:
    """Return layers with Glorot-uniform weights and biases.

    Examples
    --------
    >>> [layer.weight.shape for layer in random_layers([4, 3, 2], seed=1)]
    [(4, 3), (3, 2)]
    """
    rng = np.random.default_rng(seed)
    layers = []
    for fan_in, fan_out in pairwise(widths):
        limit = np.sqrt(6.0 / (fan_in + fan_out))
        # `rng.uniform` scales in C, where a product and a sum may be fused on some processors.
        weight = limit * (2.0 * rng.random((fan_in, fan_out)) - 1.0)
        bias = limit * (2.0 * rng.random(fan_out) - 1.0)
        layers.append(GCNLayer(weight=weight, bias=bias))
    return tuple(layers)
