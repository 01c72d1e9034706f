# SPDX-License-Identifier: Apache-2.0
"""The least any program can take: from the workload and the device's peaks alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hgcn.arch.device import Device
from hgcn.reference.network import IntegerNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A GCN inference, device apart.

    Attributes
    ----------
    nodes : int
    widths : sequence of int
        Feature width, then the output width of each layer.
    features_nnz, adjacency_nnz : int
        Nonzeros of X and of A + I.
    features_binary, adjacency_binary : bool
        Nonzeros that carry no value.
    features_dense : bool
        The features are only known at run time: all of X, zeros included.
    """

    nodes: int
    widths: list[int]
    features_nnz: int
    features_binary: bool
    adjacency_nnz: int
    adjacency_binary: bool
    features_dense: bool = False

    @property
    def macs(self) -> int:
        """Useful multiply-accumulates: X W, then dense H W, and A P of every layer."""
        cells = self.nodes * self.widths[0] if self.features_dense else self.features_nnz
        total = cells * self.widths[1]
        for fan_in, fan_out in zip(self.widths[1:], self.widths[2:], strict=False):
            total += self.nodes * fan_in * fan_out
        return total + sum(self.adjacency_nnz * width for width in self.widths[1:])

    @property
    def memory_bytes(self) -> float:
        """Compulsory traffic: each operand once.

        A nonzero needs at least ``log2(columns)`` bits for its column, and 8 more for a value; a
        dense feature 1 byte; weights 1 byte each; logits 1 byte each.
        """
        bits = 8.0 * self.nodes * self.widths[0]
        if not self.features_dense:
            bits = self.features_nnz * (
                math.log2(max(self.widths[0], 2)) + (0 if self.features_binary else 8)
            )
        bits += self.adjacency_nnz * (
            math.log2(max(self.nodes, 2)) + (0 if self.adjacency_binary else 8)
        )
        weights = sum(a * b for a, b in zip(self.widths, self.widths[1:], strict=False))
        return bits / 8 + weights + self.nodes * self.widths[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Lower bounds in PL cycles, by cause; `cycles` is the largest."""

    memory_cycles: float
    compute_cycles: float
    plio_cycles: float

    @property
    def cycles(self) -> float:
        """No program is faster."""
        return max(self.memory_cycles, self.compute_cycles, self.plio_cycles)

    @property
    def cause(self) -> str:
        """What binds: memory, compute or plio."""
        named = {
            "memory": self.memory_cycles,
            "compute": self.compute_cycles,
            "plio": self.plio_cycles,
        }
        return max(named, key=lambda cause: named[cause])


def lower_bound(workload: Workload, device: Device) -> Bound:
    """Return the bounds of ``workload`` on ``device``.

    Notes
    -----
    ``memory = compulsory bytes / usable bytes per cycle``; ``compute = useful MACs / peak MACs per
    cycle of both engines``; ``plio = bytes the run-time operands (hidden layers, dense features)
    must carry through PLIO A / its bytes per cycle``: they have no compile-time schedule and run on
    the STA.
    """
    first = 0 if workload.features_dense else 1
    hidden = sum(workload.nodes * width for width in workload.widths[first:-1])
    return Bound(
        memory_cycles=workload.memory_bytes / device.dram_bytes_per_cycle,
        compute_cycles=workload.macs / device.macs_per_pl_cycle,
        plio_cycles=hidden / (16 * device.sta_rows),
    )


def workload_of(network: IntegerNetwork, *, features_dense: bool = False) -> Workload:
    """Return what ``network`` asks of any device."""
    widths = [network.features.shape[1], *(layer.weight.shape[1] for layer in network.layers)]
    return Workload(
        nodes=network.num_nodes,
        widths=[int(width) for width in widths],
        features_nnz=network.features.nnz,
        features_binary=network.features.data is None,
        adjacency_nnz=network.adjacency.nnz,
        adjacency_binary=network.adjacency.data is None,
        features_dense=features_dense,
    )
