# SPDX-License-Identifier: Apache-2.0
"""The campaign over cycles, small: every rule is checked, a program that breaks one is named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hgcn.format.numbers import COUNTED
from tests.campaigns import cycles as c


def test_no_random_program_is_estimated_below_its_bound() -> None:
    seen = c.run_campaign(60, 10_000, 0, c.RTL_DEVICES)
    assert seen.faults == [] and seen.programs == 60
    assert 1 <= seen.closest < 2  # A bound that is of use


@pytest.mark.rtl
def test_random_programs_take_the_estimated_cycles_on_the_rtl() -> None:
    seen = c.run_campaign(6, 20_000, 6, ("tiny",))
    assert seen.faults == [] and seen.on_rtl == 6 and len(seen.later) == 6 * (c.RUNS - 1)


def test_a_program_that_breaks_a_rule_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    trial = c.draw(3, ("tiny",))
    made = trial.estimate
    counters = {
        "CYCLES": made.cycles,
        "READ_BYTES": made.bytes_read,
        "WRITTEN_BYTES": made.bytes_written,
    } | {f"ENGINE[{place}].BUSY": made.engines[name] for place, name in enumerate(COUNTED)}
    late = counters | {"CYCLES": made.cycles + c.LATER_CYCLES + made.cycles // 50}
    for runs, want in (
        ([counters, counters], []),
        ([counters | {"CYCLES": made.cycles + 1}, counters], ["first run"]),
        ([counters | {"ENGINE[0].BUSY": 0}, counters], ["first run"]),
        ([counters, late], ["later run"]),
    ):
        monkeypatch.setattr(c, "simulated", lambda trial, runs=runs: runs)
        seen = c.Seen()
        seen.check(trial, rtl=True)
        assert len(seen.faults) == len(want)
        assert all(text in fault for text, fault in zip(want, seen.faults, strict=True))
    seen = c.Seen()
    below = replace(trial, estimate=replace(made, cycles=int(trial.bound.cycles) - 1))
    seen.check(below, rtl=False)
    assert "seed 3: estimate" in seen.faults[0] and "below the bound" in seen.faults[0]
