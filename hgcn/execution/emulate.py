# SPDX-License-Identifier: Apache-2.0
"""The `emulate` backend: the same program, each SPMM as one or two SciPy sparse products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from hgcn.arch.device import Device
from hgcn.execution.backend import Execution, RunOptions, refuse_options
from hgcn.execution.machine import Machine
from hgcn.mapping.mapped import NO_POSITION
from hgcn.program.commands import Spmm
from hgcn.program.payload import VALID_BIT, decode_control, decode_left, decode_words


class EmulateBackend:
    """Fast: cost is a few NumPy passes over the program."""

    name = "emulate"

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
    _, lane = valid = np.nonzero(entries & VALID_BIT)
    live = entries[valid]
    value = (live >> 24).astype(np.uint8).view(np.int8).astype(np.int32)
    place = lane.astype(np.int64) << 9 | (live >> 14 & 0x1FF)
    position = (live & 0x3FFF) + command.base
    left = csr_matrix(
        (np.ones(len(live), np.int32) if binary else value, (place, position)),
        shape=(d.lanes << 9, d.store_rows),
    )
    machine.lane_sums[command.half] += left @ machine.stores[command.store].astype(np.int32)


def _tiles(machine: Machine, command: Spmm) -> None:
    d = machine.device
    records = decode_control(machine.fetch(command.control), command.slices)
    binary = not records.int8.any()
    left = decode_left(machine.fetch(command.left), command.slices, d, binary=binary)
    index, row, depth = np.nonzero(left)
    position = records.positions[index, depth].astype(np.int64)
    real = position < NO_POSITION
    index, row, depth, position = index[real], row[real], depth[real], position[real]
    block = records.tag[index].astype(np.int64) * d.block_rows + row
    matrix = csr_matrix(
        (left[index, row, depth].astype(np.int32), (block, position + command.base)),
        shape=(d.window_rows, d.store_rows),
    )
    machine.block_sums[command.half] += matrix @ machine.stores[command.store].astype(np.int32)
