# SPDX-License-Identifier: Apache-2.0
"""What every backend computes, in the plainest NumPy there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError
from hgcn.graph.csr import Csr
from hgcn.reference.job import Job, Named, Right, Rows, Stack, stack_stride
from hgcn.reference.network import IntegerNetwork
from hgcn.reference.requantise import clamp, rescale

Operand = Csr | NDArray[np.int8] | NDArray[np.int16]

Multiply = Callable[[Operand, NDArray[np.int8] | NDArray[np.int16]], NDArray[np.int32]]
"""A product in int32; by default `multiply`, which is the definition."""


def spmm(left: Csr, right: NDArray[np.int8] | NDArray[np.int16]) -> NDArray[np.int32]:
    """Sparse times dense in int32: the definition, one nonzero per addition.

    Parameters
    ----------
    left : Csr, shape (n, k)
        Binary (``data`` None) or int8.
    right : ndarray of int8 (or int16 holding int8), shape (k, f)

    Returns
    -------
    ndarray of int32, shape (n, f)

    Examples
    --------
    >>> import numpy as np
    >>> left = Csr(shape=(2, 2), indptr=[0, 2, 2], indices=[0, 1])
    >>> spmm(left, np.array([[1, 2], [3, 4]], np.int8))
    array([[4, 6],
           [0, 0]], dtype=int32)
    """
    out = np.zeros((left.shape[0], right.shape[1]), dtype=np.int32)
    terms = right[left.indices].astype(np.int32)
    if left.data is not None:
        terms *= left.data.astype(np.int32)[:, None]
    np.add.at(out, left.row_ids(), terms)
    return out


def multiply(left: Operand, right: NDArray[np.int8] | NDArray[np.int16]) -> NDArray[np.int32]:
    """Return ``left @ right`` in int32, whatever kind of operand is on the left."""
    if isinstance(left, Csr):
        return spmm(left, right)
    product: NDArray[np.int32] = left.astype(np.int32) @ right.astype(np.int32)
    return product


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JobTrace:
    """The integers of one job, in the network's node order.

    Attributes
    ----------
    job : Job
    sums : ndarray of int32, shape (n, f)
        Accumulators.
    total : ndarray of int64, shape (n, f)
        What requantisation makes of them before it clamps.
    output : ndarray of int16, shape (n, f)
    """

    job: Job
    sums: NDArray[np.int32]
    total: NDArray[np.int64]
    output: NDArray[np.int16]


def trace(
    network: IntegerNetwork,
    handed_in: NDArray[np.int8] | None = None,
    *,
    product: Multiply = multiply,
) -> Iterator[JobTrace]:
    """Yield what each job computes; see `infer`.

    Parameters
    ----------
    network : IntegerNetwork
    handed_in : ndarray of int8, optional
        See `infer`.
    product : callable
        How operands are multiplied; any exact way gives the same integers.

    Raises
    ------
    ModelError
        If an operand is handed in to a network that has all of its own.
    """
    if handed_in is not None and network.handed_in is None:
        raise ModelError(f"{network.name} has no operand that is handed in")
    last = {name: job.name for job in network.jobs for name in job.needs}
    rows: dict[str, NDArray[np.int16]] = {}
    for job in network.jobs:
        left: Operand
        if isinstance(job.left, Rows):
            left = rows[job.left.job]
        else:
            left = _named(network, job.left, handed_in)
        sums = product(left, _right(job.right, rows))
        added = None
        if job.addend is not None:
            multiplier = job.addend.row.astype(np.int64)[:, None] * job.addend.col.astype(np.int64)
            added = rows[job.addend.rows.job] * multiplier
        total = rescale(sums, job.epilogue, added)
        output = clamp(total, job.epilogue)
        yield JobTrace(job=job, sums=sums, total=total, output=output)
        rows[job.name] = output
        for name in job.needs:  # Rows that nobody will ask for again are not kept.
            if last[name] == job.name:
                rows.pop(name, None)


def _right(
    right: Right, rows: Mapping[str, NDArray[np.int16]]
) -> NDArray[np.int8] | NDArray[np.int16]:
    if isinstance(right, Rows):
        return rows[right.job]
    if not isinstance(right, Stack):
        return right
    parts = [rows[name] for name in right.jobs]
    nodes, width = parts[0].shape
    stride = stack_stride(nodes)
    stacked = np.zeros((stride * len(parts), width), dtype=np.int16)
    for place, part in enumerate(parts):
        stacked[place * stride : place * stride + nodes] = part
    return stacked


def _named(network: IntegerNetwork, left: Named, handed_in: NDArray[np.int8] | None) -> Operand:
    if handed_in is not None and left.name == network.handed_in:
        return handed_in
    return network.operands[left.name]


def infer(
    network: IntegerNetwork,
    handed_in: NDArray[np.int8] | None = None,
    *,
    product: Multiply = multiply,
) -> NDArray[np.int16]:
    """Return the integer logits, shape (n, classes), in the network's node order.

    Parameters
    ----------
    network : IntegerNetwork
    handed_in : ndarray of int8, shape (n, k), optional
        Taken instead of the operand that is handed in.
    product : callable
        See `trace`.
    """
    for step in trace(network, handed_in, product=product):
        logits = step.output
    return logits
