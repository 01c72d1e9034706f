# SPDX-License-Identifier: Apache-2.0
"""The cost function of the splitter, worked by hand and monotone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.arch.presets import PRESETS
from hgcn.cycles.cost import entry_bytes, segment_bytes, segment_cycles, window_cost
from tests.samples import TINY


def test_bytes_of_an_entry_and_of_a_segment() -> None:
    assert (entry_bytes(binary=True), entry_bytes(binary=False)) == (3, 4)
    assert segment_bytes(TINY, binary=True) == 24 / 8 + 16 / 8
    assert segment_bytes(TINY, binary=False) == 24 / 8 + 16


def test_the_slowest_stage_sets_the_cycles_of_a_segment() -> None:
    # Gather 1 / 4; array 4 steps of 0.8 PL cycles for 8 columns over 2 rows; PLIO B 2 beats.
    stages = [1 / 4, 4 * 0.8 / 8 / 2, 2 / 8 / 2]
    assert segment_cycles(TINY, binary=True) == max(*stages, 1 / 8 / 2)
    assert segment_cycles(TINY, binary=False) == max(*stages, 8 / 8 / 2)


def test_a_window_takes_its_slowest_of_both_engines_and_memory() -> None:
    cost = window_cost(TINY, binary=True)
    got = cost(np.array([400.0, 0.0]), np.array([0.0, 100.0]))
    assert got.tolist() == [400 / 4, max(100 / 4, 100 * 5 / 16)]


@given(
    st.sampled_from(sorted(PRESETS)),
    st.booleans(),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 1000),
)
def test_more_work_never_costs_less(
    name: str, binary: bool, nonzeros: int, segments: int, more: int
) -> None:
    cost = window_cost(PRESETS[name], binary=binary)

    def at(left: int, right: int) -> float:
        return float(cost(np.array([float(left)]), np.array([float(right)]))[0])

    assert at(nonzeros + more, segments) >= at(nonzeros, segments)
    assert at(nonzeros, segments + more) >= at(nonzeros, segments)
    assert at(0, 0) == pytest.approx(0.0)
