# SPDX-License-Identifier: Apache-2.0
"""The rules of a mapping, verified against the split it came from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, Device
from hgcn.errors import CompileError
from hgcn.format.streams import ACCUMULATOR, ENTRY, NO_POSITION
from hgcn.mapping.mapped import Mapping
from hgcn.partition.split import Grid, Part, Split


def check(mapping: Mapping, split: Split, device: Device) -> None:
    """Verify every rule of the program format that a mapping must keep.

    Accumulators are distinct within a row tile, and the rows of a line of the drain lie in distinct
    lanes; the entries of a schedule bundle name distinct banks; the
    gathers of a slice do too; packets are whole, in order, and each on one PE row; and both engines
    together hold every nonzero of the operand exactly once, with its value.

    Raises
    ------
    CompileError
        Naming the rule and the first tile, bundle or slice that breaks it.

    Notes
    -----
    Time O(nnz log nnz): meant for tests and for doubts, the stage itself does not call it.
    """
    _check_accumulators(mapping, device)
    _check_bundles(mapping, device)
    _check_gathers(mapping, device)
    _check_packets(mapping, device)
    operand = split.operand
    values = np.ones(operand.nnz, dtype=np.int8) if operand.data is None else operand.data
    keys = operand.row_ids() * np.int64(operand.shape[1]) + operand.indices
    scattered = split.part == Part.SCATTERED
    _same("scattered nonzeros", keys[scattered], values[scattered], *_lane_nonzeros(mapping))
    # A stored zero is only a column of a slice: its presence cannot be told from its absence.
    tiled = ~scattered & (values != 0)
    _same("tensor array nonzeros", keys[tiled], values[tiled], *_slice_nonzeros(mapping))


def _fail(rule: str, holds: NDArray[np.bool_], what: str) -> None:
    if not holds.all():
        raise CompileError(f"mapping breaks a rule at {what} {int(np.argmin(holds))}: {rule}")


def _distinct(keys: NDArray[np.int64], real: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the ``real`` keys of each row differ."""
    apart = np.where(real, keys, -1 - np.arange(keys.shape[1]))
    apart = np.sort(apart, axis=1)
    return np.asarray((np.diff(apart, axis=1) != 0).all(axis=1))


def _check_accumulators(mapping: Mapping, device: Device) -> None:
    grid, accumulator = mapping.grid, mapping.lanes.accumulator.astype(np.int64)
    fits = (ACCUMULATOR["lane"].get(accumulator) < device.lanes) & (
        ACCUMULATOR["slot"].get(accumulator) < device.slots
    )
    _fail("an accumulator is a lane and slot of the device", fits, "row")
    key = np.sort(np.arange(len(accumulator)) // grid.tile_rows * (1 << 16) + accumulator)
    _fail("accumulators differ within a row tile", np.diff(key) != 0, "accumulator")
    _fail(
        "every padded row has an accumulator",
        np.array([len(accumulator) == grid.padded_rows]),
        "row",
    )
    lanes = ACCUMULATOR["lane"].get(accumulator).reshape(-1, device.drain_rows)
    lines = _distinct(lanes, np.ones(lanes.shape, dtype=np.bool_))
    _fail("the rows of a line lie in distinct lanes", lines, "line")


def _check_bundles(mapping: Mapping, device: Device) -> None:
    lanes = mapping.lanes
    bundles = np.diff(lanes.tile_start)
    _fail("a schedule is as long as its bound", bundles == lanes.bound_bundles, "tile")
    position, valid = ENTRY["position"].get(lanes.entries), ENTRY["valid"].get(lanes.entries)
    banks = _distinct(position % device.banks, valid == 1)
    _fail("the entries of a bundle name distinct banks", banks, "bundle")


def _check_gathers(mapping: Mapping, device: Device) -> None:
    slices, g = mapping.slices, device.gather_rows
    gathers = slices.positions.reshape(-1, g).astype(np.int64)
    banks = _distinct(gathers % device.banks, gathers < NO_POSITION)
    _fail("the positions of a gather lie in distinct banks", banks, "gather")
    run = slices.base[:, None].astype(np.int64) + np.arange(K0)
    aligned = np.all(slices.positions == run, axis=1) & (slices.base % K0 == 0)
    _fail("a dense slice is an aligned run", np.where(slices.dense, aligned, True), "slice")
    padded = np.all(slices.positions >= NO_POSITION, axis=1)
    _fail("a slice has a column", np.logical_not(padded), "slice")


def _check_packets(mapping: Mapping, device: Device) -> None:
    slices = mapping.slices
    _fail("a PE row exists", slices.pe_row < device.array_rows, "slice")
    tile = _tile_of(slices.tile_start)
    # Slices of one PE row in order: packets must follow each other whole.
    order = np.lexsort((slices.pe_row, tile))
    first = slices.first[order]
    begin = np.flatnonzero(first)
    size = np.diff(np.append(begin, len(first)))
    _fail("a PE row starts with a first slice", np.append(first[:1], True), "slice")
    packet = np.cumsum(first) - 1
    for name in ("tag", "packet_slices", "pe_row"):
        field = getattr(slices, name)[order]
        _fail(f"a packet has one {name}", field == field[begin][packet], "slice")
    _fail("a packet counts its slices", slices.packet_slices[order][begin] == size, "packet")
    last = np.append(first[1:], True)[: len(first)]
    _fail("the last slice of a packet says so", slices.last[order] == last, "slice")
    packets = np.bincount(tile[slices.first], minlength=len(slices.tile_packets))
    _fail("a tile counts its packets", packets == slices.tile_packets, "tile")
    key = tile[order][begin] * (1 << 16) + slices.tag[order][begin]
    _fail("a row block has one packet a tile", np.diff(np.sort(key)) != 0, "packet")


def _tile_of(start: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(start) - 1), np.diff(start))


