# SPDX-License-Identifier: Apache-2.0
"""Cycles become time by the PL clock, and by nothing else."""

from __future__ import annotations

import pytest

from hgcn.arch.latency import Latency, microseconds
from hgcn.arch.presets import PRESETS


@pytest.mark.parametrize("name", PRESETS)
def test_a_second_is_as_many_cycles_as_the_pl_clock_has(name: str) -> None:
    assert microseconds(PRESETS[name].pl_hz, PRESETS[name]) == pytest.approx(1e6)


def test_a_latency_says_kind_time_and_rate() -> None:
    made = Latency.of("modelled", 25_000, 1_000, PRESETS["tiny"])
    assert made.microseconds == 250.0 and made.nodes_per_second == pytest.approx(4e6)
    assert str(made) == "25,000 modelled, 250.0 us, 4,000,000 nodes/s"


def test_no_cycles_are_no_rate() -> None:
    assert Latency.of("modelled", 0, 9, PRESETS["tiny"]).nodes_per_second == 0.0
