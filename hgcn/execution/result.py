# SPDX-License-Identifier: Apache-2.0
"""What a run gives: logits, whether they are exact, and what they cost."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.latency import Latency
from hgcn.execution.backend import Execution
from hgcn.model.agreement import Agreement
from hgcn.model.metrics import accuracy
from hgcn.printable import one_line


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """One inference.

    Attributes
    ----------
    backend : str
    logits : ndarray of float32, shape (n, classes)
        In the graph's node order.
    integer_logits : ndarray of int16, shape (n, classes)
        What the accelerator wrote.
    bit_exact : bool or None
        Whether they equal the reference arithmetic's; None if there is nothing to compare with:
        features handed in to a program read from a file, or without asking.
    execution : Execution
        Cycles, engine counters and traffic.
    seconds : float
        Wall clock of the run on this machine; says nothing about the accelerator.
    program_bytes : int
    latency : Latency or None
        The cycles as time on the device, and of which kind they are; None where the backend has no
        clock. `Program.latency` is the modelled one.
    saturated_features : int
        Features handed in that lie beyond the program's scale, and were cut to it.
    agreement : Agreement or None
        How these very logits agree with the float model's; None where that is not known: a result
        that is not bit-exact, or that nobody compared.
    warnings : tuple of str
        What is wrong with the agreement, why, and what to do; empty where all is well.
    """

    backend: str
    logits: NDArray[np.float32]
    integer_logits: NDArray[np.int16]
    bit_exact: bool | None
    execution: Execution
    seconds: float
    program_bytes: int
    latency: Latency | None = None
    saturated_features: int = 0
    agreement: Agreement | None = None
    warnings: tuple[str, ...] = ()

    @property
    def predictions(self) -> NDArray[np.int64]:
        """Class of each node: the largest logit, the first where several tie."""
        best: NDArray[np.int64] = self.integer_logits.argmax(axis=1)
        return best

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Softmax of the logits, shape (n, classes)."""
        shifted = self.logits.astype(np.float64)
        shifted -= shifted.max(axis=1, keepdims=True)  # The largest is 1: nothing overflows.
        powers = np.exp(shifted)
        shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return shares

    @property
    def checked(self) -> bool:
        """Whether anybody has compared the logits with the reference arithmetic's."""
        return self.bit_exact is not None

    @property
    def cycles(self) -> int | None:
        """PL cycles, None where the backend has no clock."""
        return self.execution.cycles

    @property
    def microseconds(self) -> float | None:
        """The cycles at the device's PL clock, None where the backend has no clock."""
        return None if self.latency is None else self.latency.microseconds

    def accuracy(
        self, labels: NDArray[np.integer] | None, mask: NDArray[np.bool_] | None = None
    ) -> float:
        """Share of the labelled nodes of ``mask`` classified right; see `hgcn.model.accuracy`."""
        return accuracy(self.integer_logits, labels, mask)

    def __repr__(self) -> str:
        """Fit a line: logits are looked at by name."""
        cycles = "no cycles" if self.cycles is None else f"{self.cycles:,} cycles"
        exact = {True: "bit-exact", False: "NOT bit-exact", None: "not checked"}[self.bit_exact]
        nodes, classes = self.integer_logits.shape
        return one_line(
            "Result", self.backend, f"{nodes:,} nodes, {classes} classes", exact, cycles
        )


def digest_logits(logits: NDArray[np.int16]) -> str:
    """Return the SHA-256 of integer logits, as a program records of those it must give."""
    return hashlib.sha256(np.ascontiguousarray(logits.astype("<i2")).tobytes()).hexdigest()


def real_logits(
    integers: NDArray[np.int16], step: float, rows: NDArray[np.float64] | None
) -> NDArray[np.float32]:
    """Return logits in the float model's units, shape (n, classes).

    Parameters
    ----------
    integers : ndarray of int16, shape (n, classes)
    step : float
        Real value of one unit.
    rows : ndarray of float64, shape (n,), or None
        How many times that it is for each node; None: once.
    """
    steps = np.full(len(integers), step) if rows is None else step * rows
    real: NDArray[np.float32] = integers * steps.astype(np.float32)[:, None]
    return real
