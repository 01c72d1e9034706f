# SPDX-License-Identifier: Apache-2.0
"""Putting an integer network into processing order."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.reference.network import IntegerLayer, IntegerNetwork
from hgcn.reference.requantise import Requantiser


def permute_network(
    network: IntegerNetwork, rows: NDArray[np.integer[Any]], columns: NDArray[np.integer[Any]]
) -> IntegerNetwork:
    """Return the network with node ``rows[i]`` at row i and feature ``columns[j]`` at column j.

    Its output is that of ``network`` with the rows permuted, bit for bit: integer sums do not mind
    their order.
    """

    def permuted(scales: Requantiser) -> Requantiser:
        return dataclasses.replace(scales, row=scales.row[rows])

    layers = [
        IntegerLayer(
            weight=layer.weight if number else np.ascontiguousarray(layer.weight[columns]),
            combine=permuted(layer.combine),
            aggregate=permuted(layer.aggregate),
        )
        for number, layer in enumerate(network.layers)
    ]
    return dataclasses.replace(
        network,
        adjacency=network.adjacency.permuted(rows, rows),
        features=network.features.permuted(rows, columns),
        layers=tuple(layers),
        logit_rows=None if network.logit_rows is None else network.logit_rows[rows],
    )
