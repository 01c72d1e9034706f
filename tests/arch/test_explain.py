# SPDX-License-Identifier: Apache-2.0
"""Explanations: sums by hand, and the manual's table as declared."""

from __future__ import annotations

from hgcn.arch.device import Device
from hgcn.arch.explain import explanation, page_table, sums
from hgcn.arch.parameter import parameters
from hgcn.arch.presets import PRESETS

TINY = PRESETS["tiny"]


def test_what_the_parameters_of_tiny_amount_to() -> None:
    found = sums(TINY)
    # 4 lanes of 8 features; two buffers of 256 sums of 8 int32 each.
    assert found["PL engine"] == "32 int8 multipliers, 65,536 bytes of sums"
    # 2 x 2 engines of 4 x 8 x 4; two buffers of 512 rows of 8 int32.
    assert found["tensor array"] == "512 int8 multipliers, 32,768 bytes of sums"
    assert found["feature stores"] == "2 of 32,768 bytes, in 8 banks each"
    assert found["memory"] == "16 usable bytes a PL cycle"


def test_an_explanation_ends_with_the_sums() -> None:
    lines = explanation(TINY).splitlines()
    assert lines[-1].startswith(f"hash: {TINY.hash:#018x}")
    assert max(map(len, lines)) <= 100


def test_the_table_has_a_row_for_each_parameter() -> None:
    rows = page_table().splitlines()[2:]
    names = [item.name for item in parameters(Device)]
    assert [row.split("`")[1] for row in rows] == names
    assert all(row.count("|") == 5 for row in rows)
