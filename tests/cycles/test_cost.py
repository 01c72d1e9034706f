# SPDX-License-Identifier: Apache-2.0
"""The cost function of the splitter, worked by hand, monotone, and near what programs take."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.arch.presets import PRESETS
from hgcn.cycles.cost import (
    TileCost,
    entry_bytes,
    packet_beats,
    packet_cycles,
    segment_bytes,
    segment_cycles,
)
from hgcn.cycles.estimate import estimate
from hgcn.partition.split import Grid
from hgcn.partition.splitter import split
from hgcn.reference.job import Named
from tests.samples import TINY, build, random_network

ONE = Grid.for_device(500, 64, TINY)
"""A row tile of 512 rows, padding included, and a column tile of 64."""


def cost_of(grid: Grid = ONE, **fields: float) -> TileCost:
    return TileCost(device=replace(TINY, **fields), grid=grid, binary=True)  # type: ignore[arg-type]


def at(cost: TileCost, nonzeros: float, segments: float) -> float:
    return float(cost(np.array([nonzeros]), np.array([segments]))[0])


def test_bytes_of_an_entry_and_of_a_segment() -> None:
    assert (entry_bytes(binary=True), entry_bytes(binary=False)) == (3, 4)
    assert segment_bytes(TINY, binary=True) == 24 / 8 + 16 / 8
    assert segment_bytes(TINY, binary=False) == 24 / 8 + 16


def test_the_slowest_stage_sets_the_cycles_of_a_segment() -> None:
    # Gather 1 / 4; array 4 steps of 0.8 PL cycles for 8 columns over 2 rows; PLIO B 2 beats.
    stages = [1 / 4, 4 * 0.8 / 8 / 2, 2 / 8 / 2]
    assert segment_cycles(TINY, binary=True) == max(*stages, 1 / 8 / 2)
    assert segment_cycles(TINY, binary=False) == max(*stages, 8 / 8 / 2)


def test_the_slower_of_port_and_merge_sets_the_cycles_of_a_packet() -> None:
    # 16 rows of 4 features of 4 bytes in beats of 16, one of each of 2 PE rows a cycle, one chunk.
    assert packet_beats(TINY) == 1 + 16
    assert packet_cycles(replace(TINY, drain_rows=1)) == 17
    # The chunk of two rows of a line, a beat of each
    assert packet_cycles(replace(TINY, drain_rows=2)) == 17 / 2
    # 4 chunks of a row merged side by side, of 8 PE rows; of 8 rows: a beat of each PE row
    vck190 = PRESETS["vck190"]
    assert packet_cycles(replace(vck190, drain_rows=1)) == (1 + 128) / 4
    assert packet_cycles(replace(vck190, drain_rows=8)) == (1 + 128) / 8
    # 2 PE rows bring a beat each
    assert packet_cycles(replace(vck190, array_rows=2)) == (1 + 128) / 2
    # A beat every other PL cycle
    assert packet_cycles(replace(vck190, array_rows=4, array_hz=150e6)) == (1 + 128) / 2


def test_a_tile_takes_its_slowest_and_the_latency() -> None:
    fast = {"dram_bytes_per_second": 1e15, "axi_bytes": 64}
    # 8 column parameters in a beat, 512 rows, 11 stages
    assert cost_of(drain_rows=1, **fast).drain_cycles == 1 + 512 + 11
    assert at(cost_of(drain_rows=1, **fast), 0, 0) == 40 + 524
    assert at(cost_of(drain_rows=2, **fast), 0, 0) == 40 + 1 + 256 + 11
    # 4 lanes, and 4 cycles until the last sum is there
    assert at(cost_of(**fast), 4000, 0) == 40 + 1000 + 4
    # 4 rows gathered a cycle; two read steps, the push, two crossings, the last packet
    assert at(cost_of(**fast), 0, 4000) == 40 + 1000 + 2 + 2 + 6 + 17
    # Few segments, and a packet of each row block, two a packet's time: 32 blocks at most
    for segments, drain_rows, packets in ((8 * 10, 2, 10 / 2), (8 * 64, 1, 32)):
        array = cost_of(drain_rows=drain_rows, **fast).array(np.array([float(segments)]))[0]
        assert array == packets * 17 + 2 + 2 + 6 + 17
    # Records of SPMM and DRAIN, 8 parameters, 512 rows of record and result, 64 rows loaded
    fixed = 128 + 128 + 64 + 512 * (4 + 8) + 64 * 8
    assert at(cost_of(), 400, 100) == 40 + (fixed + 400 * 3 + 100 * 5) / 16


def test_rows_are_loaded_once_unless_they_are_too_many_for_the_stores() -> None:
    rows, cols = TINY.tile_rows, TINY.store_rows
    for row_tiles, col_tiles, share in ((1, 1, 1), (4, 1, 1 / 4), (4, 2, 1 / 4), (5, 4, 0.6)):
        grid = Grid.for_device(row_tiles * rows, col_tiles * cols, TINY)
        assert cost_of(grid).load_rows == pytest.approx(share * cols)


def test_column_tiles_share_a_drain() -> None:
    wide = cost_of(Grid.for_device(500, 4 * 4096, TINY))
    assert wide.drain_cycles == cost_of().drain_cycles / 4


@given(
    st.sampled_from(sorted(PRESETS)),
    st.booleans(),
    st.integers(1, 10**5),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 1000),
)
def test_more_work_never_costs_less(
    name: str, binary: bool, nodes: int, nonzeros: int, segments: int, more: int
) -> None:
    device = PRESETS[name]
    cost = TileCost(device=device, grid=Grid.for_device(nodes, 100, device), binary=binary)
    assert at(cost, nonzeros + more, segments) >= at(cost, nonzeros, segments)
    assert at(cost, nonzeros, segments + more) >= at(cost, nonzeros, segments)


@pytest.mark.parametrize("policy", ["balanced", "pl-only", "aie-only"])
@pytest.mark.parametrize("name", sorted(PRESETS))
def test_the_costs_of_a_programs_tiles_add_up_to_about_its_cycles(name: str, policy: str) -> None:
    device = PRESETS[name]
    network = random_network(3, nodes=3000, widths=(300, 16), density=0.01)
    _, image, _ = build(network, device, policy=policy, ordering="none")
    cycles = 0.0
    for job in network.jobs:
        assert isinstance(job.left, Named)
        operand = network.operands[job.left.name]
        grid = Grid.for_device(*operand.shape, device)
        cost = TileCost(device=device, grid=grid, binary=operand.data is None)
        feature_tiles = -(-job.columns // device.features)
        cycles += feature_tiles * split(operand, grid, policy, cost).cost_cycles
    assert 0.8 <= estimate(image, device).cycles / cycles <= 1.3
