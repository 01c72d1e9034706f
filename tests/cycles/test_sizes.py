# SPDX-License-Identifier: Apache-2.0
"""A device in the units of the cycle model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hgcn.arch.device import Device
from hgcn.arch.presets import PRESETS
from hgcn.cycles.sizes import RESET_EDGES, sizes_of
from hgcn.format.numbers import PLIO_BYTES
from tests.samples import DEVICES, TINY


def test_sizes_of_tiny() -> None:
    sizes = sizes_of(TINY)
    assert (sizes.beat_bytes, sizes.line_beats, sizes.most_bundle_bytes) == (16, 4, 4 * 4)
    assert sizes.read_steps == 8 // TINY.gather_rows
    assert sizes.sum_beats == TINY.block_rows * TINY.pe_features // 4  # hgcn_merge, Beats
    assert sizes.b_beats == TINY.pe_features // 2  # hgcn_gather, BBeats
    assert (sizes.pl_ps, sizes.array_ps) == (10_000, 8_000)


@pytest.mark.parametrize("device", [*PRESETS.values(), *DEVICES.values()])
def test_a_slice_is_as_many_bytes_however_it_is_cut(device: Device) -> None:
    sizes = sizes_of(device)
    wide_bytes = 8 * sizes.binary_bytes
    assert sizes.pieces * sizes.piece_bytes == sizes.wide_beats * PLIO_BYTES == wide_bytes
    assert sizes.binary_beats * PLIO_BYTES == sizes.binary_bytes
    assert sizes.sum_beats % (4 * sizes.chunks) == 0 and sizes.chunks % sizes.block_chunks == 0


def test_no_memory_is_faster_than_a_beat_a_cycle() -> None:
    beat = TINY.axi_bytes * TINY.pl_hz
    devices = [replace(TINY, dram_bytes_per_second=beat * share) for share in (0.5, 1, 4)]
    assert [sizes_of(device).rate_bytes for device in devices] == [8, 16, 16]


def test_the_clocks_lie_as_in_the_first_run_of_a_simulation() -> None:
    # `tiny`: PL edges at 5 + 10 n ns, array edges at 4 + 8 k. The PL is out of reset at 75 ns, the
    # tensor array eight of its edges later, at 132; the PL edge after that is number 13, at 135.
    sizes = sizes_of(TINY)
    assert sizes.start_edge == 13 + 67
    assert (4 + 8 * 101) - (5 + 10 * 80) == 7 and sizes.array_phase_ps == 7000


def test_reset_takes_as_many_edges_as_the_testbench_has_it() -> None:
    source = Path(__file__).parents[2].joinpath("sim/top/hgcn_tb.sv").read_text(encoding="utf-8")
    assert f"logic [{RESET_EDGES - 1}:0] reset_q" in source
    assert f"logic [{RESET_EDGES - 1}:0] array_reset_q" in source
