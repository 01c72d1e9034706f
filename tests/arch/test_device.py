# SPDX-License-Identifier: Apache-2.0
"""Devices: each limit by its message, derived sizes by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hgcn.arch.presets import device
from hgcn.errors import SpecError

TINY = device("tiny")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("pl_hz", 0, "pl_hz must be positive, in hertz, got 0"),
        ("array_hz", -1.0, "array_hz must be positive, in hertz, got -1.0"),
        ("dram_bytes_per_second", 0, "dram_bytes_per_second must be positive, got 0"),
        ("dram_latency_cycles", 0, "dram_latency_cycles must be at least 1, got 0"),
        ("axi_bytes", 24, "axi_bytes must be 16, 32 or 64, got 24"),
        ("features", 12, r"features must be 8, 16 or 32 and at most axi_bytes \(16\), got 12"),
        ("features", 32, r"features must be 8, 16 or 32 and at most axi_bytes \(16\), got 32"),
        ("lanes", 3, "lanes must be a power of two up to 64, got 3"),
        ("lanes", 0, "lanes must be a power of two up to 64, got 0"),
        ("lanes", 8, "lanes must be at most axi_bytes / 4: one schedule bundle a beat, got 8"),
        ("banks", 12, "banks must be a power of two, at least the lanes, .* got 12"),
        ("banks", 4, "banks must be a power of two, at least the lanes, .* got 4"),
        ("slots", 1024, "slots must be a power of two up to 512, got 1024"),
        ("gather_rows", 3, "gather_rows must be 1, 2, 4 or 8, got 3"),
        ("m0", 8, "m0 must be 4, got 8"),
        ("n0", 16, "n0 must be 4 or 8, got 16"),
        ("block_rows", 24, "block_rows must be 16, 32 or 64, got 24"),
        ("tile_rows", 0, "tile_rows must be a multiple of block_rows and of banks, .* got 0"),
        ("tile_rows", 24, "tile_rows must be a multiple of block_rows and of banks, .* got 24"),
        ("tile_rows", 2048, r"at most lanes \* slots, got 2048"),
        ("store_rows", 8, "store_rows must be a power of two, at least two rows per bank, got 8"),
        ("store_rows", 96, "store_rows must be a power of two, at least two rows per bank, got 96"),
        ("array_rows", 0, "array_rows must be at least 1, got 0"),
        ("array_cols", 3, "array_cols must be a divisor of features / n0, got 3"),
    ],
)
def test_a_size_no_hardware_has_is_refused_by_name(field: str, value: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        replace(TINY, **{field: value})


def test_tiles_hold_whole_rows_of_banks() -> None:
    with pytest.raises(SpecError, match="tile_rows must be a multiple of block_rows and of bank"):
        replace(TINY, banks=64, tile_rows=32)


def test_derived_sizes_of_tiny() -> None:
    assert TINY.pe_features == 4
    assert TINY.steps_per_slice == 16 // 4 * (4 // 4)
    # 2 x 2 engines of 4 x 8 x 4 at 125 MHz against 100 MHz, and 4 lanes of 8 features.


def test_the_hash_follows_sizes_and_nothing_else() -> None:
    same = replace(
        TINY,
        name="other",
        board="b",
        part="p",
        pl_hz=1.0,
        array_hz=1.0,
        dram_bytes_per_second=1.0,
        dram_latency_cycles=7,
    )
    assert same.hash == TINY.hash
    assert 0 <= TINY.hash < 1 << 64
    others = [
        replace(TINY, **change)
        for change in (
            {"slots": 512},
            {"tile_rows": 256},
            {"store_rows": 2048},
            {"gather_rows": 2},
            {"array_rows": 1},
            {"banks": 16},
        )
    ]
    assert len({TINY.hash, *(other.hash for other in others)}) == 1 + len(others)
