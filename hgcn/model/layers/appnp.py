# SPDX-License-Identifier: Apache-2.0
"""Personalised propagation of what the layer before predicts, with the arguments of `APPNP`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError, shown
from hgcn.graph.csr import Csr
from hgcn.model.affine import activated
from hgcn.model.layer import Activation, Given, OnGraph, Table, Values
from hgcn.model.normalise import propagation, values
from hgcn.model.products import times
from hgcn.model.quantising import Quantising
from hgcn.model.ranges import output_step
from hgcn.model.scales import fit_requantiser
from hgcn.reference.job import Left, Rows, Stack, stack_stride

Floats = NDArray[np.float64]
_FIRST = "APPNP has no weight: another layer must come before it"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class APPNPLayer:
    """``Z = (1 - alpha) Â Z + alpha H``, hops times from ``Z = H``; no weight: H is a layer's.

    Attributes
    ----------
    features : int
        Columns of H.
    hops : int
        `APPNP(K=)`, at least 1.
    alpha : float
        Share of H in each hop, 0 to 1. It is an entry of its row like any edge: int8, in units of
        the row's largest entry / 127.
    add_self_loops : bool
    activation : "relu" or "none"
        Behind the last hop.
    """

    features: int
    hops: int
    alpha: float
    add_self_loops: bool = True
    activation: Activation = "none"

    @property
    def widths(self) -> tuple[int, int]:
        """Features in, features out."""
        return (self.features, self.features)

    def check(self, model: str, number: int) -> None:
        """Raise `ModelError`, naming model and layer, if the parameters make no layer."""
        where = f"{model}: layer {number}"
        for name in ("features", "hops"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ModelError(
                    f"{where}: {name} must be a whole number from 1, got {shown(value)}"
                )
        known = isinstance(self.alpha, (int, float)) and not isinstance(self.alpha, bool)
        if not known or not math.isfinite(self.alpha) or not 0 <= self.alpha <= 1:
            raise ModelError(f"{where}: alpha must be 0 to 1, got {shown(self.alpha)}")
        if not isinstance(self.add_self_loops, bool):
            raise ModelError(
                f"{where}: add_self_loops must be True or False, got {shown(self.add_self_loops)}"
            )
        if self.activation not in ("relu", "none"):
            raise ModelError(
                f"{where}: activation must be 'relu' or 'none', got {shown(self.activation)}"
            )

    def tables(self, on: OnGraph, given: Given) -> Iterator[Table]:
        """Yield what each hop gives."""
        for hop, table in enumerate(self._hops(on, _dense(given)), start=1):
            if hop < self.hops:
                yield f"values after {hop} hops", table
        yield "hidden values", activated(table, self.activation)

    def quantise(self, under: Quantising, given: Values) -> Values:
        """Append a job for each hop: what it reads is the hop before, and below it H."""
        start, own = _dense(given.real), _rows(given.source)
        *inner, last = self._hops(under.on, start)
        # One step for all hops but the last, so that one operand serves them.
        step = output_step(np.concatenate(inner), under.ranges.percentile, 127) if inner else 1.0
        output = activated(last, self.activation)
        final = output_step(output, under.output_percentile, under.output_top)
        rows = own
        matrix, root = self._propagation(under.on)
        left, row = under.operand("first hop", self._hop(matrix, root, given.spread, given.spread))
        if self.hops > 1:
            others = under.operand(
                "other hops", self._hop(matrix, root, np.ones(len(root)), given.steps / step)
            )
        unit = given.step
        for hop in range(1, self.hops + 1):
            is_last = hop == self.hops
            scales = fit_requantiser(
                row=row,
                col=np.full(self.features, unit / (final if is_last else step)),
                bias=np.zeros(self.features),
                relu=is_last and self.activation == "relu",
                bits=under.output_bits if is_last else 8,
            )
            rows = under.job(f"hop {hop} of", left, Stack((rows.job, own.job)), scales)
            if not is_last:
                (left, row), unit = others, step
        return Values(real=output, source=rows, step=final, spread=np.ones(len(output)))

    def _propagation(self, on: OnGraph) -> tuple[Csr, Floats]:
        # The key of a graph convolution with these arguments.
        return on.once(
            ("gcn", True, self.add_self_loops, False),
            lambda: propagation(
                on.graph, normalize=True, loops=self.add_self_loops, improved=False
            ),
        )

    def _hops(self, on: OnGraph, start: Floats) -> Iterator[Floats]:
        matrix, root = self._propagation(on)
        table = start
        for _ in range(self.hops):
            spread = (1.0 - self.alpha) * root[:, None] * times(matrix, root[:, None] * table)
            table = spread + self.alpha * start
            yield table

    def _hop(self, matrix: Csr, root: Floats, before: Floats, own: Floats) -> Csr:
        """Return ``[(1 - alpha) Â diag(before) | alpha diag(own)]`` over stacked rows."""
        nodes = len(root)
        rows, cols, diagonal = matrix.row_ids(), matrix.indices, np.arange(nodes)
        edges = (1.0 - self.alpha) * root[rows] * values(matrix) * (root * before)[cols]
        return Csr.from_coo(
            (nodes, 2 * stack_stride(nodes)),
            np.concatenate([rows, diagonal]),
            np.concatenate([cols, diagonal + stack_stride(nodes)]),
            np.concatenate([edges, self.alpha * own]).astype(np.float32),
        )


def _dense(given: Given) -> Floats:
    """Return rows of a layer; features, which alone are sparse, are an operand and no rows."""
    if not isinstance(given, np.ndarray):
        raise ModelError(_FIRST)
    return given


def _rows(source: Left) -> Rows:
    if not isinstance(source, Rows):
        raise ModelError(_FIRST)
    return source
