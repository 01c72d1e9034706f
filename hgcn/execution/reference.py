# SPDX-License-Identifier: Apache-2.0
"""The `reference` backend: bundle by bundle and slice by slice."""

from __future__ import annotations

import numpy as np

from hgcn.arch.device import K0
from hgcn.execution.interpreter import Interpreter
from hgcn.execution.machine import Machine
from hgcn.format.streams import ACCUMULATOR, ENTRY, NO_POSITION
from hgcn.isa.commands import Spmm
from hgcn.isa.payload import decode_bundles, decode_control, decode_left


class ReferenceBackend(Interpreter):
    """Slow and obvious. The first to ask when two backends differ."""

    name = "reference"
    summary = "the program's arithmetic, bundle by bundle; no clock"

    def lanes(self, machine: Machine, command: Spmm) -> None:
        """Add the products of the PL engine's bundles."""
        d = machine.device
        binary = not command.pl_int8
        entries = decode_bundles(machine.fetch(command.pl), command.bundles, d, binary=binary)
        store, sums = machine.stores[command.store], machine.lane_sums[command.buffer]
        for bundle in entries:
            lane = np.flatnonzero(ENTRY["valid"].get(bundle))
            live = bundle[lane]
            position = ENTRY["position"].get(live) + command.base
            value = ENTRY["value"].get(live).astype(np.int32)
            accumulator = ACCUMULATOR["lane"].put(lane) | ACCUMULATOR["slot"].put(
                ENTRY["slot"].get(live)
            )
            terms = store[position].astype(np.int32)
            sums[accumulator] += terms if binary else terms * value[:, None]

    def slices(self, machine: Machine, command: Spmm) -> None:
        """Add the products of the tensor array's slices."""
        d = machine.device
        records = decode_control(machine.fetch(command.control), command.slices)
        binary = not records.int8.any()
        left = decode_left(machine.fetch(command.left), command.slices, d, binary=binary)
        store, sums = machine.stores[command.store], machine.block_sums[command.buffer]
        for index in range(command.slices):
            position = records.positions[index].astype(np.int64)
            real = position < NO_POSITION
            right = np.zeros((K0, d.features), dtype=np.int32)
            right[real] = store[command.base + position[real]]
            first = int(records.tag[index]) * d.block_rows
            sums[first : first + d.block_rows] += left[index].astype(np.int32) @ right
