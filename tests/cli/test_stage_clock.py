# SPDX-License-Identifier: Apache-2.0
"""Stages follow each other without a gap."""

from __future__ import annotations

from hgcn.cli.stage_clock import StageClock


def test_stages_sum_to_all_the_time_there_was() -> None:
    ticks = iter([1.0, 3.0, 7.0, 7.5])
    clock = StageClock(lambda: next(ticks))
    for stage in ("load", "compile", "save"):
        clock.end(stage)
    assert clock.within("compile", {"order": 1.0, "map": 3.0}) == {
        "load": 2.0,
        "order": 1.0,
        "map": 3.0,
        "save": 0.5,
    }
