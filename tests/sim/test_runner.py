# SPDX-License-Identifier: Apache-2.0
"""The runner on one small module: passes, fails, caches, refuses warnings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hgcn_sim.builds.build import BuildSpec, build
from hgcn_sim.runs.runner import Outcome, simulate

from hgcn.errors import BackendError

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "rtl" / "stream_register.sv"


def run(source: Path, work: Path, monkeypatch: pytest.MonkeyPatch, seed: int = 1) -> Outcome:
    monkeypatch.syspath_prepend(str(HERE))
    spec = BuildSpec(top="stream_register", sources=[source], parameters={"Width": 12})
    return simulate(
        build(spec),
        "stream_register",
        "stream_register_bench",
        work=work,
        seed=seed,
        environment={"HGCN_PARAMETERS": '{"Width": 12}'},
        timeout_seconds=120,
    )


def mutated(work: Path, old: str, new: str) -> Path:
    text = SOURCE.read_text()
    assert old in text
    path = work / SOURCE.name
    path.write_text(text.replace(old, new))
    return path


def test_bench_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = run(SOURCE, tmp_path, monkeypatch)
    assert outcome.passed, outcome.explain()
    assert len(outcome.tests) == 4


def test_bench_fails_on_a_mutant_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = mutated(tmp_path, "!valid_q || out_ready_i", "valid_q || out_ready_i || !rst_ni")
    outcome = run(source, tmp_path, monkeypatch)
    assert not outcome.passed
    assert "beats_pass_in_order" in outcome.explain()


def test_second_build_comes_from_the_cache() -> None:
    spec = BuildSpec(top="stream_register", sources=[SOURCE], parameters={"Width": 12})
    first = build(spec)
    again = build(spec)
    assert again.cached
    assert again.folder == first.folder


def test_key_follows_every_input(tmp_path: Path) -> None:
    plain = BuildSpec(top="stream_register", sources=[SOURCE])
    others = [
        BuildSpec(top="stream_register", sources=[SOURCE], parameters={"Width": 9}),
        BuildSpec(top="stream_register", sources=[SOURCE], timing=True),
        BuildSpec(top="stream_register", sources=[SOURCE], all_public=False),
        BuildSpec(top="stream_register", sources=[mutated(tmp_path, "///", "////")]),
    ]
    keys = {spec.key() for spec in [plain, *others]}
    assert len(keys) == 1 + len(others)


def test_warnings_are_errors(tmp_path: Path) -> None:
    source = mutated(tmp_path, "logic valid_q;", "logic valid_q, forgotten;")
    with pytest.raises(BackendError, match=r"UNUSEDSIGNAL.*forgotten"):
        build(BuildSpec(top="stream_register", sources=[source]))
