# SPDX-License-Identifier: Apache-2.0
"""What no schedule can compute on a device."""

from __future__ import annotations

import numpy as np

from hgcn.arch.device import Device
from hgcn.errors import CompileError
from hgcn.format.numbers import MAX_SUM
from hgcn.graph.csr import Csr
from hgcn.reference.job import Job, Rows
from hgcn.reference.network import IntegerNetwork

_HEAVIEST = 128
"""Magnitude of -128, the farthest int8."""


def check_limits(network: IntegerNetwork, device: Device) -> None:
    """Refuse what no schedule can compute.

    Raises
    ------
    CompileError
        Naming the limit: accumulator range, width of run-time rows beyond a feature store, or a job
        that asks for what the hardware does not have.
    """
    heaviest = max(
        operand.shape[1] * _HEAVIEST * _HEAVIEST
        if name == network.handed_in
        else _heaviest_row(operand) * _HEAVIEST
        for name, operand in network.operands.items()
    )
    if heaviest > MAX_SUM:
        raise CompileError(
            f"a row's largest sum must stay below 2^31, got {heaviest}: "
            "the graph has a row too heavy for int32"
        )
    if network.handed_in in network.over_nodes:
        raise CompileError(f"{network.handed_in} cannot be handed in: its columns are nodes")
    widths = {job.name: job.columns for job in network.jobs}
    for job in network.jobs:
        _check_job(job, widths, device)
    output = network.jobs[-1]
    if output.epilogue.bits != 16:
        raise CompileError(f"{output.name} is the last job: its rows must have 16 bits")


def _heaviest_row(operand: Csr) -> int:
    magnitude = (
        np.ones(operand.nnz, np.int64)
        if operand.data is None
        else np.abs(operand.data.astype(np.int64))
    )
    sums = np.bincount(operand.row_ids(), weights=magnitude, minlength=1)
    return int(sums.max(initial=0))


def _check_job(job: Job, widths: dict[str, int], device: Device) -> None:
    if job.addend is not None:
        raise CompileError(
            f"layer {job.layer}: {job.name} adds rows of {job.addend.rows.job}, but this hardware "
            "adds nothing to a product but its bias"
        )
    if not isinstance(job.left, Rows):
        return
    if job.right_jobs:
        raise CompileError(
            f"layer {job.layer}: {job.name} multiplies rows of {job.left.job} with rows of "
            f"{' and '.join(job.right_jobs)}, but one operand of a product must be known "
            "at compile time"
        )
    depth = widths[job.left.job]
    if depth > device.store_rows - device.features:
        raise CompileError(
            f"layer {job.layer} takes {depth} features, device {device.name} holds "
            f"{device.store_rows - device.features} weight rows in a feature store"
        )
