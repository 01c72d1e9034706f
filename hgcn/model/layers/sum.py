# SPDX-License-Identifier: Apache-2.0
"""Branches that read the same values and are added up: residuals, skips, jumping knowledge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError, shown
from hgcn.graph.csr import Csr
from hgcn.graph.kinds import described
from hgcn.model.affine import activated
from hgcn.model.layer import Activation, Given, Layer, OnGraph, Table, Values, is_layer
from hgcn.model.quantising import Quantising
from hgcn.model.ranges import output_step
from hgcn.model.scales import fit_requantiser
from hgcn.reference.job import Rows, Stack, stack_stride

Branch = tuple[Layer, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SumLayer:
    """``act(sum of what each branch makes of H)``; a branch without layers gives H itself.

    A residual is ``branches=((), (layer,))``. Jumping knowledge that concatenates what layers f and
    g give, in front of a linear layer, is a sum too, of a linear layer for each part: ``[f(H),
    g(f(H))] W = f(H) W1 + g(f(H)) W2``, so ``branches=((linear1,), (g, linear2))`` behind f.

    Attributes
    ----------
    branches : tuple of tuple of Layer
        At least two. What each gives is rounded to int8 before it is added.
    activation : "relu" or "none"
        Behind the sum.
    """

    branches: tuple[Branch, ...]
    activation: Activation = "none"

    def __repr__(self) -> str:
        """Fit a line."""
        return f"<SumLayer: {len(self.branches)} branches>"

    @property
    def widths(self) -> tuple[int, int]:
        """Features in, features out."""
        branch = next(branch for branch in self.branches if branch)
        return (branch[0].widths[0], branch[-1].widths[1])

    def check(self, model: str, number: int) -> None:
        """Raise `ModelError`, naming model, layer and branch, if the parameters make no layer."""
        where = f"{model}: layer {number}"
        known = isinstance(self.branches, tuple) and all(
            isinstance(branch, tuple) for branch in self.branches
        )
        if not known or len(self.branches) < 2 or not any(self.branches):
            raise ModelError(
                f"{where}: branches must be two tuples of layers or more, not all empty"
            )
        if self.activation not in ("relu", "none"):
            raise ModelError(
                f"{where}: activation must be 'relu' or 'none', got {shown(self.activation)}"
            )
        for place, branch in enumerate(self.branches, start=1):
            for layer in branch:
                if not is_layer(layer):
                    raise ModelError(f"{where}: branch {place} holds {described(layer)}, no layer")
                layer.check(model, number)
        for place, branch in enumerate(self.branches, start=1):
            width = self.widths[0]
            for layer in branch:
                if layer.widths[0] != width:
                    raise ModelError(
                        f"{where}: branch {place} takes {layer.widths[0]} features, "
                        f"but gets {width}"
                    )
                width = layer.widths[1]
            if width != self.widths[1]:
                raise ModelError(
                    f"{where}: branch {place} gives {width} features, not {self.widths[1]}"
                )

    def tables(self, on: OnGraph, given: Given) -> Iterator[Table]:
        """Yield what each branch computes, then the sum."""
        outputs = []
        for branch in self.branches:
            values = given
            for layer in branch:
                for table in layer.tables(on, values):
                    yield table
                values = table[1]
            outputs.append(_rows(values))
        yield "hidden values", self._output(outputs)

    def quantise(self, under: Quantising, given: Values) -> Values:
        """Append the jobs of each branch, and one that adds up their rows."""
        parts = []
        with under.inside():
            for branch in self.branches:
                values = given
                for layer in branch:
                    values = layer.quantise(under, values)
                parts.append(values)
        output = self._output([_rows(part.real) for part in parts])
        step = output_step(output, under.output_percentile, under.output_top)
        left, row = under.operand("sum of branches", _weighted([part.steps for part in parts]))
        scales = fit_requantiser(
            row=row,
            col=np.full(output.shape[1], 1.0 / step),
            bias=np.zeros(output.shape[1]),
            relu=self.activation == "relu",
            bits=under.output_bits,
        )
        stack = Stack(tuple(part.source.job for part in parts if isinstance(part.source, Rows)))
        rows = under.job("sum", left, stack, scales)
        return Values(real=output, source=rows, step=step, spread=np.ones(len(output)))

    def _output(self, parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        total = parts[0]
        for part in parts[1:]:
            total = total + part
        return activated(total, self.activation)


def _weighted(steps: list[NDArray[np.float64]]) -> Csr:
    """Return what adds up stacked rows, each in units of its step."""
    nodes = len(steps[0])
    diagonal = np.arange(nodes)
    return Csr.from_coo(
        (nodes, len(steps) * stack_stride(nodes)),
        np.tile(diagonal, len(steps)),
        np.concatenate([diagonal + place * stack_stride(nodes) for place in range(len(steps))]),
        np.concatenate(steps).astype(np.float32),
    )


def _rows(values: Given) -> NDArray[np.float64]:
    """Return rows of a layer; features, which alone are sparse, are an operand and no rows."""
    if not isinstance(values, np.ndarray):
        raise ModelError(
            "a branch without layers hands on what a layer gives: it cannot be the first layer"
        )
    return values
