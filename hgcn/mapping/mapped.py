# SPDX-License-Identifier: Apache-2.0
"""The mapping artefacts: what each engine does, cycle by cycle and slice by slice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.format.streams import NO_POSITION
from hgcn.partition.split import Grid, Part, Split


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaneSchedule:
    """The PL engine's schedule of one job, all tiles one after the other.

    Attributes
    ----------
    entries : ndarray of uint32, shape (bundles, lanes)
        One row per cycle, fields of `hgcn.format.streams.ENTRY`; the value is 0 when binary.
    tile_start : ndarray of int64, shape (num_tiles + 1,)
        First bundle of each tile.
    accumulator : ndarray of uint16, shape (padded rows,)
        `hgcn.format.streams.ACCUMULATOR` of each row, rows padded to a multiple of the row block;
        every row has one, distinct within its row tile.
    bound_bundles : ndarray of int64, shape (num_tiles,)
        max(heaviest lane, heaviest bank) of each tile: no schedule is shorter (Koenig).
    """

    entries: NDArray[np.uint32]
    tile_start: NDArray[np.int64]
    accumulator: NDArray[np.uint16]
    bound_bundles: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SliceSchedule:
    """The tensor array's slices of one job in processing order, all tiles one after the other.

    Attributes
    ----------
    tag : ndarray of uint16, shape (slices,)
        Row block within the row tile.
    packet_slices : ndarray of uint16, shape (slices,)
        Slices of the packet this one belongs to.
    pe_row : ndarray of uint8, shape (slices,)
    first, last, dense : ndarray of bool, shape (slices,)
    base : ndarray of uint16, shape (slices,)
        First position of a dense slice (a multiple of 8), 0 for a sparse one.
    positions : ndarray of uint16, shape (slices, 8)
        Positions in the column tile of each column (dense: base..base+7), `NO_POSITION` where
        padded.
    left : ndarray of int8, shape (slices, T, 8)
        The left operand's elements (0/1 when binary).
    tile_start : ndarray of int64, shape (num_tiles + 1,)
        First slice of each tile.
    tile_packets : ndarray of int64, shape (num_tiles,)
        Packets of each tile.
    """

    tag: NDArray[np.uint16]
    packet_slices: NDArray[np.uint16]
    pe_row: NDArray[np.uint8]
    first: NDArray[np.bool_]
    last: NDArray[np.bool_]
    dense: NDArray[np.bool_]
    base: NDArray[np.uint16]
    positions: NDArray[np.uint16]
    left: NDArray[np.int8]
    tile_start: NDArray[np.int64]
    tile_packets: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mapping:
    """One job's left operand placed on both engines.

    Attributes
    ----------
    grid : Grid
    binary : bool
        Entries carry no value.
    lanes : LaneSchedule
    slices : SliceSchedule
    """

    grid: Grid
    binary: bool
    lanes: LaneSchedule
    slices: SliceSchedule

    def __repr__(self) -> str:
        """Fit a line."""
        bundles, slices = len(self.lanes.entries), len(self.slices.tag)
        return f"<Mapping: {bundles:,} lane bundles, {slices:,} slices>"

    def is_empty(self, tile: int) -> bool:
        """Whether neither engine has work in ``tile``."""
        bundles, slices = self.lanes.tile_start, self.slices.tile_start
        return bool(bundles[tile] == bundles[tile + 1] and slices[tile] == slices[tile + 1])

    def facts(self, split: Split) -> dict[str, int | float]:
        """Return what a report says of the mapping of ``split``.

        ``lane_bundles`` and ``lane_bound_bundles``: the PL schedule and the shortest there is;
        ``lane_share``: lane slots that do work. ``array_slices`` and ``array_packets``;
        ``array_share``: nonzeros over the elements of the left operand that the array multiplies;
        ``padding_share``: columns of the slices that are padding.
        """
        scattered = int((split.part == Part.SCATTERED).sum())
        elements = self.slices.positions.size * self.grid.block_rows
        return {
            "lane_bundles": len(self.lanes.entries),
            "lane_bound_bundles": int(self.lanes.bound_bundles.sum()),
            "lane_share": _share(scattered, self.lanes.entries.size),
            "array_slices": len(self.slices.tag),
            "array_packets": int(self.slices.tile_packets.sum()),
            "array_share": _share(split.operand.nnz - scattered, elements),
            "padding_share": _share(
                int((self.slices.positions == NO_POSITION).sum()), self.slices.positions.size
            ),
        }


def _share(part: int, whole: int) -> float:
    """Return ``part / whole``, 0 where there is nothing."""
    return part / whole if whole else 0.0
