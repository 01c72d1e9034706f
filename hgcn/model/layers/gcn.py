# SPDX-License-Identifier: Apache-2.0
"""The graph convolution of Kipf and Welling, with the arguments of PyTorch Geometric's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.graph.kinds import require_graph
from hgcn.model.affine import AffineLayer, activated, check_affine
from hgcn.model.header import OPTIONS, check_options
from hgcn.model.layer import Given, OnGraph, Table, Values
from hgcn.model.normalise import propagation
from hgcn.model.operands import row_sums
from hgcn.model.products import times
from hgcn.model.quantising import Quantising
from hgcn.model.ranges import node_spread, output_step, product_steps
from hgcn.model.scales import fit_requantiser


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GCNLayer(AffineLayer):
    """One graph convolution ``act(Â (H W) + b)``; see `GCN` for what the words mean.

    Attributes
    ----------
    weight, bias, activation
        W, b and act; see `AffineLayer`.
    normalize : bool
    add_self_loops : bool or None
        None, which a made layer never has, is what `normalize` is.
    improved : bool
    """

    normalize: bool = True
    add_self_loops: bool | None = None
    improved: bool = False

    def __post_init__(self) -> None:
        AffineLayer.__post_init__(self)
        if self.add_self_loops is None:
            object.__setattr__(self, "add_self_loops", self.normalize)

    def check(self, model: str, number: int) -> None:
        """Raise `ModelError`, naming model and layer, if the parameters make no layer."""
        options = {option: getattr(self, option) for option in OPTIONS if option != "feature_norm"}
        check_options(f"{model}: layer {number}", options)
        check_affine(model, number, (self.weight, self.bias))

    def propagation(self, graph: Graph) -> tuple[Csr, NDArray[np.float64]]:
        """Return E and r of ``Â = diag(r) E diag(r)``; see `hgcn.model.normalise.propagation`."""
        require_graph(graph)
        loops = bool(self.add_self_loops)
        return propagation(graph, normalize=self.normalize, loops=loops, improved=self.improved)

    def tables(self, on: OnGraph, given: Given) -> Iterator[Table]:
        """Yield ``P = diag(r) H W``, and last ``H' = act(diag(r) E P + b)``."""
        product = self._product(on, given)
        yield "products", product
        yield "hidden values", self._output(on, product)

    def quantise(self, under: Quantising, given: Values) -> Values:
        """Append the two jobs of the layer, with scales fitted to its values on this very graph.

        See `hgcn.model.quantise.quantise` and docs/arithmetic.md.
        """
        matrix, root = self._on(under.on)
        edges, edge_step = under.operand("adjacency", matrix)
        gain = edge_step * root * row_sums(under.operands[edges.name])
        spread, share = node_spread(gain, under.ranges.degree)
        weight, weight_step = under.weight(self.weight, given)
        product, kept = under.rows_scaled(self._product(under.on, given.real))
        output = self._output(under.on, product)
        bias = self.bias.astype(np.float64)
        offset = share * bias
        product_step = product_steps(product - offset, under.ranges.percentile, offset)
        step = output_step(output / spread[:, None], under.output_percentile, under.output_top)
        products = under.job(
            "combination",
            given.source,
            weight,
            fit_requantiser(
                row=given.steps * root * kept,
                col=weight_step / product_step,
                bias=-offset / product_step,
                relu=False,
                bits=8,
            ),
        )
        rows = under.job(
            "aggregation",
            edges,
            products,
            fit_requantiser(
                row=edge_step * root / spread,
                col=product_step / step,
                bias=bias / step,
                relu=self.activation == "relu",
                bits=under.output_bits,
            ),
        )
        return Values(real=output, source=rows, step=step, spread=spread)

    def _on(self, on: OnGraph) -> tuple[Csr, NDArray[np.float64]]:
        key = ("gcn", self.normalize, self.add_self_loops, self.improved)
        return on.once(key, lambda: self.propagation(on.graph))

    def _product(self, on: OnGraph, given: Given) -> NDArray[np.float64]:
        return self._on(on)[1][:, None] * times(given, self.weight)

    def _output(self, on: OnGraph, product: NDArray[np.float64]) -> NDArray[np.float64]:
        matrix, root = self._on(on)
        output = root[:, None] * times(matrix, product) + self.bias
        return activated(output, self.activation)
