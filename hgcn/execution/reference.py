# SPDX-License-Identifier: Apache-2.0
"""The `reference` backend: word by word and slice by slice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hgcn.arch.device import K0, Device
from hgcn.execution.backend import Execution, RunOptions, refuse_options
from hgcn.execution.machine import Machine
from hgcn.format.streams import ENTRY, NO_POSITION, PLACE
from hgcn.isa.commands import Spmm
from hgcn.isa.payload import decode_control, decode_left, decode_words


class ReferenceBackend:
    """Slow and obvious. The first to ask when two backends differ."""

    name = "reference"
    summary = "the program's arithmetic, word by word; no clock"

    def check_options(self, extra: Mapping[str, Any]) -> None:
        """Refuse all: there are none."""
        refuse_options(self.name, extra)

    def run(self, image: bytes, device: Device, options: RunOptions) -> Execution:
        """Execute ``image``; see `hgcn.execution.backend.Backend`."""
        self.check_options(options.extra)
        machine = Machine(image, device, options.input_data)
        machine.run(_spmm, options.progress)
        return Execution(
            output=machine.output,
            bytes_read=machine.bytes_read,
            bytes_written=machine.bytes_written,
        )


def _spmm(machine: Machine, command: Spmm) -> None:
    if command.words:
        _lanes(machine, command)
    if command.slices:
        _tiles(machine, command)


def _lanes(machine: Machine, command: Spmm) -> None:
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


def _tiles(machine: Machine, command: Spmm) -> None:
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
