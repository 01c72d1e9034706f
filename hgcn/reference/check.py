# SPDX-License-Identifier: Apache-2.0
"""Whether operands and jobs make a network: every fault named by its job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hgcn.errors import ModelError
from hgcn.graph.csr import Csr
from hgcn.reference.job import Job, Named, Rows, Stack, stack_stride


def check_network(
    name: str, operands: Mapping[str, Csr], jobs: Sequence[Job], handed_in: str | None
) -> None:
    """Raise `ModelError` unless each job reads what is there, and all fit each other.

    Parameters
    ----------
    name : str
        The network's, for the message.
    operands : mapping of str to Csr
    jobs : sequence of Job
    handed_in : str or None
    """
    if not jobs:
        raise ModelError(f"{name}: a network needs at least one job")
    nodes = len(jobs[-1].epilogue.row)
    for what, matrix in operands.items():
        if matrix.shape[0] != nodes:
            raise ModelError(f"operand {what} must have {nodes} rows, got {matrix.shape[0]}")
        if matrix.data is not None and matrix.data.dtype != np.int8:
            raise ModelError(f"operand {what} must be int8 or binary, got {matrix.data.dtype}")
    if handed_in is not None and handed_in not in operands:
        raise ModelError(f"{handed_in} is handed in, but no operand")
    made: dict[str, Job] = {}
    for job in jobs:
        _check_job(job, operands, made, nodes)
        made[job.name] = job
    read = {name for job in jobs for name in job.needs}
    read |= {job.left.name for job in jobs if isinstance(job.left, Named)}
    for what in (*operands, *list(made)[:-1]):
        if what not in read:
            raise ModelError(f"nothing reads {what}")


def _check_job(job: Job, operands: Mapping[str, Csr], made: Mapping[str, Job], nodes: int) -> None:
    if job.name in made or job.name in operands:
        raise ModelError(f"job {job.name}: another job or operand is called so")
    for need in job.needs:
        if need not in made:
            raise ModelError(f"job {job.name} reads rows of {need}, which no job before it gives")
    multiplied = (job.left.job,) if isinstance(job.left, Rows) else ()
    for part in (*multiplied, *job.right_jobs):
        if made[part].epilogue.bits != 8:
            raise ModelError(f"job {job.name} multiplies rows of {part}, which have 16 bits")
    if isinstance(job.left, Named):
        if job.left.name not in operands:
            raise ModelError(f"job {job.name} reads operand {job.left.name}, there is none")
        depth = operands[job.left.name].shape[1]
    else:
        depth = made[job.left.job].columns
    if isinstance(job.right, Rows):
        shape = (nodes, made[job.right.job].columns)
    elif isinstance(job.right, Stack):
        shape = _check_stack(job, job.right, operands, made, nodes)
    else:
        shape = (job.right.shape[0], job.right.shape[1])
        if job.right.dtype != np.int8:
            raise ModelError(f"job {job.name}: weights must be int8, got {job.right.dtype}")
    if shape[0] != depth:
        raise ModelError(f"job {job.name} takes {shape[0]} features, but gets {depth}")
    scales = [("scales", job.epilogue.row, job.epilogue.col)]
    if job.addend is not None:
        scales.append(("multipliers of the addend", job.addend.row, job.addend.col))
        width = made[job.addend.rows.job].columns
        if width != shape[1]:
            raise ModelError(f"job {job.name} adds rows of {width} columns to {shape[1]}")
    for what, row, col in scales:
        if row.shape != (nodes,) or col.shape != (shape[1],):
            raise ModelError(
                f"job {job.name}: {what} must be for {nodes} rows and {shape[1]} columns"
            )
    if job.epilogue.bias.shape != (shape[1],):
        raise ModelError(f"job {job.name}: biases must be for {shape[1]} columns")


def _check_stack(
    job: Job, stack: Stack, operands: Mapping[str, Csr], made: Mapping[str, Job], nodes: int
) -> tuple[int, int]:
    """Return the shape of stacked rows, and refuse a left operand that reads between them."""
    widths = {made[name].columns for name in stack.jobs}
    if len(widths) != 1:
        raise ModelError(f"job {job.name} stacks rows of {sorted(widths)} columns")
    stride = stack_stride(nodes)
    if isinstance(job.left, Named):
        columns = operands[job.left.name].indices
        if bool((columns % stride >= nodes).any()):
            raise ModelError(f"job {job.name}: {job.left.name} has nonzeros between stacked rows")
    return stride * len(stack.jobs), widths.pop()
