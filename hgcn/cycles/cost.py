# SPDX-License-Identifier: Apache-2.0
"""The cost function the splitter is handed: cycles of one tile from the work on each engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, Device
from hgcn.cycles.drain import DRAIN_DEPTH
from hgcn.cycles.gather import STORE
from hgcn.cycles.lanes import PL_FLIGHT
from hgcn.cycles.ports import CROSSING
from hgcn.format.numbers import CHUNK, PLIO_BYTES, RECORD_BYTES, SUM_BITS
from hgcn.format.streams import COLUMN_PARAMETER, CONTROL_RECORD, ROW_RECORD, entry_bytes
from hgcn.partition.split import Grid

Float = NDArray[np.float64]


def segment_cycles(device: Device, *, binary: bool) -> float:
    """PL cycles the array side spends on one segment (a column of a row block), memory apart.

    The slowest of: gather, ``1 / G``; the tensor PEs, ``steps_per_slice / 8`` array cycles over R
    rows; PLIO B, ``N / 2`` beats a slice, and PLIO A, ``T / 16`` (binary) or ``T / 2`` (int8) beats
    a slice, both over R rows.
    """
    d = device
    array = d.steps_per_slice / K0 / d.array_rows * d.pl_hz / d.array_hz
    plio_b = d.pe_features * K0 / PLIO_BYTES / K0 / d.array_rows
    plio_a = d.block_rows * (1 if binary else K0) / PLIO_BYTES / K0 / d.array_rows
    return max(1 / d.gather_rows, array, plio_b, plio_a)


def segment_bytes(device: Device, *, binary: bool) -> float:
    """Memory bytes of one segment: its share of the control record, its column of the operand."""
    return CONTROL_RECORD.bytes / K0 + device.block_rows / (K0 if binary else 1)


def packet_beats(device: Device) -> int:
    """Beats of a packet of sums on PLIO C, its header included: ``1 + 4 T N / 16``."""
    return 1 + SUM_BITS // 8 * device.block_rows * device.pe_features // PLIO_BYTES


def packet_cycles(device: Device) -> float:
    """PL cycles between packets of sums, at full load.

    The slower of: PLIO C, a beat an array cycle but at most one a PL cycle from each of R rows; the
    merge, which takes a beat of each of the ``N / 4`` chunks of features of E rows a cycle.
    """
    d = device
    port = max(1.0, d.pl_hz / d.array_hz) / d.array_rows
    return packet_beats(d) * max(port, CHUNK / (d.pe_features * d.drain_rows))


@dataclass(frozen=True, kw_only=True)
class TileCost:
    """Cycles of a tile as a function of (nonzeros on the PL, segments on the tensor array).

    The slowest of what works side by side: the PL engine, the array, the drain and the memory, each
    with its own fill. An SPMM waits for the one before it, and a DRAIN for its SPMM, so while the
    engines work on a row tile the rows of the one before are drained: a tile costs the larger
    of both, and the split of each can be chosen by itself. A row tile of several column tiles
    is drained once: each bears its share.

    Attributes
    ----------
    device : Device
    grid : Grid
    binary : bool
        The left operand's nonzeros carry no value.
    """

    device: Device
    grid: Grid
    binary: bool

    @cached_property
    def rows(self) -> int:
        """Rows of a row tile, those of the only one if there is no more."""
        return min(self.grid.tile_rows, self.grid.padded_rows)

    @cached_property
    def load_rows(self) -> float:
        """Right-operand rows brought for a tile.

        All of its column tile's, where there are more than the two that the stores hold: with k
        column tiles, two of which are still there, ``(k - 2) / k`` of them. Else they are brought
        once, or are there already: a share of each row tile.
        """
        grid = self.grid
        cols, count = min(grid.tile_cols, grid.cols), grid.num_col_tiles
        return cols * (max(count - 2, 0) / count + min(count, 2) / count / grid.num_row_tiles)

    @cached_property
    def fixed_bytes(self) -> float:
        """Memory bytes of a tile whatever the split.

        Its right-operand rows, F bytes each; its SPMM's record; its share of the DRAIN: the record,
        8 F bytes of column parameters, 4 bytes a row, and F bytes a row of results.
        """
        d = self.device
        drain = RECORD_BYTES + COLUMN_PARAMETER.bytes * d.features
        drain += self.rows * (ROW_RECORD.bytes + d.features)
        return RECORD_BYTES + self.load_rows * d.features + drain / self.grid.num_col_tiles

    @cached_property
    def drain_cycles(self) -> float:
        """A beat of column parameters or E rows a cycle; and the depth of its pipeline."""
        d = self.device
        parameters = COLUMN_PARAMETER.bytes * d.features / d.axi_bytes
        cycles = parameters + self.rows / d.drain_rows + DRAIN_DEPTH
        return cycles / self.grid.num_col_tiles

    @cached_property
    def _segment(self) -> tuple[float, float]:
        """Cycles and bytes of a segment."""
        cycles = segment_cycles(self.device, binary=self.binary)
        return cycles, segment_bytes(self.device, binary=self.binary)

    @cached_property
    def _packet(self) -> float:
        return packet_cycles(self.device)

    def pl(self, nonzeros: Float) -> Float:
        """``nonzeros / L``, and the flight of the last word, where there is one."""
        return nonzeros / self.device.lanes + PL_FLIGHT * (nonzeros > 0)

    def array(self, segments: Float) -> Float:
        """The slower of multiplying, `segment_cycles` each, and merging, `packet_cycles` each.

        A row block with a slice sends a packet; slices fall into as many blocks as there are. The
        first beat of A crosses to the array, the last packet has to come back.
        """
        d = self.device
        packets = np.minimum(np.ceil(segments / K0), self.rows // d.block_rows)
        work = np.maximum(segments * self._segment[0], packets * self._packet)
        fill = K0 // d.gather_rows + STORE + 2 * CROSSING + packet_beats(d)
        cycles: Float = work + fill * (segments > 0)
        return cycles

    def memory(self, nonzeros: Float, segments: Float) -> Float:
        """Entries of the PL, segments of the array and `fixed_bytes`, over the bytes a cycle."""
        moved = nonzeros * entry_bytes(binary=self.binary)
        moved = moved + segments * self._segment[1]
        return (moved + self.fixed_bytes) / self.device.dram_bytes_per_cycle

    def __call__(self, nonzeros: Float, segments: Float) -> Float:
        """``latency + max(drain, PL, tensor array, memory)``, elementwise; it falls in neither."""
        engines = np.maximum(self.pl(nonzeros), self.array(segments))
        others = np.maximum(self.memory(nonzeros, segments), self.drain_cycles)
        slowest: Float = self.device.dram_latency_cycles + np.maximum(engines, others)
        return slowest
