# SPDX-License-Identifier: Apache-2.0
"""`hgcn run FILE.hgcn`: what a program's file alone can tell, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hgcn
from hgcn.arch.device_file import device_text
from hgcn.arch.presets import PRESETS
from hgcn.execution import emulate
from hgcn.execution.backend import Execution
from tests.samples import random_graph
from tests.test_api import with_metadata

Run = Callable[..., Any]


def compiled(**options: Any) -> hgcn.Program:
    graph = random_graph(nodes=40, name="roads")
    return hgcn.compile(hgcn.GCN.random([12, 5, 3]), graph, **{"device": "kv260", **options})


@pytest.fixture
def program(tmp_path: Path) -> hgcn.Program:
    made = compiled()
    made.save(tmp_path / "roads.hgcn")
    return made


def test_a_program_runs_on_the_device_it_was_built_for(
    hgcn_command: Run, program: hgcn.Program
) -> None:
    done = hgcn_command("run", "roads.hgcn")
    assert done.status == 0 and "emulate: bit-exact with the reference arithmetic" in done.out
    assert "kv260, ordering" in done.out and "roads: 40 nodes" in done.out
    assert "accuracy" not in done.out


def test_its_report_has_the_keys_of_every_run(
    hgcn_command: Run, program: hgcn.Program, graph_file: Path
) -> None:
    report = json.loads(hgcn_command("run", "roads.hgcn", "--json", "-").out)
    usual = json.loads(hgcn_command("run", graph_file, "--random-weights", 1, "--json", "-").out)
    assert report.keys() == usual.keys()
    assert report["bit_exact"] and report["accuracy"] is None
    assert report["cycles_estimate"] == program.estimate().cycles
    assert report["bytes"]["program"] == len(program.image)
    assert report["seconds"].keys() == {"load", "run"}


@pytest.mark.parametrize("backend", ["emulate", "reference"])
def test_its_predictions_are_those_of_its_graph(
    hgcn_command: Run, program: hgcn.Program, backend: str
) -> None:
    words = ("--backend", backend, "--output", "p.csv", "--quiet")
    assert hgcn_command("run", "roads.hgcn", *words).out == ""
    classes = [int(line.split(",")[1]) for line in Path("p.csv").read_text().splitlines()[1:]]
    assert classes == program.run().predictions.tolist()


@pytest.mark.parametrize("content", [b"", b"roads", b"\x7fELF" + bytes(200)])
def test_a_file_that_is_no_program_is_named(hgcn_command: Run, content: bytes) -> None:
    Path("roads.hgcn").write_bytes(content)
    error = hgcn_command("run", "roads.hgcn", "--output", "p.csv").error
    assert error.startswith("program roads.hgcn: ") and not Path("p.csv").exists()


def test_a_program_is_known_by_its_content_too(
    hgcn_command: Run, program: hgcn.Program, tmp_path: Path
) -> None:
    (tmp_path / "roads.hgcn").rename(tmp_path / "roads")
    done = hgcn_command("run", "roads", "--backend", "reference", "--device", "kv260")
    assert done.status == 0 and "reference: bit-exact" in done.out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--policy", "balanced"], "--policy"),
        (["--model", "m.safetensors", "--depth", "3"], "--model, --depth"),
        (["-o", "rcm", "--features", "program"], "--ordering, --features"),
        (["--random-weights", "0"], "--random-weights"),
        (["--baseline"], "--baseline"),
        (["--random-features", "8", "--hidden", "4"], "--hidden, --random-features"),
    ],
)
def test_what_only_compiling_takes_is_refused(
    hgcn_command: Run, program: hgcn.Program, words: list[str], named: str
) -> None:
    done = hgcn_command("run", "roads.hgcn", *words)
    assert done.error == f"roads.hgcn is compiled already: leave out {named}, or run its graph"


def test_a_device_it_was_not_built_for_is_refused(hgcn_command: Run, program: hgcn.Program) -> None:
    done = hgcn_command("run", "roads.hgcn", "--device", "tiny")
    assert done.error.startswith("program roads.hgcn: program was built for device hash")


def test_a_program_of_ones_own_device_asks_for_its_file(
    hgcn_command: Run, tmp_path: Path, graph_file: Path
) -> None:
    mine = replace(PRESETS["tiny"], name="mine", lanes=2, store_rows=1024)
    (tmp_path / "mine.toml").write_text(device_text(mine))
    done = hgcn_command("compile", graph_file, "--random-weights", 0, "--device", "mine.toml")
    assert done.status == 0 and "wrote random-mine.hgcn" in done.out
    assert hgcn_command("run", "random-mine.hgcn").error == (
        f"program random-mine.hgcn: it is for device 'mine' ({mine.hash:#018x}), which is no "
        "preset here: give its device file, by --device my.toml or device='my.toml' of "
        "Program.load"
    )
    done = hgcn_command("run", "random-mine.hgcn", "--device", "mine.toml")
    assert done.status == 0 and "emulate: bit-exact" in done.out
    other = replace(mine, lanes=1, tile_rows=256, drain_rows=1)
    (tmp_path / "mine.toml").write_text(device_text(other))
    done = hgcn_command("run", "random-mine.hgcn", "--device", "mine.toml")
    assert "program was built for device hash" in done.error


def test_features_that_a_file_lacks_are_asked_for(hgcn_command: Run, tmp_path: Path) -> None:
    compiled(features="input").save(tmp_path / "roads.hgcn")
    done = hgcn_command("run", "roads.hgcn")
    assert "hgcn.Program.load('roads.hgcn').run(features=...)" in done.error
    assert done.error.endswith("with features of shape (40, 12)")


@pytest.mark.parametrize("name", ["missing.hgcn", "gone\n.hgcn"])
def test_a_program_that_is_not_there_is_named(hgcn_command: Run, name: str) -> None:
    shown = name.replace("\n", "\\n")
    assert hgcn_command("run", name).error == (
        f"cannot read program {shown}: No such file or directory"
    )


def test_a_wrong_bit_is_told(
    hgcn_command: Run, program: hgcn.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = emulate.EmulateBackend.run

    def wrong(self: Any, *arguments: Any) -> Execution:
        done = right(self, *arguments)
        return replace(done, output=bytes([done.output[0] ^ 1]) + done.output[1:])

    monkeypatch.setattr(emulate.EmulateBackend, "run", wrong)
    done = hgcn_command("run", "roads.hgcn", "--output", "p.csv")
    assert done.status == 1 and "NOT bit-exact" in done.out and not Path("p.csv").exists()
    assert "emulate differs from the reference arithmetic" in done.err


def test_no_name_in_a_file_reaches_the_terminal_raw(
    hgcn_command: Run, program: hgcn.Program, tmp_path: Path
) -> None:
    odd = "\x1b]0;x\x07[red]\u202e\nroads"
    facts = program.metadata | {"name": odd, "ordering": odd, "policy": odd}
    facts["graph"] = facts["graph"] | {"name": odd}
    (tmp_path / "roads.hgcn").write_bytes(with_metadata(program, facts))
    done = hgcn_command("run", "roads.hgcn")
    assert done.status == 0 and done.out.count("[red]") == 3
    assert all(line.isprintable() for line in done.out.splitlines())
