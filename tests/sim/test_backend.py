# SPDX-License-Identifier: Apache-2.0
"""The options of the rtl backend: refused before anything is built, and taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hgcn_sim.builds import compile as compiler

import hgcn
from hgcn.errors import BackendError


@pytest.fixture(scope="module")
def program() -> hgcn.Program:
    graph = hgcn.datasets.load("digits")
    return hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"speed": 2}, "rtl has no option 'speed': choose from latency_cycles, "),
        ({"seed": "7"}, "rtl option seed must be a whole number from 0 to 2147483647, got '7'"),
        ({"latency_cycles": True}, "rtl option latency_cycles must be a whole .*, got True"),
        ({"waves": "nowhere/run.vcd"}, r"waves cannot be written to nowhere/run\.\w+: No such"),
    ],
)
def test_a_wrong_option_is_refused(
    program: hgcn.Program,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    message: str,
) -> None:
    def built(*_: object, **__: object) -> None:
        raise AssertionError("it went on to the simulator")

    monkeypatch.setattr("hgcn_sim.runs.backend.run_image", built)
    with pytest.raises(BackendError, match=message):
        program.run(backend="rtl", **options)


@pytest.mark.rtl
def test_a_slower_memory_takes_longer_and_changes_no_bit(program: hgcn.Program) -> None:
    cycles: list[int] = []
    for latency in (10, 200):
        result = program.run(backend="rtl", latency_cycles=latency, stall_probability=0.1, seed=3)
        assert result.bit_exact
        assert result.cycles is not None
        cycles.append(result.cycles)
    assert cycles[0] < cycles[1]


@pytest.mark.rtl
@pytest.mark.slow
def test_waves_are_in_the_format_their_name_says(program: hgcn.Program, tmp_path: Path) -> None:
    file = tmp_path / ("run.fst" if compiler.has_fst() else "run.vcd")
    result = program.run(backend="rtl", waves=str(file))
    assert result.bit_exact
    head = file.read_bytes()[:4096]
    assert (b"$timescale" in head or b"$version" in head) == (file.suffix == ".vcd")
    assert file.stat().st_size > 100_000
