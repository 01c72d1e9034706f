# SPDX-License-Identifier: Apache-2.0
"""Periods and rates of a device, against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from hgcn.arch.presets import device

TINY = device("tiny")


def test_rates_follow_from_clocks_and_counts() -> None:
    assert TINY.macs_per_pl_cycle == 4 * 128 * 1.25 + 32
    assert (TINY.pl_half_ps, TINY.array_half_ps) == (5000, 4000)
    assert replace(TINY, array_hz=300e6).array_half_ps == 1667  # Whole picoseconds
    assert TINY.dram_bytes_per_cycle == 16.0
    assert replace(TINY, dram_bytes_per_second=4e8).dram_bytes_per_cycle == 4.0
