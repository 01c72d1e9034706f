# SPDX-License-Identifier: Apache-2.0
"""What a run gives: logits, whether they are exact, and what they cost."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.execution.backend import Execution


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
    saturated_features : int
        Features handed in that lie beyond the program's scale, and were cut to it.
    """

    backend: str
    logits: NDArray[np.float32]
    integer_logits: NDArray[np.int16]
    bit_exact: bool | None
    execution: Execution
    seconds: float
    program_bytes: int
    saturated_features: int = 0

    @property
    def predictions(self) -> NDArray[np.int64]:
        """Class of each node: the largest logit, the first where several tie."""
        best: NDArray[np.int64] = self.integer_logits.argmax(axis=1)
        return best

    @property
    def cycles(self) -> int | None:
        """PL cycles, None where the backend has no clock."""
        return self.execution.cycles

    def accuracy(self, labels: NDArray[np.int64], mask: NDArray[np.bool_]) -> float:
        """Share of the masked nodes classified right, in [0, 1]."""
        return float(np.mean(self.predictions[mask] == labels[mask]))


def digest_logits(logits: NDArray[np.int16]) -> str:
    """Return the SHA-256 of integer logits, as a program records of those it must give."""
    return hashlib.sha256(np.ascontiguousarray(logits.astype("<i2")).tobytes()).hexdigest()
