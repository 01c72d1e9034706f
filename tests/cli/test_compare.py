# SPDX-License-Identifier: Apache-2.0
"""`hgcn compare`: reports that `hgcn run` has written, programs, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def test_two_runs_are_compared(hgcn_command: Run, graph_file: Path) -> None:
    words = ("run", graph_file, "--random-weights", 1, "--quiet", "--json")
    hgcn_command(*words, "a.json", "--policy", "pl-only")
    hgcn_command(*words, "b.json", "--policy", "aie-only")
    done = hgcn_command("compare", "a.json", "b.json")
    assert done.status == 0 and "pl-only" in done.out and "note" not in done.out
    made = json.loads(hgcn_command("compare", "a.json", "b.json", "--json", "-").out)
    reports = [json.loads(Path(name).read_text()) for name in ("a.json", "b.json")]
    row = next(row for row in made["rows"] if row["name"] == "cycles, modelled")
    assert [row["first"], row["second"]] == [report["cycles_estimate"] for report in reports]
    assert f"{row['ratio']:.3f}" in done.out


def test_other_graphs_are_noted(hgcn_command: Run, graph_file: Path) -> None:
    hgcn_command("run", graph_file, "--random-weights", 1, "--json", "a.json")
    hgcn_command("run", "digits", "--json", "b.json")
    assert (
        "note: different graphs: random (40 nodes"
        in hgcn_command("compare", "a.json", "b.json").out
    )


def test_the_report_of_a_compilation_is_none_of_a_run(hgcn_command: Run, graph_file: Path) -> None:
    words = ("compile", graph_file, "--random-weights", 1, "--json", "a.json")
    assert hgcn_command(*words).status == 0
    error = hgcn_command("compare", "a.json", "a.json").error
    assert error == "a.json is no report of this version's hgcn run --json: it lacks backend"


def test_programs_are_compared_as_their_runs_are(hgcn_command: Run, graph_file: Path) -> None:
    for device in ("tiny", "vck190"):
        words = ("--random-weights", 1, "--device", device)
        hgcn_command("compile", graph_file, *words, "--output", f"{device}.hgcn")
        hgcn_command("run", f"{device}.hgcn", "--json", f"{device}.json", "--quiet")
    done = hgcn_command("compare", "tiny.hgcn", "vck190.hgcn")
    assert done.status == 0 and "vck190" in done.out and "cycles, modelled" in done.out
    assert done.out == hgcn_command("compare", "tiny.json", "vck190.json").out
    assert done.out == hgcn_command("compare", "tiny.hgcn", "vck190.json").out


def test_a_damaged_program_is_named(hgcn_command: Run) -> None:
    Path("a.hgcn").write_bytes(b"no program")
    assert hgcn_command("compare", "a.hgcn", "a.hgcn").error.startswith("program a.hgcn: ")
