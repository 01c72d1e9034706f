# SPDX-License-Identifier: Apache-2.0
"""The split artefact: which engine computes each nonzero of a job's left operand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, MAX_TILE_POSITIONS, Device
from hgcn.errors import require
from hgcn.graph.csr import Csr, frozen
from hgcn.partition.segments import count_part_segments


class Part(IntEnum):
    """The three subgraphs."""

    SCATTERED = 0
    """Nonzero by nonzero, in the programmable logic."""
    SPARSE = 1
    """Condensed columns, on the tensor array, right-operand rows gathered by index."""
    DENSE = 2
    """Runs of 8 adjacent aligned columns, on the tensor array, without an index list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """How a job's left operand is cut: row tiles, column tiles, row blocks.

    Attributes
    ----------
    rows, cols : int
        Shape of the left operand.
    tile_rows : int
        Rows per row tile.
    tile_cols : int
        Columns per column tile (a multiple of 8).
    block_rows : int
        T, rows per row block; divides `tile_rows`.
    banks, gather_rows : int or None
        Banks the columns of a tile spread over, and those the gather unit reads at once. With
        both, the split prefers columns that it can read without waiting; None leaves them out.
    """

    rows: int
    cols: int
    tile_rows: int
    tile_cols: int
    block_rows: int
    banks: int | None = None
    gather_rows: int | None = None

    def __post_init__(self) -> None:
        require(self.rows >= 1, "rows", self.rows, "at least 1")
        require(self.cols >= 1, "cols", self.cols, "at least 1")
        require(self.block_rows >= 1, "block_rows", self.block_rows, "at least 1")
        require(
            self.tile_rows >= 1 and self.tile_rows % self.block_rows == 0,
            "tile_rows",
            self.tile_rows,
            f"a positive multiple of block_rows ({self.block_rows})",
        )
        require(
            (self.banks is None) == (self.gather_rows is None),
            "banks and gather_rows",
            (self.banks, self.gather_rows),
            "given together",
        )
        require(
            self.tile_cols % K0 == 0 and K0 <= self.tile_cols <= MAX_TILE_POSITIONS,
            "tile_cols",
            self.tile_cols,
            f"a multiple of {K0} up to {MAX_TILE_POSITIONS}",
        )

    @staticmethod
    def for_device(rows: int, cols: int, device: Device) -> Grid:
        """Return the grid with the largest tiles ``device`` can hold.

        Examples
        --------
        >>> from hgcn.arch.presets import device
        >>> Grid.for_device(19717, 500, device("vck190")).num_tiles
        20
        """
        return Grid(
            rows=rows,
            cols=cols,
            tile_rows=device.tile_rows,
            tile_cols=min(device.store_rows, MAX_TILE_POSITIONS),
            block_rows=device.block_rows,
            banks=device.banks,
            gather_rows=device.gather_rows,
        )

    @property
    def num_blocks(self) -> int:
        """Row blocks, the last one ragged."""
        return -(-self.rows // self.block_rows)

    @property
    def padded_rows(self) -> int:
        """Rows rounded up to whole row blocks."""
        return self.num_blocks * self.block_rows

    @property
    def num_row_tiles(self) -> int:
        """Row tiles, the last one ragged."""
        return -(-self.rows // self.tile_rows)

    @property
    def num_col_tiles(self) -> int:
        """Column tiles, the last one ragged."""
        return -(-self.cols // self.tile_cols)

    @property
    def num_tiles(self) -> int:
        """Tiles, numbered ``row_tile * num_col_tiles + col_tile``."""
        return self.num_row_tiles * self.num_col_tiles


CostFunction = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
"""Cycles of one tile from (nonzeros on the PL, columns on the tensor array): elementwise, monotone.

The splitter is handed one and never imports the cycle model.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """Assignment of every nonzero of ``operand`` to one `Part`.

    Attributes
    ----------
    operand : Csr
        The left operand in processing order (rows and columns already permuted).
    grid : Grid
    policy : str
        The policy that made it.
    part : ndarray of uint8, shape (nnz,)
        `Part` of each nonzero, in CSR order.
    scattered, columns : ndarray of int64, shape (tiles,)
        What the cost function is given of each tile: nonzeros on the PL, columns on the array,
        rounded up to eights in each row block.
    cost_cycles : float
        Sum over tiles of the cost function at the split reached.
    bound_cycles : float
        Sum over tiles of the smallest cost any split can have, slices of 8 columns being
        divisible; ``balanced`` reaches it up to one slice a tile.
    """

    operand: Csr
    grid: Grid
    policy: str
    part: NDArray[np.uint8]
    scattered: NDArray[np.int64]
    columns: NDArray[np.int64]
    cost_cycles: float
    bound_cycles: float

    def __repr__(self) -> str:
        """Fit a line."""
        return f"<Split: {self.policy}, {self.operand.nnz:,} nonzeros>"

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the nonzeros of each part and the columns (segments) they are in, by name.

        Examples
        --------
        >>> grid = Grid(rows=2, cols=3, tile_rows=2, tile_cols=8, block_rows=2)
        >>> operand = Csr(shape=(2, 3), indptr=[0, 2, 3], indices=[0, 2, 0])
        >>> part = np.array([1, 0, 1], dtype=np.uint8)
        >>> made = Split(
        ...     operand=operand, grid=grid, policy="", part=part, cost_cycles=0.0, bound_cycles=0.0,
        ...     scattered=np.array([1]), columns=np.array([8]),
        ... )
        >>> made.counts()["sparse"]
        {'nonzeros': 2, 'columns': 1}
        """
        totals = count_part_segments(
            self.operand.indptr,
            self.operand.indices,
            self.grid.cols,
            self.grid.block_rows,
            frozen(self.part),
        )
        return {
            part.name.lower(): {"nonzeros": int(totals[part, 0]), "columns": int(totals[part, 1])}
            for part in (Part.DENSE, Part.SPARSE, Part.SCATTERED)
        }
