# SPDX-License-Identifier: Apache-2.0
"""What cannot win is left out: so no program may take less than `least_cycles`."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hgcn.choice.candidates import FIXED, split_all
from hgcn.choice.least import feature_tiles_of, least_cycles, split_bytes
from hgcn.choice.trial import Bench
from hgcn.isa.commands import Spmm
from tests.samples import DEVICES, build, random_network


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**32 - 1),
    device=st.sampled_from(sorted(DEVICES)),
    nodes=st.integers(1, 200),
    density=st.sampled_from([0.02, 0.2, 0.9]),
    values=st.booleans(),
    policies=st.tuples(st.sampled_from(FIXED), st.sampled_from(FIXED)),
)
def test_no_program_takes_less_with_the_other_bytes_of_any(
    seed: int, device: str, nodes: int, density: float, values: bool, policies: tuple[str, str]
) -> None:
    target = DEVICES[device]
    network = random_network(
        seed, nodes=nodes, widths=(40, 8, 5), density=density, feature_values=values
    )
    bench = Bench(network=network, layouts={}, device=target)
    feature_tiles = feature_tiles_of(network.jobs, target)
    first, second = (split_all(network.operands, target, policy) for policy in policies)
    one, other = bench.run(first), bench.run(second)
    assert one.other_bytes == other.other_bytes
    assert other.cycles is not None
    assert 0 < least_cycles(second, feature_tiles, one.other_bytes, target) <= other.cycles


def test_bytes_of_the_splits_are_those_of_the_spmms_streams() -> None:
    builder = build(random_network(2), DEVICES["tiny"])[0]
    spmms = [each for each in builder.commands if isinstance(each, Spmm)]
    lines = sum(each.pl.lines + each.control.lines + each.left.lines for each in spmms)
    assert split_bytes(builder.commands) == 64 * lines > 0


def test_feature_tiles_are_counted_by_operand() -> None:
    network, target = random_network(0, widths=(30, 20, 5)), DEVICES["tiny"]
    # 20 and 5 columns, 8 a pass; the second combination reads rows of the layer before.
    assert feature_tiles_of(network.jobs, target) == {"features": 3, "adjacency": 4}
