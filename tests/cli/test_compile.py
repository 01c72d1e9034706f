# SPDX-License-Identifier: Apache-2.0
"""`hgcn compile` and `hgcn disasm`: programs as files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.arch.presets import DEFAULT_DEVICE
from hgcn.graph import save_npz
from tests.samples import difficult_graph, random_graph

Run = Callable[..., Any]


def test_a_quiet_compilation_leaves_the_file_alone(hgcn_command: Run, tmp_path: Path) -> None:
    done = hgcn_command("compile", "digits", "--quiet")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["digits-tiny.hgcn"]


def test_a_program_is_saved_and_described(hgcn_command: Run, tmp_path: Path) -> None:
    done = hgcn_command("compile", "digits", "--device", "tiny", "--json", "facts.json")
    assert done.status == 0 and "wrote digits-tiny.hgcn" in done.out
    assert "digits: 1,797 nodes" in done.out and "x that" in done.out
    program = hgcn.Program.load(tmp_path / "digits-tiny.hgcn")
    assert program.run().bit_exact
    facts = json.loads((tmp_path / "facts.json").read_text())
    assert facts["bytes"] == {"program": len(program.image), "input": 0}
    assert facts["bound_cycles"] <= facts["cycles_estimate"]
    assert facts.items() >= program.metadata.items()


def test_a_program_that_reads_its_features_at_run_time_is_saved(
    hgcn_command: Run, tmp_path: Path
) -> None:
    done = hgcn_command("compile", "digits", "--device", "tiny", "--features", "input")
    assert done.status == 0 and "features  read at run time: 1,797 x 64, int8" in done.out
    program = hgcn.Program.load(tmp_path / "digits-tiny.hgcn")
    features = hgcn.datasets.load("digits").features
    assert features is not None
    logits = program.run(features=features.to_dense()).integer_logits
    shipped = hgcn.GCN.load("digits"), hgcn.datasets.load("digits")
    expected = hgcn.compile(*shipped, device="tiny", features="input").run()
    assert expected.bit_exact and (logits == expected.integer_logits).all()


def test_the_same_words_give_the_same_file(
    hgcn_command: Run, graph_file: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        hgcn_command("compile", graph_file, "--random-weights", 0, "--output", name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_facts_on_standard_output_are_alone_there(hgcn_command: Run, graph_file: Path) -> None:
    done = hgcn_command("compile", graph_file, "--random-weights", 0, "--json", "-")
    assert done.status == 0 and json.loads(done.out)["device"] == DEFAULT_DEVICE


def test_a_place_that_cannot_be_written_is_refused_first(hgcn_command: Run, tmp_path: Path) -> None:
    done = hgcn_command("compile", "digits", "--output", "none/a.hgcn")
    assert done.error == "cannot write none/a.hgcn: there is no folder none"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name", ["../../evil", "/abs", "ogbn/arxiv", ".hidden", "-d", "two words", "a\tb", "\u202egnp"]
)
def test_the_name_of_a_graph_decides_no_path(hgcn_command: Run, tmp_path: Path, name: str) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    source = save_npz(random_graph(nodes=10), tmp_path / "g.npz")
    with np.load(source) as file:
        parts = {key: file[key] for key in file.files if key != "name"}
    source.unlink()
    np.savez(inner / "g.npz", **parts, name=np.array(name))
    os.chdir(inner)
    done = hgcn_command("compile", "g.npz", "--random-weights", 0)
    made = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "g.npz"]
    if done.status == 0:
        assert [path.parent for path in made] == [inner]
        assert re.fullmatch(r"\w[\w.-]*-tiny\.hgcn", made[0].name)
    else:  # A reader may refuse the name.
        assert made == [] and "name" in done.error


def test_a_bad_device_leaves_no_file(hgcn_command: Run, tmp_path: Path) -> None:
    assert "unknown device 'x'" in hgcn_command("compile", "digits", "--device", "x").error
    assert not list(tmp_path.iterdir())


def test_a_program_is_printed_command_by_command(
    hgcn_command: Run, graph_file: Path, tmp_path: Path
) -> None:
    hgcn_command("compile", graph_file, "--random-weights", 0, "--output", "a.hgcn")
    done = hgcn_command("disasm", "a.hgcn")
    lines = done.out.splitlines()
    assert done.status == 0 and lines[0].startswith("device 0x")
    assert "LOAD" in lines[2] and lines[-1].split()[1] == "END"


def test_a_program_that_is_damaged_or_none_is_refused(
    hgcn_command: Run, graph_file: Path, tmp_path: Path
) -> None:
    hgcn_command("compile", graph_file, "--random-weights", 0, "--output", "a.hgcn")
    image = bytearray((tmp_path / "a.hgcn").read_bytes())
    image[300] ^= 1
    (tmp_path / "a.hgcn").write_bytes(bytes(image))
    assert "the file is damaged" in hgcn_command("disasm", "a.hgcn").error
    assert "program must start with magic" in hgcn_command("disasm", graph_file).error
    missing = hgcn_command("disasm", "b.hgcn").error
    assert missing == "cannot read program b.hgcn: No such file or directory"
    assert hgcn_command("disasm", ".").error == "cannot read program .: Is a directory"


def test_the_choice_of_ranges_and_what_is_wrong_with_it_are_in_the_file(
    hgcn_command: Run, tmp_path: Path
) -> None:
    save_npz(difficult_graph(3, "outlier"), tmp_path / "outlier.npz")
    words = ("compile", "outlier.npz", "--random-weights", 3, "--quantisation", "max")
    done = hgcn_command(*words, "--output", "a.hgcn")
    assert done.status == 0 and "warning   row " in done.out and "ranges    max" in done.out
    program = hgcn.Program.load(tmp_path / "a.hgcn")
    assert program.warnings and all(f"warning   {line}" in done.out for line in program.warnings)
    again = hgcn_command("run", "a.hgcn")
    assert all(f"warning    {line}" in again.out for line in program.warnings)
