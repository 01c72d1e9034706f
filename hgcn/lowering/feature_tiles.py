# SPDX-License-Identifier: Apache-2.0
"""Feature tiles: one product of F features to commands and streams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.format.numbers import Base
from hgcn.format.streams import ACCUMULATOR
from hgcn.isa.commands import NO_STREAM, Drain, End, Load, Spmm
from hgcn.isa.hazards import HazardTracker
from hgcn.isa.image import ImageBuilder
from hgcn.isa.payload import encode_bundles, encode_control, encode_left, encode_records
from hgcn.lowering.left_operand import DenseLeft, Region
from hgcn.lowering.right_operand import ColumnTiles, Piece, RightOperand, column_tiles, tile_order
from hgcn.mapping.mapped import Mapping
from hgcn.partition.split import Grid
from hgcn.reference.job import stack_stride
from hgcn.reference.requantise import Requantiser


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a feature tile leaves its rows: a store, or memory, there in one layout or in both."""

    store: int | None = None
    rows: Region | None = None
    tiled: Region | None = None


class FeatureTiles:
    """One lowering under way: the image, the barriers, the scratch allocated so far.

    Parameters
    ----------
    num_rows : int
        Rows of every product.
    device : Device
    """

    def __init__(self, num_rows: int, device: Device) -> None:
        self.device = device
        self.image = ImageBuilder()
        self.hazards = HazardTracker()
        self.buffer = 0
        self.scratch_lines = 0
        self.num_rows = num_rows
        self.padded_rows = -(-num_rows // device.block_rows) * device.block_rows
        self.resident = self.padded_rows <= device.store_rows

    def end(self) -> None:
        """Close the program."""
        self.add(End())

    def add(self, command: Load | Spmm | Drain | End) -> None:
        """Add a command with the barriers it needs."""
        self.image.commands.append(self.hazards.place(command))

    def scratch(self, size_bytes: int) -> Region:
        """Take whole lines of scratch."""
        region = Region(base=Base.SCRATCH, offset=self.scratch_lines)
        self.scratch_lines += -(-size_bytes // LINE_BYTES)
        return region

    def stacked(self, regions: Sequence[Region], grid: Grid) -> ColumnTiles:
        """The column tiles of rows of jobs, whose regions lie in columns `stack_stride` apart."""
        row_bytes, stride = self.device.features, stack_stride(self.num_rows)
        tiles = []
        for start in range(0, grid.cols, grid.tile_cols):
            pieces = []
            for number, region in enumerate(regions):
                first = max(start - number * stride, 0)
                last = min(start + grid.tile_cols - number * stride, self.num_rows)
                if first < last:
                    stream = region.part(first * row_bytes, (last - first) * row_bytes)
                    position = number * stride + first - start
                    pieces.append(Piece(position=position, rows=last - first, stream=stream))
            tiles.append(pieces)
        return tiles

    def weights(self, weight: NDArray[np.int8], grid: Grid) -> ColumnTiles:
        """The column tiles of a weight."""
        padded = np.zeros((grid.cols, self.device.features), dtype=np.int8)
        padded[: weight.shape[0], : weight.shape[1]] = weight
        tiles = []
        for start in range(0, grid.cols, grid.tile_cols):
            rows = padded[start : start + grid.tile_cols]
            stream = self.image.stream(rows.tobytes())
            tiles.append([Piece(position=0, rows=len(rows), stream=stream)])
        return tiles

    def load(self, store: int, piece: Piece) -> None:
        """Bring rows to a store."""
        self.add(Load(store=store, position=piece.position, rows=piece.rows, stream=piece.stream))

    def spmm(self, mapping: Mapping, tile: int, *, clear: bool, store: int, base: int) -> None:
        """One SPMM of a compile-time left operand."""
        bundles = slice(*mapping.lanes.tile_start[tile : tile + 2])
        slices = slice(*mapping.slices.tile_start[tile : tile + 2])
        keep, stream = mapping.slices, self.image.stream
        num_bundles, num_slices = bundles.stop - bundles.start, slices.stop - slices.start
        binary = mapping.binary
        pl = encode_bundles(mapping.lanes.entries[bundles], binary=binary) if num_bundles else b""
        control = encode_control(keep, slices, binary=binary) if num_slices else b""
        left = encode_left(keep, slices, binary=binary) if num_slices else b""
        self.add(
            Spmm(
                clear=clear,
                pl_int8=not binary,
                buffer=self.buffer,
                store=store,
                base=base,
                bundles=int(num_bundles),
                slices=int(num_slices),
                packets=int(keep.tile_packets[tile]),
                pl=stream(pl) if pl else NO_STREAM,
                control=stream(control) if control else NO_STREAM,
                left=stream(left) if left else NO_STREAM,
            )
        )

    def drain(
        self,
        row_tile: int,
        accumulator: NDArray[np.uint16],
        scales: Requantiser,
        cols: slice,
        target: Target,
    ) -> None:
        """Drain row tile ``row_tile`` to ``target`` and turn to the other buffer."""
        d = self.device
        start = row_tile * d.tile_rows
        rows = min(d.tile_rows, self.padded_rows - start)
        records = encode_records(
            scales, slice(start, start + rows), cols, accumulator[start : start + rows], d
        )
        drain = Drain(
            relu=scales.relu,
            int16=scales.bits == 16,
            buffer=self.buffer,
            store=0,
            write_store=False,
            write_memory=False,
            tiled=False,
            position=0,
            rows=rows,
            shift=scales.shift,
            bias_shift=scales.bias_shift,
            records=self.image.stream(records),
            destination=NO_STREAM,
        )
        if target.store is not None:
            self.add(replace(drain, write_store=True, store=target.store, position=start))
        row_bytes = d.features * scales.bits // 8
        for region, tiled in ((target.rows, False), (target.tiled, True)):
            if region is not None:
                where = region.part(start * row_bytes, rows * row_bytes)
                self.add(replace(drain, write_memory=True, tiled=tiled, destination=where))
        self.buffer ^= 1

    def sparse_tile(
        self,
        mapping: Mapping,
        right: ColumnTiles | int,
        scales: Requantiser,
        cols: slice,
        target: Target,
        store: int,
    ) -> None:
        """A feature tile of a sparse left operand.

        ``right`` is the store where the whole right operand already lies, or its column tiles in
        memory, brought into the stores starting with ``store``.
        """
        count = mapping.grid.num_col_tiles
        operand = RightOperand(mapping.grid, right, store, self.load)
        for row_tile in range(mapping.grid.num_row_tiles):
            for turn, col_tile in enumerate(column_tiles(mapping, row_tile)):
                where, base = operand.bring(col_tile)
                tile = row_tile * count + col_tile
                self.spmm(mapping, tile, clear=turn == 0, store=where, base=base)
            self.drain(row_tile, mapping.lanes.accumulator, scales, cols, target)

    def dense_tile(
        self,
        left: DenseLeft,
        right: ColumnTiles | int,
        scales: Requantiser,
        cols: slice,
        target: Target,
        store: int,
    ) -> None:
        """A feature tile of a run-time left operand, on the tensor array; see `sparse_tile`."""
        d = self.device
        accumulator = _idle_accumulators(self.padded_rows, d)
        operand = RightOperand(left.grid, right, store, self.load)
        for row_tile in range(-(-self.padded_rows // d.tile_rows)):
            start = row_tile * d.tile_rows
            rows = min(d.tile_rows, self.padded_rows - start)
            clear = True
            for col_tile in tile_order(left.grid.num_col_tiles, row_tile):
                where, base = operand.bring(col_tile)
                for part in left.parts[col_tile]:
                    span = slice(*part.slices.tile_start[row_tile : row_tile + 2])
                    control = encode_control(part.slices, span, binary=False, offset=part.offset)
                    self.add(
                        Spmm(
                            clear=clear,
                            pl_int8=True,
                            buffer=self.buffer,
                            store=where,
                            base=base,
                            bundles=0,
                            slices=int(span.stop - span.start),
                            packets=int(part.slices.tile_packets[row_tile]),
                            pl=NO_STREAM,
                            control=self.image.stream(control),
                            left=part.rows(start, rows),
                        )
                    )
                    clear = False
            self.drain(row_tile, accumulator, scales, cols, target)


def _idle_accumulators(rows: int, device: Device) -> NDArray[np.uint16]:
    """Distinct accumulators (lane, slot) of rows whose lanes hold nothing."""
    row = np.arange(rows, dtype=np.int64) % device.tile_rows
    return ACCUMULATOR.put(lane=row % device.lanes, slot=row // device.lanes)[:, 0].astype(
        np.uint16
    )
