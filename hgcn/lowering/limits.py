# SPDX-License-Identifier: Apache-2.0
"""What no schedule can compute on a device."""

from __future__ import annotations

import numpy as np

from hgcn.arch.device import Device
from hgcn.errors import CompileError
from hgcn.reference.network import IntegerNetwork

_MAX_SUM = 1 << 31
_HEAVIEST = 128
"""Magnitude of -128, the farthest int8."""


def check_limits(network: IntegerNetwork, device: Device, *, any_features: bool = False) -> None:
    """Refuse what no schedule can compute.

    With ``any_features`` the features are only known at run time: any bytes, every one of them.

    Raises
    ------
    CompileError
        Naming the limit: accumulator range, or hidden width beyond a feature store.
    """
    heaviest = network.features.shape[1] * _HEAVIEST * _HEAVIEST if any_features else 0
    operands = (network.adjacency,) if any_features else (network.features, network.adjacency)
    for left in operands:
        magnitude = (
            np.ones(left.nnz, np.int64) if left.data is None else np.abs(left.data.astype(np.int64))
        )
        sums = np.bincount(left.row_ids(), weights=magnitude, minlength=1)
        heaviest = max(heaviest, int(sums.max(initial=0)) * _HEAVIEST)
    if heaviest >= _MAX_SUM:
        raise CompileError(
            f"a row's largest sum must stay below 2^31, got {heaviest}: "
            "the graph has a row too heavy for int32"
        )
    for number, layer in enumerate(network.layers[1:], start=2):
        depth = layer.weight.shape[0]
        if depth > device.store_rows - device.features:
            raise CompileError(
                f"layer {number} takes {depth} features, device {device.name} holds "
                f"{device.store_rows - device.features} weight rows in a feature store"
            )
