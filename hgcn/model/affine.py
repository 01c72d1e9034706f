# SPDX-License-Identifier: Apache-2.0
"""Weight, bias and activation, which layers of every type have: how they are taken and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError, ModelError, shown
from hgcn.graph.csr import frozen
from hgcn.graph.foreign_arrays import as_array
from hgcn.model.layer import Activation

Affine = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class AffineLayer:
    """The parameters of ``act(... W + b)``.

    Attributes
    ----------
    weight : ndarray of float32, shape (fan_in, fan_out)
    bias : ndarray of float32, shape (fan_out,), optional
        Zeros by default, which is a layer without bias.
    activation : "relu" or "none"
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] = None  # type: ignore[assignment]  # Never None after birth.
    activation: Activation = "none"

    def __post_init__(self) -> None:
        weight, bias = affine(self.weight, self.bias)
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "bias", bias)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: weight {' x '.join(map(str, self.weight.shape))}>"

    @property
    def widths(self) -> tuple[int, int]:
        """Features in, features out."""
        return (self.weight.shape[0], self.weight.shape[1])

    def check(self, model: str, number: int) -> None:
        """Raise `ModelError`, naming model and layer, if the parameters make no layer."""
        check_affine(model, number, (self.weight, self.bias), self.activation)


def affine(weight: object, bias: object) -> Affine:
    """Return both as float32, the bias zeros where there is none.

    Raises
    ------
    ModelError
        If one is no array of numbers.

    Examples
    --------
    >>> affine([[1, 2]], None)
    (array([[1., 2.]], dtype=float32), array([0., 0.], dtype=float32))
    """
    matrix = _floats(weight, "weight")
    return matrix, _floats(np.zeros(matrix.shape[-1:]) if bias is None else bias, "bias")


def check_affine(model: str, number: int, parts: Affine, activation: str = "none") -> None:
    """Raise `ModelError`, naming model and layer, if weight, bias and activation make no layer."""
    weight, bias = parts
    shape = weight.shape
    if len(shape) != 2 or 0 in shape:
        raise ModelError(f"{model}: layer {number} must be a matrix, got shape {shape}")
    if bias.shape != shape[1:]:
        raise ModelError(
            f"{model}: bias of layer {number} must have {shape[1]} entries, got shape {bias.shape}"
        )
    if not (np.isfinite(weight).all() and np.isfinite(bias).all()):
        raise ModelError(f"{model}: layer {number} holds NaN or infinity")
    if not isinstance(activation, str) or activation not in get_args(Activation):
        words = " or ".join(map(repr, get_args(Activation)))
        raise ModelError(
            f"{model}: layer {number}: activation must be {words}, got {shown(activation)}"
        )


def activated(values: NDArray[np.float64], activation: Activation) -> NDArray[np.float64]:
    """Return the values behind the activation."""
    return np.maximum(values, 0.0) if activation == "relu" else values


def _floats(values: object, what: str) -> NDArray[np.float32]:
    try:
        array = as_array(values, f"{what} of a layer")
    except GraphError as error:
        raise ModelError(str(error)) from None
    with np.errstate(over="ignore"):  # Infinity is reported by the layer's check.
        return frozen(np.array(array, dtype=np.float32))
