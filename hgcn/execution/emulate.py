# SPDX-License-Identifier: Apache-2.0
"""The `emulate` backend: the same program, each SPMM as one or two SciPy sparse products."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from hgcn.arch.device import K0
from hgcn.execution.interpreter import Interpreter
from hgcn.execution.machine import Machine
from hgcn.format.streams import ACCUMULATOR, ENTRY, NO_POSITION, entry_bytes
from hgcn.isa.commands import Spmm
from hgcn.isa.payload import decode_bundles, decode_control, decode_left

_CHUNK_CELLS = 1 << 20
"""Of a left operand multiplied at once: a cell in a stream takes up to 40 bytes on the way."""


class EmulateBackend(Interpreter):
    """Fast: cost is a few NumPy passes over the program."""

    name = "emulate"
    summary = "the program's arithmetic, fast; no clock"

    def lanes(self, machine: Machine, command: Spmm) -> None:
        """Add the products of the PL engine's bundles."""
        d = machine.device
        binary = not command.pl_int8
        data = machine.fetch(command.pl)
        store, sums = machine.stores[command.store], machine.lane_sums[command.buffer]
        bundle_bytes = d.lanes * entry_bytes(binary=binary)
        for start, bundles in _chunks(command.bundles, d.lanes):
            part = data[start * bundle_bytes : (start + bundles) * bundle_bytes]
            entries = decode_bundles(part, bundles, d, binary=binary)
            _, lane = valid = np.nonzero(ENTRY["valid"].get(entries))
            live = entries[valid]
            value = ENTRY["value"].get(live).astype(np.int32)
            accumulator = ACCUMULATOR["lane"].put(lane) | ACCUMULATOR["slot"].put(
                ENTRY["slot"].get(live)
            )
            position = ENTRY["position"].get(live) + command.base
            _add(
                sums,
                accumulator,
                np.ones(len(live), np.int32) if binary else value,
                store,
                position,
            )

    def slices(self, machine: Machine, command: Spmm) -> None:
        """Add the products of the tensor array's slices."""
        d = machine.device
        records = decode_control(machine.fetch(command.control), command.slices)
        binary = not records.int8.any()
        data = machine.fetch(command.left)
        store, sums = machine.stores[command.store], machine.block_sums[command.buffer]
        slice_bytes = d.block_rows * (1 if binary else K0)
        for start, slices in _chunks(command.slices, d.block_rows * K0):
            part = data[start * slice_bytes : (start + slices) * slice_bytes]
            left = decode_left(part, slices, d, binary=binary)
            index, row, depth = np.nonzero(left)
            position = records.positions[start + index, depth].astype(np.int64)
            real = position < NO_POSITION
            index, row, depth, position = index[real], row[real], depth[real], position[real]
            block = records.tag[start + index].astype(np.int64) * d.block_rows + row
            value = left[index, row, depth].astype(np.int32)
            _add(sums, block, value, store, position + command.base)


def _add(
    sums: NDArray[np.int32],
    accumulator: NDArray[np.integer[Any]],
    value: NDArray[np.int32],
    store: NDArray[np.int8],
    position: NDArray[np.integer[Any]],
) -> None:
    """Add to ``sums[accumulator]`` the rows ``store[position]`` times ``value``.

    Rows that take no part are left out: many small commands cost no more than a large one.
    """
    accumulators, row = _used(accumulator)
    positions, column = _used(position)
    left = csr_matrix((value, (row, column)), shape=(len(accumulators), len(positions)))
    sums[accumulators] += left @ store[positions].astype(np.int32)


def _used(
    numbers: NDArray[np.integer[Any]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct numbers, and the index of each among them."""
    is_used = np.bincount(numbers) > 0
    return np.flatnonzero(is_used), (np.cumsum(is_used) - 1)[numbers]


def _chunks(count: int, cells: int) -> Iterator[tuple[int, int]]:
    """Cut ``count`` items of ``cells`` cells each: (first, how many) of each chunk."""
    most = max(1, _CHUNK_CELLS // cells)
    for start in range(0, count, most):
        yield start, min(most, count - start)
