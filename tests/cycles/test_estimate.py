# SPDX-License-Identifier: Apache-2.0
"""The estimate's rules; how close it is to the RTL is tested with the RTL, in tests/sim."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgcn.cycles.bound import lower_bound
from hgcn.cycles.drain import DRAIN_DEPTH
from hgcn.cycles.estimate import estimate
from hgcn.cycles.workload import workload_of
from hgcn.errors import ProgramError
from hgcn.execution.backend import RunOptions
from hgcn.execution.emulate import EmulateBackend
from tests.isa.handmade import image_of
from tests.samples import DEVICES, TINY, build, input_data, random_network


@settings(max_examples=20)
@given(
    seed=st.integers(0, 2**32 - 1),
    nodes=st.integers(1, 200),
    hidden=st.integers(1, 8),
    device=st.sampled_from(sorted(DEVICES)),
    policy=st.sampled_from(["balanced", "pl-only", "aie-only"]),
    at_run_time=st.booleans(),
)
def test_no_estimate_is_below_the_bound_or_any_engines_work(
    seed: int, nodes: int, hidden: int, device: str, policy: str, at_run_time: bool
) -> None:
    network = random_network(seed, nodes=nodes, widths=(50, hidden, 9))
    target = DEVICES[device]
    _, image, _ = build(network, target, policy=policy, at_run_time=at_run_time)
    made = estimate(image, target)
    work = workload_of(replace(network, handed_in="features" if at_run_time else None))
    assert made.cycles >= lower_bound(work, target).cycles
    assert made.cycles >= max(made.engines.values())
    assert made.microseconds == pytest.approx(1e6 * made.cycles / target.pl_hz)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("at_run_time", [False, True])
def test_the_estimate_moves_the_bytes_a_run_moves(device: str, at_run_time: bool) -> None:
    network, target = random_network(3, nodes=150, widths=(60, 8, 9)), DEVICES[device]
    _, image, rows = build(network, target, at_run_time=at_run_time)
    made = estimate(image, target)
    data = input_data(network, rows, target) if at_run_time else b""
    run = EmulateBackend().run(image, target, RunOptions(input_data=data))
    assert (made.bytes_read, made.bytes_written) == (run.bytes_read, run.bytes_written)


@pytest.mark.parametrize(
    "slower",
    [
        {"dram_bytes_per_second": TINY.dram_bytes_per_second / 8},
        {"dram_latency_cycles": 400},
        {"array_hz": TINY.array_hz / 8},
    ],
)
def test_slower_hardware_never_takes_fewer_cycles(slower: dict[str, float]) -> None:
    _, image, _ = build(random_network(4, nodes=300, density=0.2), TINY, policy="aie-only")
    worse = replace(TINY, **slower)  # type: ignore[arg-type]
    assert worse.hash == TINY.hash
    assert estimate(image, worse).cycles > estimate(image, TINY).cycles


def test_twice_the_graph_takes_longer() -> None:
    cycles = [
        estimate(build(random_network(5, nodes=nodes, density=0.1), TINY)[1], TINY).cycles
        for nodes in (50, 100, 200, 400)
    ]
    assert cycles == sorted(set(cycles))


def test_busy_cycles_of_the_handmade_program() -> None:
    made = estimate(image_of(lambda builder: None), TINY)
    assert made.engines["pl"] == 2  # One word, twice.
    # Column parameters, two a beat. To the store: lines of two rows, then those that leave when
    # none enters any more. To memory: the pipeline fills, then a beat of each row leaves it, the
    # last one a cycle later.
    parameters, depth = TINY.features // 2, DRAIN_DEPTH - 1
    to_store, to_memory = parameters + 32 // 2 + depth, parameters + depth + 32 + 1
    assert TINY.drain_rows == 2 and made.engines["drain"] == to_store + to_memory
    assert made.engines["load"] == 2 * 4 and made.engines["write"] == 8 * 4  # Beats of 16 bytes.
    assert made.engines["array"] == 3 * 2  # Three slices of two gathers.
    # PE rows merge their two packets side by side, if at all, and a beat a cycle.
    beats = TINY.block_rows * TINY.pe_features // 4
    assert beats <= made.engines["merge"] <= 2 * beats
    assert made.engines["read"] * TINY.axi_bytes == made.bytes_read


def test_a_malformed_image_is_refused() -> None:
    with pytest.raises(ProgramError, match="program must be at least 128 bytes"):
        estimate(b"", TINY)
