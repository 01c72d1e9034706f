# SPDX-License-Identifier: Apache-2.0
"""The left operands that lie in memory at run time: hidden layers, and features handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.format.numbers import Base
from hgcn.isa.commands import Stream
from hgcn.isa.input_layout import InputLayout
from hgcn.mapping.mapped import SliceSchedule
from hgcn.mapping.slices import map_dense_left
from hgcn.partition.split import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Rows in memory: where each line of them lies."""

    base: Base
    offset: int

    def part(self, start_byte: int, size_bytes: int) -> Stream:
        """The lines that hold ``size_bytes`` from ``start_byte`` (a multiple of 64)."""
        first, last = start_byte // LINE_BYTES, -(-(start_byte + size_bytes) // LINE_BYTES)
        return Stream(base=self.base, offset=self.offset + first, lines=last - first)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeftPart:
    """Columns of a left operand that lie in one region.

    Attributes
    ----------
    region : Region
    depth : int
        Columns, a multiple of 8.
    offset : int
        Position of the first one in its column tile.
    slices : SliceSchedule
    """

    region: Region
    depth: int
    offset: int
    slices: SliceSchedule

    def rows(self, start: int, count: int) -> Stream:
        """The stream of ``count`` rows from ``start``, both multiples of T."""
        return self.region.part(start * self.depth, count * self.depth)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DenseLeft:
    """A left operand in memory.

    Attributes
    ----------
    grid : Grid
    parts : tuple of tuple of LeftPart
        By column tile.
    """

    grid: Grid
    parts: tuple[tuple[LeftPart, ...], ...]


def hidden_left(regions: Sequence[Region], rows: int, device: Device) -> DenseLeft:
    """Return what a layer left in ``regions``: F features of ``rows`` rows in each."""
    width = device.features
    grid = Grid.for_device(rows, len(regions) * width, device)
    slices = map_dense_left(rows, width, Grid.for_device(rows, width, device), device)
    parts: list[list[LeftPart]] = [[] for _ in range(grid.num_col_tiles)]
    for number, region in enumerate(regions):
        tile, offset = divmod(number * width, grid.tile_cols)
        parts[tile].append(LeftPart(region=region, depth=width, offset=offset, slices=slices))
    return DenseLeft(grid=grid, parts=tuple(map(tuple, parts)))


def input_left(layout: InputLayout, device: Device) -> DenseLeft:
    """Return the features of the INPUT region."""
    rows, parts, start = layout.grid.rows, [], 0
    for depth in layout.depths:
        region = Region(base=Base.INPUT, offset=start // LINE_BYTES)
        grid = Grid.for_device(rows, depth, device)
        slices = map_dense_left(rows, depth, grid, device, in_turns=True)
        parts.append((LeftPart(region=region, depth=depth, offset=0, slices=slices),))
        start += rows * depth
    return DenseLeft(grid=layout.grid, parts=tuple(parts))
