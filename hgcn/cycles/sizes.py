# SPDX-License-Identifier: Apache-2.0
"""What the cycle model takes from a device, in the units its loops count in."""

from __future__ import annotations

from typing import NamedTuple

from hgcn.arch.device import K0, LINE_BYTES, Device
from hgcn.format.numbers import CHUNK, PLIO_BYTES, SUM_BITS
from hgcn.format.streams import COLUMN_PARAMETER, ENTRY, ROW_RECORD

RESET_EDGES = 8
"""Edges of each clock till it is out of reset, the array's after the PL's (sim/top/hgcn_tb.sv)."""
START_EDGES = 67
"""PL edges from then to the start of the first run, in which the registers are written."""


class Sizes(NamedTuple):
    """Sizes of a device; a tuple, because compiled loops read its fields at no cost."""

    # Memory and streams
    beat_bytes: int
    line_beats: int
    rate_bytes: float  # Memory's bytes per cycle, both directions together
    latency_cycles: int  # AR beat to first R beat, last W beat to B beat
    # PL engine and drain
    most_bundle_bytes: int  # Of an int8 schedule bundle
    parameter_beats: int  # Of a feature tile's column parameters
    drain_rows: int  # Of a line
    beat_lines: int  # Of records
    block_rows: int  # Of a tile
    # Array: a slice on its way
    read_steps: int  # To gather its 8 rows
    binary_bytes: int  # Left operand of a binary slice, one piece
    piece_bytes: int  # Piece of the left operand of an int8 slice
    pieces: int  # Of an int8 slice
    binary_beats: int  # Of a slice on A
    wide_beats: int  # Of an int8 slice on A
    b_beats: int  # Of a slice on B
    array_steps: int  # array cycles to multiply a slice
    # Array: a packet on its way back
    sum_beats: int  # Of a packet on C, the header apart
    chunks: int  # Of 4 features, merged side by side
    block_chunks: int  # Of an N0 block
    # Array
    pe_rows: int
    pe_cols: int
    pl_ps: int  # Clock periods
    array_ps: int
    array_phase_ps: int  # PL edge 0 to array edge 0
    start_edge: int  # PL edge 0, counted from power-up


def sizes_of(device: Device) -> Sizes:
    """Return the sizes of a device."""
    d = device
    pl, array, start = d.pl_half_ps, d.array_half_ps, _start_edge(d)
    piece_bytes = max(d.axi_bytes, d.block_rows)
    return Sizes(
        beat_bytes=d.axi_bytes,
        line_beats=LINE_BYTES // d.axi_bytes,
        rate_bytes=d.dram_bytes_per_cycle,
        latency_cycles=d.dram_latency_cycles,
        most_bundle_bytes=ENTRY.bytes * d.lanes,
        parameter_beats=COLUMN_PARAMETER.bytes * d.features // d.axi_bytes,
        drain_rows=d.drain_rows,
        beat_lines=d.axi_bytes // (ROW_RECORD.bytes * d.drain_rows),
        block_rows=d.block_rows,
        read_steps=K0 // d.gather_rows,
        binary_bytes=d.block_rows,
        piece_bytes=piece_bytes,
        pieces=K0 * d.block_rows // piece_bytes,
        binary_beats=d.block_rows // PLIO_BYTES,
        wide_beats=K0 * d.block_rows // PLIO_BYTES,
        b_beats=K0 * d.pe_features // PLIO_BYTES,
        array_steps=d.steps_per_slice,
        sum_beats=SUM_BITS // 8 * d.block_rows * d.pe_features // PLIO_BYTES,
        chunks=d.pe_features // CHUNK,
        block_chunks=d.n0 // CHUNK,
        pe_rows=d.array_rows,
        pe_cols=d.array_cols,
        pl_ps=2 * pl,
        array_ps=2 * array,
        array_phase_ps=(array - pl * (2 * start + 1)) % (2 * array),
        start_edge=start,
    )


def _start_edge(device: Device) -> int:
    """Return the PL edge, from 0, at which the first run of a simulation starts.

    It decides how the clocks lie to each other, and who goes first at the memory. On a board and in
    later runs both are as they happen to be.
    """
    pl, array = device.pl_half_ps, device.array_half_ps
    out_of_reset = pl * (2 * RESET_EDGES - 1)
    first = (out_of_reset - array) // (2 * array) + 1  # array edge after that
    ready = array * (2 * (first + RESET_EDGES - 1) + 1)
    return (ready - pl) // (2 * pl) + 1 + START_EDGES
