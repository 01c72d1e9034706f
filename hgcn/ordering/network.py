# SPDX-License-Identifier: Apache-2.0
"""An integer network in another node order and feature order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hgcn.reference.network import IntegerNetwork
from hgcn.reference.requantise import Requantiser


def permute_network(
    network: IntegerNetwork, rows: NDArray[np.integer], features: NDArray[np.integer]
) -> IntegerNetwork:
    """Return the network with node ``rows[i]`` at row i and feature ``features[j]`` at column j.

    Its integer logits are the rows of the original's in the order ``rows``: nothing is rounded again.
    """

    def scales(old: Requantiser) -> Requantiser:
        return replace(old, row=old.row[rows])

    layers = tuple(
        replace(
            layer,
            weight=layer.weight[features] if number == 0 else layer.weight,
            combine=scales(layer.combine),
            aggregate=scales(layer.aggregate),
        )
        for number, layer in enumerate(network.layers)
    )
    return replace(
        network,
        adjacency=network.adjacency.permuted(rows, rows),
        features=network.features.permuted(rows, features),
        layers=layers,
    )
