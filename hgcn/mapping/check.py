# SPDX-License-Identifier: Apache-2.0
"""The laws of a mapping, verified against the split it came from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, Device
from hgcn.errors import CompileError
from hgcn.format.streams import ENTRY, NO_POSITION, PLACE
from hgcn.mapping.mapped import Mapping
from hgcn.partition.split import Grid, Part, Split


def check(mapping: Mapping, split: Split, device: Device) -> None:
    """Verify every law of the program format that a mapping must keep.

    Places are distinct within a row window, and the rows of a line of the drain lie in distinct
    lanes; the entries of a schedule word name distinct banks; the
    gathers of a slice do too; packets are whole, in order, and each on one PE row; and both engines
    together hold every nonzero of the operand exactly once, with its value.

    Raises
    ------
    CompileError
        Naming the law and the first window, word or slice that breaks it.

    Notes
    -----
    Time O(nnz log nnz): meant for tests and for doubts, the stage itself does not call it.
    """
    _check_places(mapping, device)
    _check_words(mapping, device)
    _check_gathers(mapping, device)
    _check_packets(mapping, device)
    operand = split.operand
    values = np.ones(operand.nnz, dtype=np.int8) if operand.data is None else operand.data
    keys = operand.row_ids() * np.int64(operand.shape[1]) + operand.indices
    scattered = split.part == Part.SCATTERED
    _same("scattered nonzeros", keys[scattered], values[scattered], *_lane_nonzeros(mapping))
    # A stored zero is only a column of a slice: its presence cannot be told from its absence.
    tiled = ~scattered & (values != 0)
    _same("STA nonzeros", keys[tiled], values[tiled], *_tile_nonzeros(mapping))


def _fail(law: str, holds: NDArray[np.bool_], what: str) -> None:
    if not holds.all():
        raise CompileError(f"mapping breaks a law at {what} {int(np.argmin(holds))}: {law}")


def _distinct(keys: NDArray[np.int64], real: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the ``real`` keys of each row differ."""
    apart = np.where(real, keys, -1 - np.arange(keys.shape[1]))
    apart = np.sort(apart, axis=1)
    return np.asarray((np.diff(apart, axis=1) != 0).all(axis=1))


def _check_places(mapping: Mapping, device: Device) -> None:
    grid, place = mapping.grid, mapping.lanes.place.astype(np.int64)
    fits = (PLACE["lane"].get(place) < device.lanes) & (PLACE["slot"].get(place) < device.slots)
    _fail("a place is a lane and slot of the device", fits, "row")
    key = np.sort(np.arange(len(place)) // grid.window_rows * (1 << 16) + place)
    _fail("places differ within a row window", np.diff(key) != 0, "place")
    _fail("every padded row has a place", np.array([len(place) == grid.padded_rows]), "row")
    lanes = PLACE["lane"].get(place).reshape(-1, device.drain_rows)
    lines = _distinct(lanes, np.ones(lanes.shape, dtype=np.bool_))
    _fail("the rows of a line lie in distinct lanes", lines, "line")


def _check_words(mapping: Mapping, device: Device) -> None:
    lanes = mapping.lanes
    words = np.diff(lanes.window_start)
    _fail("a schedule is as long as its bound", words == lanes.bound_words, "window")
    position, valid = ENTRY["position"].get(lanes.entries), ENTRY["valid"].get(lanes.entries)
    banks = _distinct(position % device.banks, valid == 1)
    _fail("the entries of a word name distinct banks", banks, "word")


def _check_gathers(mapping: Mapping, device: Device) -> None:
    tiles, g = mapping.tiles, device.gather_rows
    gathers = tiles.positions.reshape(-1, g).astype(np.int64)
    banks = _distinct(gathers % device.banks, gathers < NO_POSITION)
    _fail("the positions of a gather lie in distinct banks", banks, "gather")
    run = tiles.base[:, None].astype(np.int64) + np.arange(K0)
    aligned = np.all(tiles.positions == run, axis=1) & (tiles.base % K0 == 0)
    _fail("a dense slice is an aligned run", np.where(tiles.dense, aligned, True), "slice")
    padded = np.all(tiles.positions >= NO_POSITION, axis=1)
    _fail("a slice has a column", np.logical_not(padded), "slice")


def _check_packets(mapping: Mapping, device: Device) -> None:
    tiles = mapping.tiles
    _fail("a PE row exists", tiles.pe_row < device.sta_rows, "slice")
    window = _window_of(tiles.window_start)
    # Slices of one PE row in order: packets must follow each other whole.
    order = np.lexsort((tiles.pe_row, window))
    first = tiles.first[order]
    begin = np.flatnonzero(first)
    size = np.diff(np.append(begin, len(first)))
    _fail("a PE row starts with a first slice", np.append(first[:1], True), "slice")
    packet = np.cumsum(first) - 1
    for name in ("tag", "packet_slices", "pe_row"):
        field = getattr(tiles, name)[order]
        _fail(f"a packet has one {name}", field == field[begin][packet], "slice")
    _fail("a packet counts its slices", tiles.packet_slices[order][begin] == size, "packet")
    last = np.append(first[1:], True)[: len(first)]
    _fail("the last slice of a packet says so", tiles.last[order] == last, "slice")
    packets = np.bincount(window[tiles.first], minlength=len(tiles.window_packets))
    _fail("a window counts its packets", packets == tiles.window_packets, "window")
    key = window[order][begin] * (1 << 16) + tiles.tag[order][begin]
    _fail("a row block has one packet a window", np.diff(np.sort(key)) != 0, "packet")


def _window_of(start: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(start) - 1), np.diff(start))


def _columns(
    grid: Grid, window: NDArray[np.int64], position: NDArray[np.int64]
) -> NDArray[np.int64]:
    return window % grid.num_col_windows * grid.window_cols + position


def _lane_nonzeros(mapping: Mapping) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return ``row * cols + col`` and the value of every valid entry."""
    grid, lanes = mapping.grid, mapping.lanes
    word, lane = np.nonzero(ENTRY["valid"].get(lanes.entries))
    entry = lanes.entries[word, lane]
    window = _window_of(lanes.window_start)[word]
    rows = np.zeros((grid.num_row_windows, 1 << 16), dtype=np.int64)
    row = np.arange(len(lanes.place))
    rows[row // grid.window_rows, lanes.place] = row
    place = PLACE["lane"].put(lane) | PLACE["slot"].put(ENTRY["slot"].get(entry))
    found = rows[window // grid.num_col_windows, place]
    value = ENTRY["value"].get(entry).astype(np.int8)
    if mapping.binary:
        value = value + np.int8(1)  # A binary entry carries no value bits: they must be 0.
    return found * grid.cols + _columns(grid, window, ENTRY["position"].get(entry)), value


def _tile_nonzeros(mapping: Mapping) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return ``row * cols + col`` and the value of every nonzero of the slices."""
    grid, tiles = mapping.grid, mapping.tiles
    piece, t, k = np.nonzero(tiles.left)
    window = _window_of(tiles.window_start)[piece]
    block_row = tiles.tag[piece].astype(np.int64) * grid.block_rows + t
    row = window // grid.num_col_windows * grid.window_rows + block_row
    col = _columns(grid, window, tiles.positions[piece, k].astype(np.int64))
    return row * grid.cols + col, tiles.left[piece, t, k]


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
