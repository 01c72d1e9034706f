# SPDX-License-Identifier: Apache-2.0
"""A dense layer on each node alone: `torch.nn.Linear`, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.model.affine import AffineLayer, activated
from hgcn.model.layer import Given, OnGraph, Table, Values
from hgcn.model.products import times
from hgcn.model.quantising import Quantising
from hgcn.model.ranges import output_step
from hgcn.model.scales import fit_requantiser


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LinearLayer(AffineLayer):
    """``act(H W + b)``.

    Attributes
    ----------
    weight, bias, activation
        See `AffineLayer`.
    """

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
