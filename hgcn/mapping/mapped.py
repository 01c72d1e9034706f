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
    """The PL engine's schedule of one job, all windows one after the other.

    Attributes
    ----------
    entries : ndarray of uint32, shape (words, lanes)
        One row per cycle, fields of `hgcn.format.streams.ENTRY`; the value is 0 when binary.
    window_start : ndarray of int64, shape (num_windows + 1,)
        First word of each window.
    place : ndarray of uint16, shape (padded rows,)
        `hgcn.format.streams.PLACE` of each row, rows padded to a multiple of the row block; every
        row has one, distinct within its row window.
    bound_words : ndarray of int64, shape (num_windows,)
        max(heaviest lane, heaviest bank) of each window: no schedule is shorter (Koenig).
    """

    entries: NDArray[np.uint32]
    window_start: NDArray[np.int64]
    place: NDArray[np.uint16]
    bound_words: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TileSchedule:
    """The STA's slices of one job in processing order, all windows one after the other.

    Attributes
    ----------
    tag : ndarray of uint16, shape (slices,)
        Row block within the row window.
    packet_slices : ndarray of uint16, shape (slices,)
        Slices of the packet this one belongs to.
    pe_row : ndarray of uint8, shape (slices,)
    first, last, dense : ndarray of bool, shape (slices,)
    base : ndarray of uint16, shape (slices,)
        First position of a dense slice (a multiple of 8), 0 for a sparse one.
    positions : ndarray of uint16, shape (slices, 8)
        Positions in the column window of each column (dense: base..base+7), `NO_POSITION` where
        padded.
    left : ndarray of int8, shape (slices, T, 8)
        The left operand's elements (0/1 when binary).
    window_start : ndarray of int64, shape (num_windows + 1,)
        First slice of each window.
    window_packets : ndarray of int64, shape (num_windows,)
        Packets of each window.
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
    window_start: NDArray[np.int64]
    window_packets: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mapping:
    """One job's left operand placed on both engines.

    Attributes
    ----------
    grid : Grid
    binary : bool
        Entries carry no value.
    lanes : LaneSchedule
    tiles : TileSchedule
    """

    grid: Grid
    binary: bool
    lanes: LaneSchedule
    tiles: TileSchedule

    def __repr__(self) -> str:
        """Fit a line."""
        words, slices = len(self.lanes.entries), len(self.tiles.tag)
        return f"<Mapping: {words:,} lane words, {slices:,} slices>"

    def is_empty(self, window: int) -> bool:
        """Whether neither engine has work in ``window``."""
        words, slices = self.lanes.window_start, self.tiles.window_start
        return bool(words[window] == words[window + 1] and slices[window] == slices[window + 1])

    def facts(self, split: Split) -> dict[str, int | float]:
        """Return what a report says of the mapping of ``split``.

        ``lane_words`` and ``lane_bound_words``: the PL schedule and the shortest there is;
        ``lane_share``: lane slots that do work. ``sta_slices`` and ``sta_packets``; ``sta_share``:
        nonzeros over the elements of the left operand that the STA multiplies; ``padding_share``:
        columns of the slices that are padding.
        """
        scattered = int((split.part == Part.SCATTERED).sum())
        elements = self.tiles.positions.size * self.grid.block_rows
        return {
            "lane_words": len(self.lanes.entries),
            "lane_bound_words": int(self.lanes.bound_words.sum()),
            "lane_share": _share(scattered, self.lanes.entries.size),
            "sta_slices": len(self.tiles.tag),
            "sta_packets": int(self.tiles.window_packets.sum()),
            "sta_share": _share(split.operand.nnz - scattered, elements),
            "padding_share": _share(
                int((self.tiles.positions == NO_POSITION).sum()), self.tiles.positions.size
            ),
        }


def _share(part: int, whole: int) -> float:
    """Return ``part / whole``, 0 where there is nothing."""
    return part / whole if whole else 0.0
