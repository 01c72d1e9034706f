# SPDX-License-Identifier: Apache-2.0
"""The contract between models and the compiler: one sparse-dense product and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError
from hgcn.format.streams import MAX_COLUMN_MULTIPLIER
from hgcn.printable import one_line
from hgcn.reference.requantise import Requantiser

_STACK_ROWS = 64
"""A multiple of the row block of every device: a job's rows begin a line of memory anywhere."""


@dataclass(frozen=True, slots=True)
class Named:
    """An operand of the network, by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that an earlier job gives, by the job's name."""

    job: str


Left = Named | Rows
"""A left operand. A named one is known at compile time, binary or with int8 values, unless the
network says that it is handed in at run time; rows of a job are dense and known at run time."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The rows of several earlier jobs, one job's below the other's, by the jobs' names.

    Job number k has its rows from row ``k * stack_stride(n)``. What lies between is nothing: the
    left operand has no nonzero in those columns.
    """

    jobs: tuple[str, ...]


def stack_stride(nodes: int) -> int:
    """Return how many rows after one job's of a `Stack` the next job's start: whole row blocks.

    Examples
    --------
    >>> stack_stride(65)
    128
    """
    return -(-nodes // _STACK_ROWS) * _STACK_ROWS


Right = NDArray[np.int8] | Rows | Stack
"""A right operand: constant weights of shape (depth, columns), or rows of earlier jobs."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Addend:
    """Rows of another job that enter the same sum before it is shifted.

    ``rows[i, f] * row[i] * col[f]`` is added to the accumulator times its multipliers: both share
    the shift of the job's epilogue. The sum still fits in 64 bits (docs/arithmetic.md).

    Attributes
    ----------
    rows : Rows
    row : ndarray of uint16, shape (n,)
    col : ndarray of uint16, shape (f,)
        At most 32767.
    """

    rows: Rows
    row: NDArray[np.uint16]
    col: NDArray[np.uint16]

    def __post_init__(self) -> None:
        if self.row.dtype != np.uint16 or self.col.dtype != np.uint16:
            raise ModelError(
                f"multipliers of an addend must be uint16, got {self.row.dtype}, {self.col.dtype}"
            )
        if int(self.col.max(initial=0)) > MAX_COLUMN_MULTIPLIER:
            raise ModelError(
                f"column multipliers of an addend must be at most {MAX_COLUMN_MULTIPLIER}, "
                f"got {int(self.col.max())}"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Job:
    """``requantise(left @ right [+ addend])``: what a model asks of the compiler, piece by piece.

    Attributes
    ----------
    name : str
        Unique in its network; by it later jobs ask for the rows.
    layer : int
        Number of the model's layer it belongs to, from 1: for messages and reports alone.
    left : Named or Rows
        Shape (n, depth).
    right : ndarray of int8, shape (depth, columns), or Rows, or Stack
    epilogue : Requantiser
        For n rows and as many columns as the right operand has: row and column multipliers, bias,
        activation, and the width, 8 or 16 bits.
    addend : Addend, optional
    """

    name: str
    layer: int
    left: Left
    right: Right
    epilogue: Requantiser
    addend: Addend | None = None

    def __repr__(self) -> str:
        """Fit a line."""
        left = self.left.name if isinstance(self.left, Named) else f"rows of {self.left.job}"
        from_jobs = " and ".join(self.right_jobs)
        right = f"rows of {from_jobs}" if from_jobs else "weights"
        return one_line("Job", self.name, f"{left} times {right}", f"{self.columns} columns")

    @property
    def columns(self) -> int:
        """Width of the rows it gives."""
        return len(self.epilogue.col)

    @property
    def weights(self) -> NDArray[np.int8] | None:
        """The right operand if it is constant."""
        return self.right if isinstance(self.right, np.ndarray) else None

    @property
    def right_jobs(self) -> tuple[str, ...]:
        """Names of the jobs whose rows are its right operand; none if that is constant."""
        if isinstance(self.right, Rows):
            return (self.right.job,)
        return self.right.jobs if isinstance(self.right, Stack) else ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the jobs whose rows it reads."""
        left = (self.left.job,) if isinstance(self.left, Rows) else ()
        added = (self.addend.rows.job,) if self.addend is not None else ()
        return (*left, *self.right_jobs, *added)
