# SPDX-License-Identifier: Apache-2.0
"""How many segments have which count, and where the split draws its line: as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.partition.split import Part, Split


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegmentHistogram:
    """The segments of a left operand by their count.

    Attributes
    ----------
    counts : ndarray of int64, shape (T,)
        1 to T, the rows of a block.
    segments : mapping of Part to ndarray of int64, shape (T,)
        Segments of each count in each part.
    thresholds : ndarray of int64, shape (tiles,)
        The least count that the tensor array takes in each tile; T + 1 where it takes none.
        Segments that equal it may lie on both sides.
    """

    counts: NDArray[np.int64]
    segments: Mapping[Part, NDArray[np.int64]]
    thresholds: NDArray[np.int64]


def segment_histogram(split: Split) -> SegmentHistogram:
    """Count the segments of a split.

    Examples
    --------
    >>> import hgcn
    >>> graph = hgcn.datasets.load("digits")
    >>> program = hgcn.compile(hgcn.GCN.load("digits"), graph, policy="threshold:3")
    >>> int(segment_histogram(program.splits["adjacency"]).thresholds.min())
    3
    """
    operand, grid = split.operand, split.grid
    rows, cols = operand.row_ids(), operand.indices.astype(np.int64)
    # A segment is a column of a row block; all its nonzeros are of one part.
    _, first, count = np.unique(
        rows // grid.block_rows * grid.cols + cols, return_index=True, return_counts=True
    )
    part = split.part[first]
    tile = rows[first] // grid.tile_rows * grid.num_col_tiles + cols[first] // grid.tile_cols
    on_array = part != Part.SCATTERED
    thresholds = np.full(grid.num_tiles, grid.block_rows + 1, dtype=np.int64)
    np.minimum.at(thresholds, tile[on_array], count[on_array])
    places = grid.block_rows + 1
    return SegmentHistogram(
        counts=np.arange(1, places),
        segments={which: np.bincount(count[part == which], minlength=places)[1:] for which in Part},
        thresholds=thresholds,
    )
