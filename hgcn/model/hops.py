# SPDX-License-Identifier: Apache-2.0
"""Weights, then sums over neighbours, once or several times: what most layer types are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.model.affine import AffineLayer, activated
from hgcn.model.layer import Given, OnGraph, Table, Values
from hgcn.model.products import times
from hgcn.model.quantising import Quantising
from hgcn.model.ranges import output_step, product_steps
from hgcn.model.scales import fit_requantiser
from hgcn.reference.job import Left, Right, Stack

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hops:
    """``act(S^hops (H W) [+ H R] + b)`` with ``S = diag(after) E diag(before)``, on one graph.

    Weights come first whatever the layer's author wrote: the sums are as wide as its output, and
    both orders are the same function.

    Attributes
    ----------
    matrix : Csr, shape (n, n)
        E.
    before, after : ndarray of float64, shape (n,)
        Not negative.
    hops : int
        At least 1.
    layer : AffineLayer
        W, b and act.
    root : ndarray of float32, shape (fan_in, fan_out), optional
        R: what a node makes of its own values.
    """

    matrix: Csr
    before: Floats
    after: Floats
    hops: int
    layer: AffineLayer
    root: NDArray[np.float32] | None = None

    def product(self, given: Given) -> Floats:
        """Return ``diag(before) H W``."""
        return self.before[:, None] * times(given, self.layer.weight)

    def sums(self, product: Floats) -> Iterator[Floats]:
        """Yield what each hop makes of the products; the last is not scaled for another."""
        for _ in range(1, self.hops):
            product = (self.before * self.after)[:, None] * times(self.matrix, product)
            yield product
        yield self.after[:, None] * times(self.matrix, product)

    def own(self, given: Given) -> list[Floats]:
        """Return ``[H R]``, or nothing where there is no R."""
        return [] if self.root is None else [times(given, self.root)]

    def output(self, addends: Sequence[Floats]) -> Floats:
        """Return what the layer makes of the last hop, and of the nodes' own."""
        total = addends[0]
        for each in addends[1:]:
            total = total + each
        return activated(total + self.layer.bias, self.layer.activation)

    def tables(self, given: Given) -> Iterator[tuple[str, Floats]]:
        """Yield what `Layer.tables` does."""
        product = self.product(given)
        yield "products", product
        for hop, table in enumerate(self.sums(product), start=1):
            if hop < self.hops:
                yield f"sums over {hop} hops", table
        own = self.own(given)
        if own:
            yield "sums over neighbours", table
            yield "products of the nodes' own", own[0]
        yield "hidden values", self.output([table, *own])

    def quantise(self, under: Quantising, given: Values) -> Values:
        """Append a job for the weights and one for each hop; one for R, and one for its sum.

        Every column of an inner table has a step of its own, fitted to its values; the output has
        one, whatever `Quantisation.degree` says.
        """
        edges, edge_step = under.operand("adjacency", self.matrix)
        right, col = under.weight(self.layer.weight, given)
        none = np.zeros(len(col))
        product, kept = under.rows_scaled(self.product(given.real))
        *inner, last = self.sums(product)
        what, left, row = "combination", given.source, given.steps * self.before * kept
        rows = None
        for hop, table in enumerate([product, *inner], start=1):
            steps = product_steps(table, under.ranges.percentile, none)
            scales = fit_requantiser(row=row, col=col / steps, bias=none, relu=False, bits=8)
            rows = under.job(what, left, right if rows is None else rows, scales)
            what, left, row, col = (
                f"hop {hop} of",
                edges,
                edge_step * self.before * self.after,
                steps,
            )
        assert rows is not None
        row = edge_step * self.after
        if self.root is None:
            return self._values(under, [last], ("aggregation", edges, rows), row, col)
        (own,) = self.own(given.real)
        # One step a column for both, so that their sum is one of integers.
        steps = product_steps(np.concatenate([last, own]), under.ranges.percentile, none)
        scales = fit_requantiser(row=row, col=col / steps, bias=none, relu=False, bits=8)
        sums = under.job("aggregation", edges, rows, scales)
        right, col = under.weight(self.root, given)
        scales = fit_requantiser(row=given.steps, col=col / steps, bias=none, relu=False, bits=8)
        roots = under.job("root", given.source, right, scales)
        both, ones = under.sum_of(2)
        stack = Stack((sums.job, roots.job))
        return self._values(under, [last, own], ("sum", both, stack), ones, steps)

    def _values(
        self,
        under: Quantising,
        addends: list[Floats],
        product: tuple[str, Left, Right],
        row: Floats,
        col: Floats,
    ) -> Values:
        """Append the job that gives the layer's output."""
        output = self.output(addends)
        step = output_step(output, under.output_percentile, under.output_top)
        scales = fit_requantiser(
            row=row,
            col=col / step,
            bias=self.layer.bias.astype(np.float64) / step,
            relu=self.layer.activation == "relu",
            bits=under.output_bits,
        )
        rows = under.job(*product, scales)
        return Values(real=output, source=rows, step=step, spread=np.ones(len(output)))


class HopLayer(AffineLayer, ABC):
    """A layer that is hops: all that its type adds is their matrix."""

    __slots__ = ()

    @abstractmethod
    def hops_on(self, on: OnGraph) -> Hops:
        """Return the layer's hops on a graph."""

    def tables(self, on: OnGraph, given: Given) -> Iterator[Table]:
        """Yield the products, then the sum of each hop."""
        yield from self.hops_on(on).tables(given)

    def quantise(self, under: Quantising, given: Values) -> Values:
        """Append a job for the weights and one for each hop."""
        return self.hops_on(under.on).quantise(under, given)
