# SPDX-License-Identifier: Apache-2.0
"""The kinds of models that are trained here, by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.affine import Affine
from hgcn.model.fit import Plan
from hgcn.model.gcn import GCN
from hgcn.model.layer import Layer
from hgcn.model.layers.gcn import GCNLayer
from hgcn.model.layers.gin import GINLayer, with_self
from hgcn.model.layers.linear import LinearLayer
from hgcn.model.layers.sage import SAGELayer, inverse_degrees
from hgcn.model.model import Model
from hgcn.model.normalise import add_self_loops, inverse_sqrt_degrees, values


class Kind(ABC):
    """What is trained, and the model that it becomes."""

    model: type[Model] = Model
    passing: type[Any]
    parts: tuple[bool, ...] = (True,)
    """Of one layer, for each of its products with weights whether neighbours are summed too."""

    @abstractmethod
    def operator(self, graph: Graph) -> Csr:
        """Return what products with weights are multiplied by, shape (n, n), float."""

    def plan(self, graph: Graph, layers: int) -> Plan:
        """Return what is trained."""
        return Plan(operator=self.operator(graph), passes=self.parts * layers)

    def layers(self, pairs: list[Affine]) -> tuple[Layer, ...]:
        """Return the layers of these weights and biases."""
        passes = self.parts * (len(pairs) // len(self.parts))
        return tuple(
            (self.passing if passing else LinearLayer)(
                weight=weight,
                bias=bias,
                activation="relu" if number < len(pairs) else "none",
            )
            for number, (passing, (weight, bias)) in enumerate(
                zip(passes, pairs, strict=True), start=1
            )
        )


class _Convolution(Kind):
    model, passing = GCN, GCNLayer

    def operator(self, graph: Graph) -> Csr:
        """Return D^-1/2 (A + I) D^-1/2."""
        loops = add_self_loops(graph)
        root = inverse_sqrt_degrees(loops)
        return _scaled(loops, root[loops.row_ids()], root[loops.indices])


class _Mean(Kind):
    passing = SAGELayer

    def operator(self, graph: Graph) -> Csr:
        """Return D^-1 A, a row of zeros where there is no neighbour."""
        mean = inverse_degrees(graph)
        return _scaled(graph.adjacency, mean[graph.adjacency.row_ids()], 1.0)


class _Isomorphism(Kind):
    passing, parts = GINLayer, (True, False)

    def operator(self, graph: Graph) -> Csr:
        """Return A + I, beside self-loops that are there."""
        return with_self(graph, 1.0)


KINDS: dict[str, Kind] = {"gcn": _Convolution(), "sage": _Mean(), "gin": _Isomorphism()}


def _scaled(matrix: Csr, before: Any, after: Any) -> Csr:
    entries = values(matrix) * before * after
    return Csr(
        shape=matrix.shape,
        indptr=matrix.indptr,
        indices=matrix.indices,
        data=entries.astype(np.float32),
    )
