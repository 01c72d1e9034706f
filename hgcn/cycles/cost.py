# SPDX-License-Identifier: Apache-2.0
"""The cost function the splitter is handed: cycles of one window from the work on each engine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, Device
from hgcn.format.numbers import PLIO_BYTES
from hgcn.format.streams import CONTROL_RECORD, entry_bytes
from hgcn.partition.split import CostFunction


def segment_cycles(device: Device, *, binary: bool) -> float:
    """PL cycles the STA side spends on one segment (a column of a row block), memory apart.

    The slowest of: gather, ``1 / G``; the tensor PEs, ``steps_per_slice / 8`` STA cycles over R
    rows; PLIO B, ``N / 2`` beats a slice, and PLIO A, ``T / 16`` (binary) or ``T / 2`` (int8) beats
    a slice, both over R rows.
    """
    d = device
    array = d.steps_per_slice / K0 / d.sta_rows * d.pl_hz / d.sta_hz
    plio_b = d.pe_features * K0 / PLIO_BYTES / K0 / d.sta_rows
    plio_a = d.block_rows * (1 if binary else K0) / PLIO_BYTES / K0 / d.sta_rows
    return max(1 / d.gather_rows, array, plio_b, plio_a)


def segment_bytes(device: Device, *, binary: bool) -> float:
    """Memory bytes of one segment: its share of the control record, its column of the operand."""
    return CONTROL_RECORD.bytes / K0 + device.block_rows / (K0 if binary else 1)


def window_cost(device: Device, *, binary: bool) -> CostFunction:
    """Return cycles of a window as a function of (nonzeros on the PL, segments on the STA).

    ``max(nonzeros / L, segments * segment_cycles, (nonzeros * entry bytes + segments * segment
    bytes) / bytes per cycle)``: the two engines run side by side and share the memory.
    """
    per_segment = segment_cycles(device, binary=binary)
    per_segment_bytes = segment_bytes(device, binary=binary)
    per_entry_bytes = entry_bytes(binary=binary)

    def cost(nonzeros: NDArray[np.float64], segments: NDArray[np.float64]) -> NDArray[np.float64]:
        memory = nonzeros * per_entry_bytes + segments * per_segment_bytes
        engines = np.maximum(nonzeros / device.lanes, segments * per_segment)
        slowest: NDArray[np.float64] = np.maximum(engines, memory / device.dram_bytes_per_cycle)
        return slowest

    return cost
