# SPDX-License-Identifier: Apache-2.0
"""What a program of given splits takes at least: those that cannot win need not be tried."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from hgcn.arch.device import K0, LINE_BYTES, Device
from hgcn.cycles.cost import segment_cycles
from hgcn.cycles.memory import CREDIT_BEATS
from hgcn.format.streams import CONTROL_HEAD, entry_bytes
from hgcn.isa.commands import Command, Spmm, streams
from hgcn.lowering.chains import turns
from hgcn.partition.split import Split
from hgcn.reference.job import Job, Named


def feature_tiles_of(jobs: Sequence[Job], device: Device) -> Counter[str]:
    """Return how many feature tiles multiply each operand."""
    return Counter(
        job.left.name for job in turns(jobs, device.features) if isinstance(job.left, Named)
    )


def split_bytes(commands: Sequence[Command]) -> int:
    """Return the bytes of a program that depend on its splits: of the streams of its SPMMs."""
    return LINE_BYTES * sum(
        stream.lines
        for command in commands
        if isinstance(command, Spmm)
        for stream in streams(command).values()
    )


def least_cycles(
    splits: Mapping[str, Split], feature_tiles: Mapping[str, int], other_bytes: int, device: Device
) -> float:
    """Return cycles that no program of ``splits`` beats.

    Parameters
    ----------
    splits : mapping of str to Split
    feature_tiles : mapping of str to int
        Of `feature_tiles_of`.
    other_bytes : int
        What the program moves beside the streams of its SPMMs of these splits: the same for all.
    device : Device

    Notes
    -----
    The larger of two. *Engines*: one SPMM runs at a time, ``max(nonzeros / L, columns *
    segment_cycles)`` at least. *Memory*: ``other_bytes``, an entry for each nonzero on the PL, and
    for each column on the array its part of the operand and of the shortest record; less the beats
    that an idle memory makes up for.
    """
    engines, moved = 0.0, float(other_bytes - CREDIT_BEATS * device.axi_bytes)
    for name, made in splits.items():
        binary = made.operand.data is None
        column_bytes = CONTROL_HEAD.bytes / K0 + device.block_rows / (K0 if binary else 1)
        array = made.columns * segment_cycles(device, binary=binary)
        busy = math.fsum(np.maximum(made.scattered / device.lanes, array))
        entries = float(made.scattered.sum()) * entry_bytes(binary=binary)
        engines += feature_tiles[name] * busy
        moved += feature_tiles[name] * (entries + float(made.columns.sum()) * column_bytes)
    return max(engines, moved / device.dram_bytes_per_cycle)
