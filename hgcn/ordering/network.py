# SPDX-License-Identifier: Apache-2.0
"""Putting an integer network into processing order."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.ordering.columns import order_columns_by_count
from hgcn.reference.job import Job, Named, stack_stride
from hgcn.reference.network import IntegerNetwork


def order_network_columns(network: IntegerNetwork) -> dict[str, NDArray[np.int32]]:
    """Return the order of the columns of each operand whose columns are not nodes, by its name.

    Those with many nonzeros come first. One that is handed in at run time stays as it is: it has
    none that are known.
    """
    return {
        name: order_columns_by_count(operand)
        for name, operand in network.operands.items()
        if name not in network.over_nodes and name != network.handed_in
    }


def permute_network(
    network: IntegerNetwork,
    rows: NDArray[np.integer[Any]],
    columns: dict[str, NDArray[np.int32]],
) -> IntegerNetwork:
    """Return the network with node ``rows[i]`` at row i.

    ``columns`` names for operands the column at each place; the weights they multiply follow. The
    output is that of ``network`` with the rows permuted, bit for bit: integer sums do not mind
    their order.
    """
    orders: dict[str, NDArray[np.integer[Any]]] = {**columns}
    for name in network.over_nodes:
        orders[name] = _over_nodes(rows, network.operands[name].shape[1])

    def permuted(job: Job) -> Job:
        right, addend = job.right, job.addend
        if isinstance(right, np.ndarray) and isinstance(job.left, Named):
            order = orders.get(job.left.name)
            right = right if order is None else np.ascontiguousarray(right[order])
        if addend is not None:
            addend = dataclasses.replace(addend, row=addend.row[rows])
        epilogue = dataclasses.replace(job.epilogue, row=job.epilogue.row[rows])
        return dataclasses.replace(job, right=right, epilogue=epilogue, addend=addend)

    return dataclasses.replace(
        network,
        operands={
            name: operand.permuted(rows, orders.get(name))
            for name, operand in network.operands.items()
        },
        jobs=tuple(map(permuted, network.jobs)),
        logit_rows=None if network.logit_rows is None else network.logit_rows[rows],
    )


def _over_nodes(rows: NDArray[np.integer[Any]], columns: int) -> NDArray[np.integer[Any]]:
    """Return the order of columns that are nodes, or nodes of each of several stacked jobs."""
    nodes = len(rows)
    if columns == nodes:
        return rows
    stride = stack_stride(nodes)
    one = np.concatenate([rows, np.arange(nodes, stride, dtype=rows.dtype)])
    starts = np.arange(0, columns, stride, dtype=rows.dtype)
    order: NDArray[np.integer[Any]] = (starts[:, None] + one).reshape(-1)
    return order
