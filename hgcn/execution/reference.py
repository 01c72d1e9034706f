# SPDX-License-Identifier: Apache-2.0
"""The `reference` backend: word by word and slice by slice."""

from __future__ import annotations

import numpy as np

from hgcn.arch.device import K0
from hgcn.execution.interpreter import Interpreter
from hgcn.execution.machine import Machine
from hgcn.format.streams import ENTRY, NO_POSITION, PLACE
from hgcn.isa.commands import Spmm
from hgcn.isa.payload import decode_control, decode_left, decode_words


class ReferenceBackend(Interpreter):
    """Slow and obvious. The first to ask when two backends differ."""

    name = "reference"
    summary = "the program's arithmetic, word by word; no clock"

    def lanes(self, machine: Machine, command: Spmm) -> None:
        """Add the products of the PL engine's words."""
        d = machine.device
        binary = not command.pl_int8
        entries = decode_words(machine.fetch(command.pl), command.words, d, binary=binary)
        store, sums = machine.stores[command.store], machine.lane_sums[command.half]
        for word in entries:
            lane = np.flatnonzero(ENTRY["valid"].get(word))
            live = word[lane]
            position = ENTRY["position"].get(live) + command.base
            value = ENTRY["value"].get(live).astype(np.int32)
            place = PLACE["lane"].put(lane) | PLACE["slot"].put(ENTRY["slot"].get(live))
            terms = store[position].astype(np.int32)
            sums[place] += terms if binary else terms * value[:, None]

    def tiles(self, machine: Machine, command: Spmm) -> None:
        """Add the products of the tensor array's slices."""
        d = machine.device
        records = decode_control(machine.fetch(command.control), command.slices)
        binary = not records.int8.any()
        left = decode_left(machine.fetch(command.left), command.slices, d, binary=binary)
        store, sums = machine.stores[command.store], machine.block_sums[command.half]
        for index in range(command.slices):
            position = records.positions[index].astype(np.int64)
            real = position < NO_POSITION
            right = np.zeros((K0, d.features), dtype=np.int32)
            right[real] = store[command.base + position[real]]
            first = int(records.tag[index]) * d.block_rows
            sums[first : first + d.block_rows] += left[index].astype(np.int32) @ right
