# SPDX-License-Identifier: Apache-2.0
"""A design must not take more than its device has, or than we allow ourselves of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hgcn_hw.build.budget import (
    BEGIN,
    CHIPS,
    DESIGNS,
    END,
    PAGE,
    RESOURCES,
    chip,
    designs,
    digest,
    keep,
    kept,
    over,
    own_results,
    page_table,
    row,
    summary,
    synthesise,
)

from hgcn.arch.presets import PRESETS, device

SMALL = {"lut": 1000, "ff": 2000, "dsp": 100, "bram36": 10.5, "uram": 4}


def area(preset: str, **used: float) -> dict[str, Any]:
    return {"preset": preset, "top": "hgcn_top", **SMALL, **used}


def test_every_preset_has_a_budget_or_no_device() -> None:
    assert set(DESIGNS) == set(PRESETS)
    assert {name: found.part for name in PRESETS if (found := chip(device(name)))} == {
        "kv260": "xck26",
        "vck190": "xcvc1902",
        "vck5000": "xcvc1902",
        "vek280": "xcve2802",
    }


@pytest.mark.parametrize("item", CHIPS, ids=lambda item: item.part)
def test_one_too_many_of_any_checked_resource_is_over(item: Any) -> None:
    preset = next(name for name in PRESETS if chip(device(name)) == item)
    assert set(item.limits) == set(RESOURCES)
    assert over(area(preset, **item.limits), item) == []
    for kind, limit in item.limits.items():
        (problem,) = over(area(preset, **{kind: limit + 1}), item)
        assert problem == f"{preset} hgcn_top: {kind} {limit + 1:g} of {limit}"


def test_shares_of_our_own_limits_are_marked() -> None:
    assert row(area("vck190"), chip(device("vck190"))).count("*") == 2
    assert "*" not in row(area("kv260"), chip(device("kv260")))


def test_the_smallest_preset_fits_no_device_and_every_budget() -> None:
    assert over(area("tiny", lut=10**9), chip(device("tiny"))) == []


@pytest.mark.parametrize("key", kept())
def test_the_kept_designs_fit(key: str) -> None:
    assert over(kept()[key], chip(device(key.split("/", maxsplit=1)[0]))) == []


def test_a_device_of_ones_own_is_compared_with_its_part() -> None:
    mine = replace(device("kv260"), name="mine", lanes=2)
    assert designs(mine) == ("hgcn_top",)
    assert designs(replace(device("vck190"), name="mine", lanes=8)) == ("hgcn_core",)
    assert own_results(mine, {}) == (["mine     hgcn_top   no area counted"], [])
    lines, problems = own_results(mine, {"hgcn_top": area("mine", dsp=1249)})
    assert len(lines) == 1 and "100 %" in lines[0]
    assert problems == ["mine hgcn_top: dsp 1249 of 1248"]


def test_what_a_part_has_may_be_unknown() -> None:
    mine = replace(device("kv260"), name="mine", part="xc7z020")
    lines, problems = own_results(mine, {"hgcn_top": area("mine")})
    assert lines[0].startswith("mine     hgcn_top") and "%" not in lines[0]
    assert lines[1] == "no budget for part 'xc7z020' of device mine" and problems == []


def test_the_page_shows_the_kept_counts() -> None:
    text = PAGE.read_text()
    assert text.partition(BEGIN)[2].partition(END)[0].strip() == page_table(kept())


def test_what_the_synthesis_counts_is_kept_with_its_rtl(tmp_path: Path) -> None:
    counted = {**area("kv260"), "seconds": 1.0}
    found = summary(counted, "0123")
    assert found == {"preset": "kv260", "top": "hgcn_top", "rtl": "0123", **SMALL}
    keep({"kv260/hgcn_top": found}, tmp_path / "areas.json")
    assert kept(tmp_path / "areas.json") == {"kv260/hgcn_top": found}


def test_the_identity_follows_the_sizes() -> None:
    assert digest(device("tiny")) != digest(device("kv260"))


@pytest.mark.slow
@pytest.mark.parametrize("key", [f"{name}/{top}" for name in PRESETS for top in DESIGNS[name]])
def test_every_preset_fits_its_device(key: str) -> None:
    name, top = key.split("/")
    assert over(synthesise(device(name), top), chip(device(name))) == []
