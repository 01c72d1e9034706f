# SPDX-License-Identifier: Apache-2.0
"""The least any program can take: from the workload, the device and the program format."""

from __future__ import annotations

from dataclasses import dataclass

from hgcn.arch.device import K0, Device
from hgcn.cycles.cost import segment_cycles
from hgcn.cycles.memory import CREDIT_BEATS
from hgcn.cycles.workload import JobSize, Workload
from hgcn.format.numbers import RECORD_BYTES
from hgcn.format.streams import COLUMN_PARAMETER, CONTROL_HEAD, ROW_RECORD, entry_bytes


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
    """A left operand's share of a feature tile: bytes to read, cycles, right-operand rows."""

    bytes: float
    cycles: float
    rows: int


def _sparse(nonzeros: int, rows: int, device: Device, *, binary: bool) -> _Left:
    """Nonzeros of a compile-time operand, each on the engine where it is cheapest.

    A segment of the array serves up to T of them for its column of the operand and, in a dense
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
    """A run-time operand: all of it, padded to groups of 8, in int8 on the tensor array."""
    segments = rows // device.block_rows * -(-features // K0) * K0
    return _Left(
        bytes=segments * (CONTROL_HEAD.bytes / K0 + device.block_rows),
        cycles=segments * segment_cycles(device, binary=False),
        rows=features,
    )


def _left(job: JobSize, workload: Workload, rows: int, device: Device) -> _Left:
    operand = None if job.left is None else workload.operands[job.left]
    if operand is None or operand.handed_in:
        return _dense(job.depth, rows, device)
    return _sparse(operand.nonzeros, workload.nodes, device, binary=operand.binary)


def lower_bound(workload: Workload, device: Device) -> Bound:
    """Return the bounds of ``workload`` on ``device``.

    They hold for every program that multiplies each nonzero of its operands, and each element of a
    run-time operand, once in each feature tile of F features: what a program of this format
    (docs/program-format.md) then cannot do without, whatever its ordering, split and schedule.

    Notes
    -----
    With n nodes in ``rows`` (n rounded up to whole blocks of T) and a job of m columns whose left
    operand has k, the sums go over all jobs and over the ``ceil(m / F)`` feature tiles of each.

    ``memory = bytes / usable bytes per cycle``, less the four beats that an idle memory makes up
    for. A feature tile reads

    * its left operand: a nonzero ``min(e, s / T)``, with e = 3 bytes (binary) or 4 as an entry of
      the PL, and s = 1 + T / 8 (binary) or 1 + T as a full segment of the array, its eighth of a
      dense record included; so a nearly full binary row costs little more than a bit a column. The
      values of a constant operand cost what others do: the format knows no constants.
      A run-time left operand: 1 + T bytes for each of the k columns, rounded up to eights, of each
      row block;
    * if the right operand is weights, F bytes for each of its rows needed: k, or of a compile-time
      left operand at least ``ceil(nonzeros / n)``, the columns they need; and a command to bring
      them, if there are any. Rows of another job may still be in a store;
    * for each row tile a multiply and a drain, 128 bytes each, and the drain's parameters: 8 F
      bytes, 4 for each row;

    and writes, if its rows are the output or a left operand later, F bytes a row, or 2 F where they
    have 16 bits. A header and an END, 128 bytes each, come once.

    ``compute``: a nonzero takes ``1 / (L + T / g)`` cycles, both engines working; a run-time
    operand, which has no schedule, takes g for each of its segments, on the array alone. g is
    `hgcn.cycles.cost.segment_cycles`: gather, tensor PEs, PLIO A and B, whichever is slowest. No
    two jobs run at the same time.

    ``drain``: the column parameters of each row tile, 8 F bytes, a beat a cycle; then ``1 / E``
    cycles for each row (E = ``drain_rows``), or the beats of its bytes where it is written to
    memory and they take longer.
    """
    d, w = device, workload
    rows = -(-w.nodes // d.block_rows) * d.block_rows
    tiles = -(-rows // d.tile_rows)
    records = tiles * COLUMN_PARAMETER.bytes * d.features + ROW_RECORD.bytes * rows
    parameter_cycles = COLUMN_PARAMETER.bytes * d.features / d.axi_bytes
    total_bytes, compute, drain = 2.0 * RECORD_BYTES, 0.0, 0.0
    for job in w.jobs:
        left = _left(job, w, rows, d)
        moved = left.bytes + records + 2 * tiles * RECORD_BYTES
        if job.weights:
            moved += left.rows * d.features + (left.rows > 0) * RECORD_BYTES
        row_cycles = 1 / d.drain_rows
        if job.written:
            row_bytes = d.features * job.bits // 8
            moved += rows * row_bytes
            row_cycles = max(row_cycles, row_bytes / d.axi_bytes)
        feature_tiles = -(-job.columns // d.features)
        total_bytes += feature_tiles * moved
        compute += feature_tiles * left.cycles
        drain += feature_tiles * (tiles * parameter_cycles + rows * row_cycles)
    total_bytes -= CREDIT_BEATS * d.axi_bytes
    return Bound(
        memory_cycles=total_bytes / d.dram_bytes_per_cycle,
        compute_cycles=compute,
        drain_cycles=drain,
    )
