# SPDX-License-Identifier: Apache-2.0
"""Both interpreters against the plain integer network: the same bits, whatever the shape."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hgcn.arch.device import Device
from hgcn.checking.validate import validate
from hgcn.errors import ProgramError
from hgcn.execution.backend import Execution, RunOptions
from hgcn.execution.emulate import EmulateBackend
from hgcn.execution.machine import Machine
from hgcn.execution.reference import ReferenceBackend
from hgcn.format.numbers import Base
from hgcn.isa.commands import Drain, Load, Spmm
from hgcn.isa.input_layout import InputLayout
from hgcn.ordering.registry import ORDERINGS
from hgcn.reference.infer import infer
from hgcn.reference.network import IntegerNetwork
from tests.samples import DEVICES, TINY, build, input_data, logits, random_jobs, random_network

POLICIES = ("balanced", "threshold:2", "pl-only", "aie-only")


def run_both(
    network: IntegerNetwork,
    target: Device,
    *,
    ordering: str = "rcm",
    policy: str = "balanced",
    at_run_time: bool = False,
) -> tuple[Execution, Execution]:
    """Validate and run the program of ``network`` on both interpreters; compare their logits."""
    _, image, rows = build(
        network, target, ordering=ordering, policy=policy, at_run_time=at_run_time
    )
    validate(image, target)
    data = input_data(network, rows, target) if at_run_time else b""
    expected = infer(network)
    runs = tuple(
        backend.run(image, target, RunOptions(input_data=data))
        for backend in (ReferenceBackend(), EmulateBackend())
    )
    for run in runs:
        np.testing.assert_array_equal(logits(run.output, network, rows, target), expected)
    return runs[0], runs[1]


@settings(max_examples=50)
@given(
    seed=st.integers(0, 2**32 - 1),
    nodes=st.integers(1, 150),
    features=st.integers(1, 150),
    hidden=st.lists(st.integers(1, 8), max_size=2),
    classes=st.integers(1, 40),
    density=st.sampled_from([0.0, 0.02, 0.2, 0.9]),
    device=st.sampled_from(sorted(DEVICES)),
    policy=st.sampled_from(POLICIES),
    ordering=st.sampled_from(ORDERINGS),
    feature_values=st.booleans(),
    edge_values=st.booleans(),
    at_run_time=st.booleans(),
)
def test_every_network_gives_the_reference_bits(
    seed: int,
    nodes: int,
    features: int,
    hidden: list[int],
    classes: int,
    density: float,
    device: str,
    policy: str,
    ordering: str,
    feature_values: bool,
    edge_values: bool,
    at_run_time: bool,
) -> None:
    network = random_network(
        seed,
        nodes=nodes,
        widths=(features, *hidden, classes),
        density=density,
        feature_values=feature_values,
        edge_values=edge_values,
    )
    run_both(network, DEVICES[device], ordering=ordering, policy=policy, at_run_time=at_run_time)


@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**32 - 1),
    nodes=st.integers(65, 300),
    hidden=st.lists(st.integers(9, 50), min_size=1, max_size=2),
    policy=st.sampled_from(POLICIES),
    device=st.sampled_from(["tiles", "tall", "wide"]),
)
def test_wide_hidden_layers_beyond_the_stores_give_the_reference_bits(
    seed: int, nodes: int, hidden: list[int], policy: str, device: str
) -> None:
    network = random_network(seed, nodes=nodes, widths=(90, *hidden, 7), density=0.05)
    run_both(network, DEVICES[device], policy=policy)


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    nodes=st.integers(1, 150),
    device=st.sampled_from(sorted(DEVICES)),
    policy=st.sampled_from(POLICIES),
)
def test_every_graph_of_jobs_gives_the_reference_bits(
    seed: int, nodes: int, device: str, policy: str
) -> None:
    # Rows that are a left operand later are no wider than the smallest store takes.
    network = random_jobs(seed, nodes=nodes, widest=8 if device == "stores" else 29)
    run_both(network, DEVICES[device], policy=policy)


def test_the_right_operand_of_a_graph_beyond_a_store_is_written_to_memory_and_read_back() -> None:
    target = DEVICES["tiles"]
    network = random_network(1, nodes=130, widths=(10, 20, 5))
    builder, _, _ = build(network, target)
    loads = [command for command in builder.commands if isinstance(command, Load)]

    assert {command.stream.base for command in loads} == {Base.PROGRAM, Base.SCRATCH}
    assert not any(c.write_store for c in builder.commands if isinstance(c, Drain))
    run_both(network, target)


def test_the_right_operand_of_a_small_graph_stays_in_its_store() -> None:
    network = random_network(1, nodes=40, widths=(10, 20, 5))
    builder, _, _ = build(network, TINY)
    loads = [command for command in builder.commands if isinstance(command, Load)]
    products = [c for c in builder.commands if isinstance(c, Drain) and c.write_store]

    assert {command.stream.base for command in loads} == {Base.PROGRAM}
    assert len(products) == 3 + 1  # Feature tiles of 8: ceil(20 / 8) in layer 1, 1 in layer 2.
    run_both(network, TINY)


def test_features_wider_than_a_store_are_multiplied_tile_by_tile() -> None:
    network = random_network(2, nodes=20, widths=(200, 4), density=0.3)
    builder, _, _ = build(network, DEVICES["tiles"])
    clears = [command.clear for command in builder.commands if isinstance(command, Spmm)]

    assert clears[:4] == [True, False, False, False]
    run_both(network, DEVICES["tiles"])


def test_wide_features_read_at_run_time_are_multiplied_tile_by_tile_both_ways() -> None:
    target = DEVICES["tiles"]
    network = random_network(2, nodes=130, widths=(150, 4), density=0.3, feature_values=True)
    builder, _, _ = build(network, target, at_run_time=True)
    left = [c.left for c in builder.commands if isinstance(c, Spmm) and c.left.base == Base.INPUT]
    loads = [command for command in builder.commands if isinstance(command, Load)]

    assert [stream.lines for stream in left] == [64, 64, 24, 24, 64, 64, 16, 16, 6]
    # Each row tile begins with the column tile the one before ended with.
    assert len([load for load in loads if load.stream.base == Base.PROGRAM]) == 3 + 1 + 1
    run_both(network, target, at_run_time=True)


@pytest.mark.parametrize("size", [0, 63, 64, 1 << 20])
def test_an_input_of_another_length_is_refused(size: int) -> None:
    _, image, _ = build(random_network(8), TINY, at_run_time=True)
    message = f"the program reads 1536 bytes of features at run time, got {size}"
    with pytest.raises(ProgramError, match=message):
        Machine(image, TINY, bytes(size))


def test_an_input_nobody_reads_is_refused() -> None:
    _, image, _ = build(random_network(8), TINY)
    with pytest.raises(ProgramError, match="reads no features at run time, got 64 bytes"):
        Machine(image, TINY, bytes(64))


def test_any_bytes_are_features() -> None:
    network = replace(random_network(9, nodes=50, widths=(20, 9, 4)), handed_in="features")
    _, image, rows = build(network, TINY)
    layout = InputLayout.for_device(50, 20, TINY)
    data = np.random.default_rng(0).integers(0, 256, layout.size_bytes, np.uint8).tobytes()
    features = np.empty((50, 20), np.int8)
    features[rows] = layout.unpack(data)

    for backend in (ReferenceBackend(), EmulateBackend()):
        output = backend.run(image, TINY, RunOptions(input_data=data)).output
        # What lies in the padding meets weights of zero.
        np.testing.assert_array_equal(logits(output, network, rows, TINY), infer(network, features))


def test_positions_beyond_a_column_tile_are_reached_by_its_base() -> None:
    target = replace(TINY, name="big", store_rows=32768, tile_rows=1024)
    network = random_network(3, nodes=17_000, widths=(4, 3), density=0.0)
    builder, _, _ = build(network, target)

    assert {c.base for c in builder.commands if isinstance(c, Spmm)} == {0, 16384}
    run_both(network, target, policy="threshold:16")


def test_a_graph_without_features_or_edges_gives_the_biases() -> None:
    network = random_network(4, nodes=5, widths=(3, 2), density=0.0)
    reference, _ = run_both(network, TINY)
    assert reference.bytes_read > 0


def test_both_interpreters_count_the_same_traffic_and_no_cycles() -> None:
    reference, emulate = run_both(random_network(5), TINY)
    assert (reference.bytes_read, reference.bytes_written) == (
        emulate.bytes_read,
        emulate.bytes_written,
    )
    assert reference.cycles is None and not reference.engines


def test_progress_counts_commands_to_the_last() -> None:
    builder, image, _ = build(random_network(6), TINY)
    calls: list[tuple[int, int]] = []
    EmulateBackend().run(image, TINY, RunOptions(progress=lambda at, of: calls.append((at, of))))
    total = len(builder.commands)
    assert calls == [(number, total) for number in range(1, total + 1)]


def test_a_program_for_another_device_is_refused() -> None:
    _, image, _ = build(random_network(7), TINY)
    with pytest.raises(ProgramError, match="program was built for device hash 0x"):
        Machine(image, DEVICES["tiles"])


def test_a_damaged_image_is_refused() -> None:
    _, image, _ = build(random_network(7), TINY)
    broken = bytearray(image)
    broken[200] ^= 1
    with pytest.raises(ProgramError, match="CRC must be"):
        Machine(bytes(broken), TINY)
