# SPDX-License-Identifier: Apache-2.0
"""Passes: one product of F features to commands and streams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.format.numbers import Base
from hgcn.format.streams import PLACE
from hgcn.isa.commands import NO_STREAM, Drain, End, Load, Spmm, Stream
from hgcn.isa.hazards import HazardTracker
from hgcn.isa.image import ImageBuilder
from hgcn.isa.payload import encode_control, encode_left, encode_records, encode_words
from hgcn.lowering.left_operand import DenseLeft, Region
from hgcn.lowering.right_operand import RightOperand, column_windows, window_order
from hgcn.mapping.mapped import Mapping
from hgcn.partition.split import Grid
from hgcn.reference.requantise import Requantiser


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a pass leaves its rows."""

    store: int | None = None
    memory: Region | None = None
    tiled: bool = False


class Passes:
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
        self.half = 0
        self.scratch_lines = 0
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

    def windows(self, region: Region, grid: Grid) -> list[Stream]:
        """The column windows of a right operand in memory."""
        row_bytes = self.device.features
        starts = range(0, grid.cols, grid.window_cols)
        return [
            region.part(start * row_bytes, min(grid.window_cols, grid.cols - start) * row_bytes)
            for start in starts
        ]

    def weights(self, weight: NDArray[np.int8], grid: Grid) -> list[Stream]:
        """Streams of a weight, one per column window of the left operand."""
        padded = np.zeros((grid.cols, self.device.features), dtype=np.int8)
        padded[: weight.shape[0], : weight.shape[1]] = weight
        starts = range(0, grid.cols, grid.window_cols)
        return [
            self.image.stream(padded[start : start + grid.window_cols].tobytes())
            for start in starts
        ]

    def load(self, store: int, rows: int, stream: Stream) -> None:
        """Bring rows to the start of a store."""
        self.add(Load(store=store, position=0, rows=rows, stream=stream))

    def spmm(self, mapping: Mapping, window: int, *, clear: bool, store: int, base: int) -> None:
        """One SPMM of a compile-time left operand."""
        words = slice(*mapping.lanes.window_start[window : window + 2])
        tiles = slice(*mapping.tiles.window_start[window : window + 2])
        keep, stream = mapping.tiles, self.image.stream
        num_words, num_slices = words.stop - words.start, tiles.stop - tiles.start
        binary = mapping.binary
        pl = encode_words(mapping.lanes.entries[words], binary=binary) if num_words else b""
        control = encode_control(keep, tiles, binary=binary) if num_slices else b""
        left = encode_left(keep, tiles, binary=binary) if num_slices else b""
        self.add(
            Spmm(
                clear=clear,
                pl_int8=not binary,
                half=self.half,
                store=store,
                base=base,
                words=int(num_words),
                slices=int(num_slices),
                packets=int(keep.window_packets[window]),
                pl=stream(pl) if pl else NO_STREAM,
                control=stream(control) if control else NO_STREAM,
                left=stream(left) if left else NO_STREAM,
            )
        )

    def drain(
        self,
        row_window: int,
        place: NDArray[np.uint16],
        scales: Requantiser,
        cols: slice,
        target: Target,
    ) -> None:
        """Drain row window ``row_window`` to ``target`` and turn to the other half."""
        d = self.device
        start = row_window * d.window_rows
        rows = min(d.window_rows, self.padded_rows - start)
        records = encode_records(
            scales, slice(start, start + rows), cols, place[start : start + rows], d
        )
        row_bytes = d.features * scales.bits // 8
        where = NO_STREAM
        if target.memory is not None:
            where = target.memory.part(start * row_bytes, rows * row_bytes)
        self.add(
            Drain(
                relu=scales.relu,
                int16=scales.bits == 16,
                half=self.half,
                store=target.store or 0,
                write_store=target.store is not None,
                write_memory=target.memory is not None,
                tiled=target.tiled,
                position=start if target.store is not None else 0,
                rows=rows,
                shift=scales.shift,
                bias_shift=scales.bias_shift,
                records=self.image.stream(records),
                destination=where,
            )
        )
        self.half ^= 1

    def sparse_pass(
        self,
        mapping: Mapping,
        right: list[Stream] | int,
        scales: Requantiser,
        cols: slice,
        target: Target,
        store: int,
    ) -> None:
        """One pass of F features of a sparse left operand.

        ``right`` is the store where the whole right operand already lies, or a stream per column
        window, brought into the stores starting with ``store``.
        """
        count = mapping.grid.num_col_windows
        operand = RightOperand(mapping.grid, right, store, self.load)
        for row_window in range(mapping.grid.num_row_windows):
            for turn, col_window in enumerate(column_windows(mapping, row_window)):
                where, base = operand.bring(col_window)
                window = row_window * count + col_window
                self.spmm(mapping, window, clear=turn == 0, store=where, base=base)
            self.drain(row_window, mapping.lanes.place, scales, cols, target)

    def dense_pass(
        self,
        left: DenseLeft,
        right: list[Stream] | int,
        scales: Requantiser,
        cols: slice,
        target: Target,
        store: int,
    ) -> None:
        """One pass of F features of a run-time left operand, on the STA; see `sparse_pass`."""
        d = self.device
        place = _idle_places(self.padded_rows, d)
        operand = RightOperand(left.grid, right, store, self.load)
        for row_window in range(-(-self.padded_rows // d.window_rows)):
            start = row_window * d.window_rows
            rows = min(d.window_rows, self.padded_rows - start)
            clear = True
            for col_window in window_order(left.grid.num_col_windows, row_window):
                where, base = operand.bring(col_window)
                for part in left.parts[col_window]:
                    span = slice(*part.tiles.window_start[row_window : row_window + 2])
                    control = encode_control(part.tiles, span, binary=False, offset=part.offset)
                    self.add(
                        Spmm(
                            clear=clear,
                            pl_int8=True,
                            half=self.half,
                            store=where,
                            base=base,
                            words=0,
                            slices=int(span.stop - span.start),
                            packets=int(part.tiles.window_packets[row_window]),
                            pl=NO_STREAM,
                            control=self.image.stream(control),
                            left=part.rows(start, rows),
                        )
                    )
                    clear = False
            self.drain(row_window, place, scales, cols, target)


def _idle_places(rows: int, device: Device) -> NDArray[np.uint16]:
    """Distinct (lane, slot) places of rows whose lanes hold nothing."""
    row = np.arange(rows, dtype=np.int64) % device.window_rows
    return PLACE.put(lane=row % device.lanes, slot=row // device.lanes)[:, 0].astype(np.uint16)
