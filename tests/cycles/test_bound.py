# SPDX-License-Identifier: Apache-2.0
"""The lower bounds: worked by hand, and below every program's estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgcn.arch.presets import PRESETS
from hgcn.cycles.bound import Bound, lower_bound
from hgcn.cycles.estimate import estimate
from hgcn.cycles.workload import JobSize, OperandSize, Workload, workload_of
from hgcn.errors import CompileError
from hgcn.graph.csr import Csr
from tests.samples import DEVICES, TINY, build, random_csr, random_network


def convolutions(
    widths: Sequence[int] = (8, 9, 2),
    *,
    nodes: int = 10,
    features: int = 20,
    edges: int = 30,
    edge_values: bool = False,
    handed_in: bool = False,
) -> Workload:
    """Layers of a product with weights, and the sums over it."""
    jobs = []
    for number, (fan_in, fan_out) in enumerate(pairwise(widths), start=1):
        last = number == len(widths) - 1
        size = JobSize(
            left="features" if number == 1 else None,
            depth=fan_in,
            columns=fan_out,
            bits=8,
            weights=True,
            written=False,
        )
        sums = replace(
            size,
            left="adjacency",
            depth=nodes,
            bits=16 if last else 8,
            weights=False,
            written=True,
        )
        jobs += [size, sums]
    operands = {
        "features": OperandSize(
            columns=widths[0], nonzeros=features, binary=True, handed_in=handed_in
        ),
        "adjacency": OperandSize(
            columns=nodes, nonzeros=edges, binary=not edge_values, handed_in=False
        ),
    }
    return Workload(nodes=nodes, operands=operands, jobs=tuple(jobs))


SMALL = convolutions()
ROW = replace(TINY, name="row", drain_rows=1)
"""On `tiny` a row block of 16, two feature tiles of 8 features and one."""

SEGMENT = 1 / 4
"""Cycles of a binary segment on `tiny`: its gather reads four rows a cycle."""
INT8_SEGMENT = 1 / 2
"""Of an int8 one: 8 beats of PLIO A a slice, over 2 PE rows."""


def test_memory_moves_what_no_pass_can_do_without() -> None:
    edges = 30 * 3 / 16  # A full segment, 1 + 2 bytes, serves 16 nonzeros.
    products = 2 * (8 * 8 + 4 * 16)  # Drains: parameters, and records of a row block.
    first = 20 * 3 / 16 + 2 * 8 + edges + products + 16 * 8 + 128 * (4 + 1)
    second = 16 * (1 + 16) + 9 * 8 + edges + products + 16 * 16 + 128 * (4 + 1)
    idle = 4 * 16
    total = 2 * 128 + 2 * first + second - idle
    assert lower_bound(SMALL, TINY).memory_cycles == pytest.approx(total / 16)


def test_compute_shares_nonzeros_between_both_engines() -> None:
    a_tile = (20 + 30) / (4 + 16 / SEGMENT)
    hidden = 16 * INT8_SEGMENT + 30 / (4 + 16 / SEGMENT)  # 9 features, hence 2 slices.
    assert lower_bound(SMALL, TINY).compute_cycles == pytest.approx(2 * a_tile + hidden)


def test_every_pass_drains_its_rows_twice() -> None:
    # A beat of 16 bytes holds two column parameters.
    assert lower_bound(SMALL, ROW).drain_cycles == 3 * 2 * (4 + 16)
    tiles = convolutions(nodes=512 + 16)
    assert lower_bound(tiles, ROW).drain_cycles == 3 * 2 * (2 * 4 + 528)
    # 16 int16 logits are two beats of 16 bytes.
    kv260 = replace(PRESETS["kv260"], name="row", drain_rows=1)
    assert lower_bound(SMALL, kv260).drain_cycles == 2 * 2 * (8 + 16) + 16


def test_a_line_of_rows_drains_in_a_cycle_as_far_as_memory_takes_it() -> None:
    line = replace(ROW, drain_rows=4)
    # Two feature tiles, then one: products to a store, hidden features to memory in 8 bytes a row,
    # logits in 16.
    tiles = [(2, 1 / 4), (2, 8 / 16), (1, 1 / 4), (1, 16 / 16)]
    assert lower_bound(SMALL, line).drain_cycles == sum(n * (4 + 16 * row) for n, row in tiles)


def test_features_read_at_run_time_count_every_cell() -> None:
    dense = lower_bound(convolutions(handed_in=True), TINY)
    compiled_in = lower_bound(SMALL, TINY)
    bytes_more = 8 * (1 + 16) + 8 * 8 - (20 * 3 / 16 + 2 * 8)
    cycles_more = 8 * INT8_SEGMENT - 20 / (4 + 16 / SEGMENT)
    assert dense.memory_cycles - compiled_in.memory_cycles == pytest.approx(2 * bytes_more / 16)
    assert dense.compute_cycles - compiled_in.compute_cycles == pytest.approx(2 * cycles_more)


def test_a_full_binary_matrix_costs_little_more_than_a_bit_a_column() -> None:
    full = convolutions([8, 8], nodes=1024, edges=1024 * 1024)
    empty = convolutions([8, 8], nodes=1024, edges=0)
    for device, bits in (("tiny", 1.5), ("vck190", 1.25)):
        target = PRESETS[device]
        more = lower_bound(full, target).memory_cycles - lower_bound(empty, target).memory_cycles
        assert more * target.dram_bytes_per_cycle * 8 == pytest.approx(bits * 1024 * 1024)


def test_values_cost_a_byte_and_their_share_of_a_record() -> None:
    valued = lower_bound(convolutions(edge_values=True), TINY)
    more = 3 * 30 * (17 - 3) / 16
    assert valued.memory_cycles - lower_bound(SMALL, TINY).memory_cycles == pytest.approx(more / 16)


def test_nothing_to_multiply_still_drains_and_writes() -> None:
    nothing = lower_bound(convolutions([8, 8], features=0, edges=0), TINY)
    assert nothing.compute_cycles == 0
    products = 2 * (8 * 8 + 4 * 16)
    assert nothing.memory_cycles == (2 * 128 + products + 16 * 16 + 4 * 128 - 64) / 16


@pytest.mark.parametrize(("place", "cause"), [(0, "memory"), (1, "compute"), (2, "drain")])
def test_the_cause_is_the_largest(place: int, cause: str) -> None:
    cycles = [1.0, 1.0, 1.0]
    cycles[place] = 2.0
    bound = Bound(memory_cycles=cycles[0], compute_cycles=cycles[1], drain_cycles=cycles[2])
    assert (bound.cause, bound.cycles) == (cause, 2.0)


def test_a_product_with_weights_alone_is_written_once() -> None:
    job = JobSize(left="features", depth=8, columns=2, bits=16, weights=True, written=True)
    alone = replace(SMALL, jobs=(job,))
    moved = 20 * 3 / 16 + 2 * 8 + 8 * 8 + 4 * 16 + 16 * 16 + 128 * (2 + 1)
    assert lower_bound(alone, TINY).memory_cycles == pytest.approx((2 * 128 + moved - 64) / 16)
    assert lower_bound(alone, ROW).drain_cycles == 4 + 16


def matrix(kind: str, shape: tuple[int, int], *, values: bool, seed: int) -> Csr:
    """A matrix of the kinds that cost a program least."""
    rows, cols = np.indices(shape).reshape(2, -1)
    rng = np.random.default_rng(seed)
    if kind == "random":
        return random_csr(rng, shape, density=rng.choice([0.02, 0.3, 2.0]), values=values)
    keep = {
        "empty": rows < 0,
        "full": rows >= 0,
        "nearly full": rng.random(len(rows)) < 0.98,
        "one row": rows == seed % shape[0],
        "one column": cols == seed % shape[1],
        "band": np.abs(rows - cols) <= 4,
    }[kind]
    rows, cols = rows[keep], cols[keep]
    data = np.full(len(rows), 7, np.int8) if values else None  # Constant
    return Csr.from_coo(shape, rows, cols, data)


KINDS = st.sampled_from(["random", "empty", "full", "nearly full", "one row", "one column", "band"])


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    nodes=st.one_of(st.integers(1, 64), st.sampled_from([128, 257])),
    widths=st.lists(st.integers(1, 64), min_size=2, max_size=4),
    features=KINDS,
    adjacency=KINDS,
    values=st.tuples(st.booleans(), st.booleans()),
    zero_weights=st.booleans(),
    device=st.sampled_from(sorted({**PRESETS, **DEVICES})),
    policy=st.sampled_from(["balanced", "pl-only", "aie-only"]),
    at_run_time=st.booleans(),
)
def test_no_program_is_estimated_faster_than_its_bound(
    seed: int,
    nodes: int,
    widths: list[int],
    features: str,
    adjacency: str,
    values: tuple[bool, bool],
    zero_weights: bool,
    device: str,
    policy: str,
    at_run_time: bool,
) -> None:
    target = {**PRESETS, **DEVICES}[device]
    drawn = random_network(seed, nodes=nodes, widths=tuple(widths))
    jobs = drawn.jobs
    if zero_weights:
        jobs = tuple(
            job if job.weights is None else replace(job, right=np.zeros_like(job.weights))
            for job in jobs
        )
    network = replace(
        drawn,
        operands={
            "features": matrix(features, (nodes, widths[0]), values=values[1], seed=seed),
            "adjacency": matrix(adjacency, (nodes, nodes), values=values[0], seed=seed),
        },
        jobs=jobs,
    )
    try:
        _, image, _ = build(network, target, policy=policy, at_run_time=at_run_time)
    except CompileError:
        return  # A hidden layer wider than the device takes.
    work = workload_of(replace(network, handed_in="features" if at_run_time else None))
    assert lower_bound(work, target).cycles <= estimate(image, target).cycles
