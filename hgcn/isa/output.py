# SPDX-License-Identifier: Apache-2.0
"""The output region: integer logits from what the last DRAINs wrote."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.errors import ProgramError
from hgcn.format.layouts import OUTPUT


def output_bytes(rows: int, num_classes: int, device: Device) -> int:
    """Size of the output region: int16 logits, rows padded to blocks, classes to feature tiles."""
    padded = -(-rows // device.block_rows) * device.block_rows
    return -(-num_classes // device.features) * padded * device.features * 2


def read_output(
    output: bytes, network_rows: int, num_classes: int, device: Device
) -> NDArray[np.int16]:
    """Integer logits, shape (rows, classes), from the output region in processing order."""
    padded = -(-network_rows // device.block_rows) * device.block_rows
    feature_tiles = -(-num_classes // device.features)
    need = output_bytes(network_rows, num_classes, device)
    if len(output) < need:
        raise ProgramError(f"output must hold {need} bytes, got {len(output)}")
    flat = np.frombuffer(output, dtype="<i2", count=need // 2)
    rows = OUTPUT.unpack(flat, padded, feature_tiles * device.features, F=device.features)
    logits: NDArray[np.int16] = rows[:network_rows, :num_classes].astype(np.int16)
    return logits