def _columns(grid: Grid, tile: NDArray[np.int64], position: NDArray[np.int64]) -> NDArray[np.int64]:
    return tile % grid.num_col_tiles * grid.tile_cols + position


def _lane_nonzeros(mapping: Mapping) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return ``row * cols + col`` and the value of every valid entry."""
    grid, lanes = mapping.grid, mapping.lanes
    bundle, lane = np.nonzero(ENTRY["valid"].get(lanes.entries))
    entry = lanes.entries[bundle, lane]
    tile = _tile_of(lanes.tile_start)[bundle]
    rows = np.zeros((grid.num_row_tiles, 1 << 16), dtype=np.int64)
    row = np.arange(len(lanes.accumulator))
    rows[row // grid.tile_rows, lanes.accumulator] = row
    accumulator = ACCUMULATOR["lane"].put(lane) | ACCUMULATOR["slot"].put(ENTRY["slot"].get(entry))
    found = rows[tile // grid.num_col_tiles, accumulator]
    value = ENTRY["value"].get(entry).astype(np.int8)
    if mapping.binary:
        value = value + np.int8(1)  # A binary entry carries no value bits: they must be 0.
    return found * grid.cols + _columns(grid, tile, ENTRY["position"].get(entry)), value


def _slice_nonzeros(mapping: Mapping) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return ``row * cols + col`` and the value of every nonzero of the slices."""
    grid, slices = mapping.grid, mapping.slices
    piece, t, k = np.nonzero(slices.left)
    tile = _tile_of(slices.tile_start)[piece]
    block_row = slices.tag[piece].astype(np.int64) * grid.block_rows + t
    row = tile // grid.num_col_tiles * grid.tile_rows + block_row
    col = _columns(grid, tile, slices.positions[piece, k].astype(np.int64))
    return row * grid.cols + col, slices.left[piece, t, k]


def _same(
    what: str,
    keys: NDArray[np.int64],
    values: NDArray[np.generic],
    got_keys: NDArray[np.int64],
    got_values: NDArray[np.int8],
) -> None:
    """Raise `CompileError` unless both hold the same nonzeros; ``keys`` rise."""
    order = np.argsort(got_keys, kind="stable")
    if len(keys) != len(got_keys):
        raise CompileError(f"mapping must hold {len(keys)} {what}, got {len(got_keys)}")
    if not (np.array_equal(keys, got_keys[order]) and np.array_equal(values, got_values[order])):
        raise CompileError(f"mapping must hold the split's {what}, got others")
