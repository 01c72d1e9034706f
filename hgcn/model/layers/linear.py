# SPDX-License-Identifier: Apache-2.0
"""A dense layer on each node alone: `torch.nn.Linear`, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.model.affine import activated, affine, check_affine
from hgcn.model.layer import Activation, Given, OnGraph, Table, Values
from hgcn.model.products import times
from hgcn.model.quantising import Quantising
from hgcn.model.ranges import output_step
from hgcn.model.scales import fit_requantiser


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearLayer:
    """``act(H W + b)``.

    Attributes
    ----------
    weight : ndarray of float32, shape (fan_in, fan_out)
    bias : ndarray of float32, shape (fan_out,), optional
    activation : "relu" or "none"
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] = None  # type: ignore[assignment]  # Never None after birth.
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

    def tables(self, on: OnGraph, given: Given) -> Iterator[Table]:
        """Yield the output alone."""
        yield "hidden values", self._output(given)

    def quantise(self, under: Quantising, given: Values) -> Values:
        """Append one job."""
        weight, weight_step = under.weight(self.weight, given)
        output = self._output(given.real)
        step = output_step(output, under.output_percentile, under.output_top)
        scales = fit_requantiser(
            row=given.steps,
            col=weight_step / step,
            bias=self.bias.astype(np.float64) / step,
            relu=self.activation == "relu",
            bits=under.output_bits,
        )
        rows = under.job("combination", given.source, weight, scales)
        return Values(real=output, source=rows, step=step, spread=np.ones(len(output)))

    def _output(self, given: Given) -> NDArray[np.float64]:
        return activated(times(given, self.weight) + self.bias, self.activation)
