# SPDX-License-Identifier: Apache-2.0
"""The INPUT region: features handed in at run time, laid out as the array reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, Device
from hgcn.errors import ProgramError
from hgcn.format.layouts import INPUT
from hgcn.isa.image import lines_of
from hgcn.model.feature_scale import FeatureScale
from hgcn.partition.split import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLayout:
    """Where each feature of each row lies in the INPUT region.

    The layout is `hgcn.format.layouts.INPUT`; rows are padded to whole row blocks, features to
    eights.

    Attributes
    ----------
    rows, width : int
        Nodes, and features of each.
    grid : Grid
        Of the padded left operand.
    array_rows : int
        PE rows, which take turns.
    """

    rows: int
    width: int
    grid: Grid
    array_rows: int

    @staticmethod
    def for_device(rows: int, width: int, device: Device) -> InputLayout:
        """Return the layout a program for ``device`` reads.

        Examples
        --------
        >>> from hgcn.arch.presets import device
        >>> InputLayout.for_device(1797, 64, device("tiny")).lines
        1808
        """
        padded = -(-rows // device.block_rows) * device.block_rows
        grid = Grid.for_device(padded, -(-width // K0) * K0, device)
        return InputLayout(rows=rows, width=width, grid=grid, array_rows=device.array_rows)

    @property
    def depths(self) -> list[int]:
        """Features of each column tile, padding included: a multiple of 8 each."""
        grid = self.grid
        starts = range(0, grid.cols, grid.tile_cols)
        return [min(grid.tile_cols, grid.cols - start) for start in starts]

    @property
    def size_bytes(self) -> int:
        """Bytes of the region: a byte each feature."""
        return self.grid.rows * self.grid.cols

    @property
    def lines(self) -> int:
        """Lines of 64 bytes of the region."""
        return lines_of(self.size_bytes)

    def pack(self, features: NDArray[np.int8]) -> bytes:
        """Return the region's bytes for features in processing order, shape (rows, width)."""
        padded = np.zeros((self.grid.rows, self.grid.cols), dtype=np.int8)
        padded[: self.rows, : self.width] = features
        return INPUT.pack(padded, **self._sizes).tobytes()

    def unpack(self, data: bytes) -> NDArray[np.int8]:
        """Return the features, shape (rows, width), of the region's bytes.

        Raises
        ------
        ProgramError
            If there are more or fewer bytes than the region has.
        """
        if len(data) != self.size_bytes:
            raise ProgramError(f"input must be {self.size_bytes} bytes, got {len(data)}")
        flat = np.frombuffer(data, dtype=np.int8)
        padded = INPUT.unpack(flat, self.grid.rows, self.grid.cols, **self._sizes)
        return padded[: self.rows, : self.width]

    @property
    def _sizes(self) -> dict[str, int]:
        grid = self.grid
        return {
            "tile_cols": grid.tile_cols,
            "tile_rows": grid.tile_rows,
            "R": self.array_rows,
            "T": grid.block_rows,
            "K0": K0,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PackedFeatures:
    """Features ready for the INPUT region of one program.

    Attributes
    ----------
    data : bytes
        The region.
    integers : ndarray of int8, shape (n, f)
        The same in the graph's node order.
    saturated : int
        Values beyond the program's scale, cut to it.
    source : object
        The features as they were handed in, not copied: what the float model is run on where the
        result is compared with it.
    """

    data: bytes
    integers: NDArray[np.int8]
    saturated: int
    source: object

    def __repr__(self) -> str:
        """Fit a line."""
        return f"<PackedFeatures: {len(self.data):,} bytes, {self.saturated:,} values saturated>"


def pack_features(
    features: object, scale: FeatureScale, layout: InputLayout, rows: NDArray[np.int32]
) -> PackedFeatures:
    """Quantise features in the graph's node order and lay them out in processing order.

    Parameters
    ----------
    features : array-like, tensor, SciPy sparse matrix or Csr, shape (n, f)
    scale : FeatureScale
    layout : InputLayout
    rows : ndarray of int32, shape (n,)
        Node at each row of the processing order.

    Raises
    ------
    GraphError
        See `FeatureScale.quantise`.
    """
    integers, saturated = scale.quantise(features, (layout.rows, layout.width))
    return PackedFeatures(
        data=layout.pack(integers[rows]), integers=integers, saturated=saturated, source=features
    )
