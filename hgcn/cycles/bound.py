# SPDX-License-Identifier: Apache-2.0
"""The least any program can take: from the workload, the device and the program format."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hgcn.arch.device import K0, Device
from hgcn.cycles.cost import segment_cycles
from hgcn.cycles.memory import CREDIT_BEATS
from hgcn.format.numbers import RECORD_BYTES
from hgcn.format.streams import COLUMN_PARAMETER, CONTROL_HEAD, ROW_RECORD, entry_bytes
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Lower bounds in PL cycles, by cause; `cycles` is the largest.

    Attributes
    ----------
    memory_cycles : float
        To move the bytes.
    compute_cycles : float
        To multiply, on both engines together.
    drain_cycles : float
        To requantise the rows.
    """

    memory_cycles: float
    compute_cycles: float
    drain_cycles: float

    @property
    def cycles(self) -> float:
        """No program is faster."""
        return max(self.memory_cycles, self.compute_cycles, self.drain_cycles)

    @property
    def cause(self) -> str:
        """What binds: memory, compute or drain."""
        named = {
            "memory": self.memory_cycles,
            "compute": self.compute_cycles,
            "drain": self.drain_cycles,
        }
        return max(named, key=lambda cause: named[cause])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """A left operand's share of one pass: bytes to read, cycles to multiply, right-operand rows."""

    bytes: float
    cycles: float
    rows: int


def _sparse(nonzeros: int, rows: int, device: Device, *, binary: bool) -> _Left:
    """Nonzeros of a compile-time operand, each on the engine where it is cheapest.

    A segment of the STA serves up to T of them for its column of the operand and, in a dense
    record, an eighth of the record; the PL engine takes L a cycle, an entry each.
    """
    height = device.block_rows
    segment_bytes = CONTROL_HEAD.bytes / K0 + height / (K0 if binary else 1)
    per_cycle = device.lanes + height / segment_cycles(device, binary=binary)
    return _Left(
        bytes=nonzeros * min(entry_bytes(binary=binary), segment_bytes / height),
        cycles=nonzeros / per_cycle,
        rows=-(-nonzeros // rows),
    )


def _dense(features: int, rows: int, device: Device) -> _Left:
    """A run-time operand: all of it, padded to groups of 8, in int8 on the STA."""
    segments = rows // device.block_rows * -(-features // K0) * K0
    return _Left(
        bytes=segments * (CONTROL_HEAD.bytes / K0 + device.block_rows),
        cycles=segments * segment_cycles(device, binary=False),
        rows=features,
    )


def lower_bound(workload: Workload, device: Device) -> Bound:
    """Return the bounds of ``workload`` on ``device``.

    They hold for every program that multiplies each nonzero of X and A + I, and each element of a
    run-time operand, once in each pass of F features: what a program of this format
    (docs/program-format.md) then cannot do without, whatever its ordering, split and schedule.

    Notes
    -----
    With n nodes in ``rows`` (n rounded up to whole blocks of T) and a layer of k features in and m
    out, the sums go over all layers and over the ``ceil(m / F)`` passes of each.

    ``memory = bytes / usable bytes per cycle``, less the four beats that an idle memory makes up
    for. A pass reads

    * its left operand and A + I: a nonzero ``min(e, s / T)``, with e = 3 bytes (binary) or 4 as an
      entry of the PL, and s = 1 + T / 8 (binary) or 1 + T as a full segment of the STA, its eighth
      of a dense record included; so a nearly full binary row costs little more than a bit a column.
      The values of a constant operand cost what others do: the format knows no constants.
      A run-time left operand: 1 + T bytes for each of the k features, rounded up to eights, of each
      row block;
    * F bytes for each right-operand row needed: k, or of a compile-time X at least
      ``ceil(nonzeros / n)``, the columns they need;
    * a command to bring them, if there are any, and for each row window of both products a multiply
      and a drain, 128 bytes each, and the drain's parameters: 8 F bytes, 4 for each row;

    and writes F bytes a row, the last layer 2 F. A header and an END, 128 bytes each, come once.

    ``compute``: a nonzero takes ``1 / (L + T / g)`` cycles, both engines working; a run-time
    operand, which has no schedule, takes g for each of its segments, on the STA alone. g is
    `hgcn.cycles.cost.segment_cycles`: gather, tensor PEs, PLIO A and B, whichever is slowest. The
    two products of a pass never run at the same time.

    ``drain``: F cycles for the parameters of each row window of both products, and one for each
    row, or two where it is written to memory in two beats.
    """
    d, w = device, workload
    rows = -(-w.nodes // d.block_rows) * d.block_rows
    windows = -(-rows // d.window_rows)
    edges = _sparse(w.adjacency_nnz, w.nodes, d, binary=w.adjacency_binary)
    total_bytes, compute, drain = 2.0 * RECORD_BYTES, 0.0, 0
    for number, (fan_in, fan_out) in enumerate(pairwise(w.widths), start=1):
        if number == 1 and not w.features_dense:
            left = _sparse(w.features_nnz, w.nodes, d, binary=w.features_binary)
        else:
            left = _dense(fan_in, rows, d)
        last = number == len(w.widths) - 1
        row_bytes = d.features * (2 if last else 1)
        commands = 4 * windows + (left.rows > 0)
        records = windows * COLUMN_PARAMETER.bytes * d.features + ROW_RECORD.bytes * rows
        moved = left.bytes + edges.bytes + left.rows * d.features
        moved += commands * RECORD_BYTES + 2 * records + rows * row_bytes
        passes = -(-fan_out // d.features)
        total_bytes += passes * moved
        compute += passes * (left.cycles + edges.cycles)
        beats = -(-row_bytes // d.axi_bytes)
        drain += passes * (2 * windows * d.features + rows * (1 + beats))
    total_bytes -= CREDIT_BEATS * d.axi_bytes
    return Bound(
        memory_cycles=total_bytes / d.dram_bytes_per_cycle,
        compute_cycles=compute,
        drain_cycles=float(drain),
    )


def workload_of(network: IntegerNetwork, *, features_dense: bool = False) -> Workload:
    """Return what ``network`` asks of any device."""
    weights = [job for job in network.jobs if job.weights is not None]
    features, adjacency = network.operands["features"], network.operands["adjacency"]
    return Workload(
        nodes=network.num_nodes,
        widths=[features.shape[1], *(job.columns for job in weights)],
        features_nnz=features.nnz,
        features_binary=features.data is None,
        adjacency_nnz=adjacency.nnz,
        adjacency_binary=adjacency.data is None,
        features_dense=features_dense,
    )
