# SPDX-License-Identifier: Apache-2.0
"""A quantisation under way: operands and jobs so far, and what a layer needs to add its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.model.layer import OnGraph, Values
from hgcn.model.operands import (
    check_sum,
    check_sums,
    quantise_columns,
    quantise_rows,
    sum_matrix,
)
from hgcn.model.quantisation import Quantisation
from hgcn.model.ranges import ProductRows
from hgcn.model.rounding import INT8_TOP
from hgcn.reference.job import Addend, Job, Left, Named, Right, Rows
from hgcn.reference.requantise import Requantiser

_INT16_TOP = 32767
# Rows of a job saturate at -128, one beyond the symmetric range of weights.
_DEEPEST_ROW = 128


class Quantising:
    """What layers add their jobs to, one after the other.

    Attributes
    ----------
    on : OnGraph
    ranges : Quantisation
    operands : dict of str to Csr
        Quantised, by name.
    jobs : list of Job
    scaled_rows : list of int
        Rows of each layer's products that were scaled down.
    """

    def __init__(
        self, on: OnGraph, ranges: Quantisation, *, num_layers: int, first_is_free: bool
    ) -> None:
        """``first_is_free``: the first products' rows stay, whatever features they are made of."""
        self.on = on
        self.ranges = ranges
        self.operands: dict[str, Csr] = {}
        self.jobs: list[Job] = []
        self.scaled_rows: list[int] = []
        self._num_layers = num_layers
        self._inside = 0
        self._rows = ProductRows(ranges, first_is_free=first_is_free)
        self._steps: dict[str, tuple[Csr, NDArray[np.float64]]] = {}

    def next_layer(self) -> None:
        """Turn to the next layer."""
        self.scaled_rows.append(0)

    @property
    def number(self) -> int:
        """Of the layer, from 1."""
        return len(self.scaled_rows)

    @property
    def is_last(self) -> bool:
        """Whether what is quantised now gives the logits."""
        return self.number == self._num_layers and not self._inside

    @property
    def output_bits(self) -> int:
        """Width of what the layer gives: logits have 16 bits."""
        return 16 if self.is_last else 8

    @property
    def output_top(self) -> int:
        """The largest integer of what the layer gives."""
        return _INT16_TOP if self.is_last else INT8_TOP

    @property
    def output_percentile(self) -> float:
        """Where the range of what the layer gives ends: logits never saturate."""
        return 100.0 if self.is_last else self.ranges.percentile

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Layers that are quantised here are parts of one, and give it rows of 8 bits."""
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def operand(self, name: str, matrix: Csr) -> tuple[Named, NDArray[np.float64]]:
        """Quantise a matrix over nodes, once for all layers that bring the same one.

        Parameters
        ----------
        name : str
            For reports. Another matrix of that name gets a number behind it.
        matrix : Csr, shape (n, n), or as wide as a `Stack` is high
            Real; shared between layers by `OnGraph.once`.

        Returns
        -------
        operand : Named
        steps : ndarray of float64, shape (n,)
            Real value of one unit in each row.

        Raises
        ------
        ModelError
            If a sum over a row could leave the 32-bit accumulator.
        """
        called, count = name, 1
        while called in self._steps and self._steps[called][0] is not matrix:
            count += 1
            called = f"{name} {count}"
        if called not in self._steps:
            integers, steps = quantise_rows(matrix)
            check_sums(called, integers, _DEEPEST_ROW)
            self.operands[called] = integers
            self._steps[called] = (matrix, steps)
        return Named(called), self._steps[called][1]

    def sum_of(self, terms: int) -> tuple[Named, NDArray[np.float64]]:
        """Return the operand that adds up the rows of a `Stack` of so many jobs, and its steps."""
        matrix = self.on.once(("sum", terms), lambda: sum_matrix(self.on.graph.num_nodes, terms))
        return self.operand(f"sum of {terms}", matrix)

    def weight(
        self, weight: NDArray[np.float32], given: Values
    ) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
        """Return int8 weights for ``given`` and a step a column; see `quantise_columns`.

        Raises
        ------
        ModelError
            If a sum could leave the 32-bit accumulator.
        """
        if isinstance(given.source, Rows):
            check_sum(f"layer {self.number}", weight.shape[0] * INT8_TOP * INT8_TOP)
        return quantise_columns(weight)

    def rows_scaled(
        self, product: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Scale down rows that would leave the others no bits, where `ranges` say so.

        Returns
        -------
        product : ndarray of float64, shape (n, f)
        kept : ndarray of float64, shape (n,)
            What is left of each row, a factor of its row scale; 1 where it stays.
        """
        scaled = self._rows.scale(product)
        kept = self._rows.kept[-1]
        self.scaled_rows[-1] += int(np.count_nonzero(kept < 1))
        return scaled, kept

    def job(
        self,
        what: str,
        left: Left,
        right: Right,
        epilogue: Requantiser,
        addend: Addend | None = None,
    ) -> Rows:
        """Append a job named after ``what`` and the layer's number, and return its rows.

        Another job of that name in one layer, a part of it, gets a number behind it.
        """
        called = name = f"{what} {self.number}"
        taken = {job.name for job in self.jobs}
        count = 1
        while called in taken:
            count += 1
            called = f"{name}, part {count}"
        job = Job(
            name=called,
            layer=self.number,
            left=left,
            right=right,
            epilogue=epilogue,
            addend=addend,
        )
        self.jobs.append(job)
        return Rows(job.name)
