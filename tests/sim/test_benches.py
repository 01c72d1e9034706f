# SPDX-License-Identifier: Apache-2.0
"""Builds and runs every unit bench: each preset with each parameter set."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hgcn_sim.benches.catalogue import Case, cases, entries
from hgcn_sim.builds.locate import SIM
from hgcn_sim.runs.runner import run_bench

from hgcn.arch.presets import device

SMALLEST = "tiny"

CASES = [
    pytest.param(case, id=case.name, marks=() if case.device.name == SMALLEST else pytest.mark.slow)
    for entry in entries()
    for case in cases(entry.bench)
]
"""The smallest preset in a default run; the others with ``-m slow``."""


@pytest.mark.rtl
@pytest.mark.parametrize("case", CASES)
def test_bench_passes(case: Case) -> None:
    outcome = run_bench(case.bench, case.device, case.parameters)
    assert outcome.passed, outcome.explain()


def test_every_bench_file_is_in_the_table() -> None:
    files = {path.stem for path in (SIM / "benches").glob("*/test_*.py")}
    assert {entry.bench.name for entry in entries()} == files


def test_every_bench_has_mutants() -> None:
    first = {entry.bench.name: entry for entry in reversed(entries())}
    assert [name for name, entry in first.items() if not entry.mutants] == []


@pytest.mark.rtl
def test_a_bench_runs_on_a_device_of_ones_own() -> None:
    mine = replace(device(SMALLEST), name="mine", lanes=2, store_rows=1024)
    bench = next(entry.bench for entry in entries() if entry.bench.name == "test_feature_stores")
    for case in cases(bench, mine):
        outcome = run_bench(case.bench, case.device, case.parameters)
        assert outcome.passed, outcome.explain()
