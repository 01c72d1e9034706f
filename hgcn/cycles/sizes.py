# SPDX-License-Identifier: Apache-2.0
"""What the cycle model takes from a device, in the units its loops count in."""

from __future__ import annotations

from typing import NamedTuple

from hgcn.arch.device import K0, LINE_BYTES, Device

PLIO_BYTES = 16
"""A beat of PLIO A, B and C."""


class Sizes(NamedTuple):
    """Sizes of a device; a tuple, because compiled loops read its fields at no cost."""

    # Memory and streams
    beat_bytes: int
    line_beats: int
    rate_bytes: float  # Memory's bytes per cycle, both directions together
    latency_cycles: int  # AR beat to first R beat, last W beat to B beat
    # PL engine and drain
    most_word_bytes: int  # Of an int8 schedule word
    features: int
    block_rows: int  # Of a tile
    # Array: a slice on its way
    read_steps: int  # To gather its 8 rows
    binary_bytes: int  # Left operand of a binary slice, one piece
    piece_bytes: int  # Piece of the left operand of an int8 slice
    pieces: int  # Of an int8 slice
    binary_beats: int  # Of a slice on A
    wide_beats: int  # Of an int8 slice on A
    b_beats: int  # Of a slice on B
    sta_steps: int  # STA cycles to multiply a slice
    # Array: a packet on its way back
    sum_beats: int  # Of a packet on C, the header apart
    chunks: int  # Of 4 features, merged side by side
    block_chunks: int  # Of an N0 block
    # Array
    pe_rows: int
    clock_ratio: float  # STA cycles in a PL cycle


def sizes_of(device: Device) -> Sizes:
    """Return the sizes of a device."""
    d = device
    piece_bytes = max(d.axi_bytes, d.block_rows)
    return Sizes(
        beat_bytes=d.axi_bytes,
        line_beats=LINE_BYTES // d.axi_bytes,
        rate_bytes=d.dram_bytes_per_cycle,
        latency_cycles=d.dram_latency_cycles,
        most_word_bytes=4 * d.lanes,
        features=d.features,
        block_rows=d.block_rows,
        read_steps=K0 // d.gather_rows,
        binary_bytes=d.block_rows,
        piece_bytes=piece_bytes,
        pieces=K0 * d.block_rows // piece_bytes,
        binary_beats=d.block_rows // PLIO_BYTES,
        wide_beats=K0 * d.block_rows // PLIO_BYTES,
        b_beats=K0 * d.pe_features // PLIO_BYTES,
        sta_steps=d.steps_per_slice,
        sum_beats=4 * d.block_rows * d.pe_features // PLIO_BYTES,
        chunks=d.pe_features // 4,
        block_chunks=d.n0 // 4,
        pe_rows=d.sta_rows,
        clock_ratio=d.sta_hz / d.pl_hz,
    )
