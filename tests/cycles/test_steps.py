# SPDX-License-Identifier: Apache-2.0
"""The whole machine: programs that end and that do not, slower parts, constants of the RTL."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgcn.cycles import (
    array,
    control,
    drain,
    gather,
    lanes,
    memory,
    merge,
    ports,
    reads,
    sizes,
    tables,
    writes,
)
from hgcn.cycles.estimate import estimate
from hgcn.cycles.sizes import Sizes, sizes_of
from hgcn.cycles.steps import QUIET_CYCLES, Counts, run
from hgcn.cycles.timeline import NO_LIMIT
from hgcn.errors import ProgramError
from hgcn.format import numbers, streams
from hgcn.isa.commands import Spmm
from hgcn.isa.image import ImageBuilder, read_commands, read_header
from hgcn.jit import source_digest
from tests.isa.handmade import SPMM, image_of
from tests.samples import TINY, build, random_network

ROOT = Path(__file__).parents[2]
RTL = ROOT / "hw" / "rtl"


def tables_of(image: bytes) -> tables.Tables:
    header = read_header(image)
    return tables.tables(read_commands(image, header), image, header.commands_line, TINY)


def counted(program: tables.Tables, sizes: Sizes) -> Counts:
    """The counts of a whole run."""
    return run(program, sizes, NO_LIMIT, np.zeros(len(program.commands), np.int64))


def lacking(**fields: int) -> bytes:
    """The handmade program whose first SPMM waits for what never comes."""

    def change(builder: ImageBuilder) -> None:
        spmm = builder.commands[SPMM]
        assert isinstance(spmm, Spmm)
        builder.commands[SPMM] = replace(spmm, **fields)  # type: ignore[arg-type]

    return image_of(change)


def test_a_command_costs_its_parse_and_a_program_its_latencies() -> None:
    counts = counted(tables_of(image_of(lambda builder: None)), sizes_of(TINY))
    latency = TINY.dram_latency_cycles
    # Header, records, the LOAD's beats: each waits for the one before. Then the last writes.
    assert counts.cycles > 4 * latency
    assert counts.cycles < 4 * latency + 6 * 18 + sum(counts[1:])


@pytest.mark.parametrize("fields", [{"packets": 3}, {"bundles": 1000}])
def test_a_program_that_waits_for_what_never_comes_is_refused(fields: dict[str, int]) -> None:
    image = lacking(**fields)
    began = time.process_time()
    counts = counted(tables_of(image), sizes_of(TINY))
    assert counts.cycles == -1
    # Twice the quiet time at most, at less than 10 us a cycle however slow the machine.
    assert time.process_time() - began < 2 * QUIET_CYCLES * 10e-6
    with pytest.raises(ProgramError, match="the program does not end: an engine waits"):
        estimate(image, TINY)


def test_a_program_without_end_does_not_end() -> None:
    image = image_of(lambda builder: builder.commands.pop() and None)
    with pytest.raises(ProgramError, match="the program does not end"):
        estimate(image, TINY)


@cache
def small(policy: str, seed: int) -> tables.Tables:
    network = random_network(seed, nodes=200, widths=(40, 9, 5), density=0.1)
    return tables_of(build(network, TINY, policy=policy)[1])


@settings(max_examples=30)
@given(
    policy=st.sampled_from(["balanced", "pl-only", "aie-only"]),
    seed=st.integers(0, 2),
    latency=st.sampled_from([(40, 41), (40, 80), (40, 400), (100, 150)]),
)
def test_a_longer_latency_never_takes_fewer_cycles(
    policy: str, seed: int, latency: tuple[int, int]
) -> None:
    program = small(policy, seed)
    fast, slow = (
        counted(program, sizes_of(TINY)._replace(latency_cycles=each)) for each in latency
    )
    assert fast.cycles <= slow.cycles


@settings(max_examples=30)
@given(
    policy=st.sampled_from(["balanced", "pl-only", "aie-only"]),
    seed=st.integers(0, 2),
    share=st.sampled_from([0.9, 0.5, 0.25, 0.1]),
    part=st.sampled_from(["rate_bytes", "array_ps"]),
)
def test_a_slower_memory_or_array_never_takes_fewer_cycles(
    policy: str, seed: int, share: float, part: str
) -> None:
    program, plain = small(policy, seed), sizes_of(TINY)
    slower = {"rate_bytes": share * plain.rate_bytes, "array_ps": round(plain.array_ps / share)}
    slow = plain._replace(**{part: slower[part]})
    fast_counts, slow_counts = counted(program, plain), counted(program, slow)
    # An arbiter may fall better by chance: by a part in two hundred at most.
    assert fast_counts.cycles <= 1.005 * slow_counts.cycles
    loose = {"cycles": 0, "merge": 0, "drain": 0}
    assert fast_counts._replace(**loose) == slow_counts._replace(**loose)


def test_the_same_program_always_takes_the_same_cycles() -> None:
    program = small("balanced", 0)
    assert counted(program, sizes_of(TINY)) == counted(program, sizes_of(TINY))


def test_the_cached_loop_holds_the_sources_of_all_it_calls() -> None:
    # Numba's cache of `run` looks at its own file and its closure alone.
    closure = run.py_func.__closure__  # type: ignore[attr-defined]
    parts = (
        array,
        control,
        drain,
        gather,
        lanes,
        memory,
        merge,
        ports,
        reads,
        sizes,
        tables,
        writes,
    )
    digest = source_digest(*parts, numbers, streams)
    assert [cell.cell_contents for cell in closure] == [digest]


COPIES = [
    (reads.QUEUED, "memory/hgcn_stream_reader", r"Commands\s+= (\d+)"),
    (reads.FIFO_BEATS, "memory/hgcn_axi_read", r"FifoBeats\s+= (\d+)"),
    (reads.RECORD_LINES, "memory/hgcn_axi_read", r"RecordBeats\s+= (\d+) \* BeatsPerLine"),
    (reads.READS, "memory/hgcn_axi_read", r"Bursts\s+= (\d+)"),
    (reads.BURST_LINES, "memory/hgcn_stream_reader", r"BurstLines\s+= (\d+)"),
    (reads.BURST_LINES, "memory/hgcn_axi_write", r"BurstBeats\s+= (\d+) \* BeatsPerLine"),
    (writes.WRITES, "memory/hgcn_axi_write", r"Bursts\s+= (\d+)"),
    (writes.FIFO_BURSTS, "memory/hgcn_axi_write", r"FifoBeats\s+= (\d+) \* BurstBeats"),
    (control.ISSUE_DEPTH, "control/hgcn_issue", r"Depth\s+= (\d+)"),
    (
        control.RECORD_QUADS + control.CHECK_CYCLES - 1,
        "control/hgcn_command_parser",
        r"(\d+) cycles, first quad of a record to its verdict",
    ),
    (lanes.PL_FLIGHT, "engine/hgcn_pl_engine", r"FlightCycles = (\d+)"),
    (drain.DRAIN_DEPTH, "engine/hgcn_drain", r"(\d+) cycles with `sum_ce_o` high, row record to"),
    (drain.RECORD_BEATS, "engine/hgcn_drain_records", r"FifoDepth = (\d+)"),
    (drain.WRITER_BEATS, "engine/hgcn_row_writer", r"FifoDepth = (\d+)"),
    (2, "engine/hgcn_row_writer", r"room_for_two = .*FifoDepth - (\d+)"),
    (drain.TILE_BUFFERS - 1, "engine/hgcn_tile_beats", r"logic \[(\d+):0\] full_q"),
    (2, "common/hgcn_gearbox", r"HoldBytes = InBytes \+ (\d+) \* OutBytes"),
    (gather.B_QUEUE, "array/hgcn_gather", r"SliceDepth = (\d+)"),
    (gather.A_QUEUE, "array/hgcn_left_packets", r"Depth = 2 \* Pieces > (\d+)"),
    (gather.ORDER, "array/hgcn_left_packets", r"OrderDepth = (\d+)"),
    (ports.PORT_BEATS, "array/hgcn_tensor_array", r"PortDepth = (\d+)"),
    (array.COLUMN_BEATS, "array/hgcn_tensor_array", r"\.Depth\((\d+)\)\n\s+\) u_next"),
    (writes.QUEUED, "memory/hgcn_axi_write", r"Commands\s+= (\d+)"),
]
"""Constants of the model, and where the RTL says them."""


@pytest.mark.parametrize(("constant", "module", "pattern"), COPIES)
def test_constants_are_those_of_the_rtl(constant: float, module: str, pattern: str) -> None:
    source = (RTL / f"{module}.sv").read_text(encoding="utf-8")
    found = re.findall(pattern, source)
    assert len(found) == 1, f"{module} says it {len(found)} times"
    assert int(found[0]) == constant


def test_a_clock_crossing_takes_three_edges_as_the_rtl_says() -> None:
    source = (RTL / "common" / "hgcn_async_fifo.sv").read_text(encoding="utf-8")
    assert "A beat shows at the third `out_clk_i` edge" in source and ports.CROSSING == 3


def test_the_memory_makes_up_for_as_many_beats_as_the_simulators() -> None:
    source = (ROOT / "sim" / "dram" / "axi_memory.cc").read_text(encoding="utf-8")
    found = re.findall(r"credit_ \+ config_.bytes_per_cycle, (\d)\.0 \* config_.beat_bytes", source)
    assert [int(beats) for beats in found] == [memory.CREDIT_BEATS]
