# SPDX-License-Identifier: Apache-2.0
"""`hgcn run`: reports that are right, refusals that come early and leave nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hgcn
from hgcn.execution import emulate
from hgcn.execution.backend import Execution
from hgcn.graph import save_npz
from hgcn.printable import printable
from tests.samples import difficult_graph, random_graph

Run = Callable[..., Any]


@pytest.mark.parametrize("backend", ["emulate", "reference"])
def test_the_shipped_digits_run_bit_exact(hgcn_command: Run, backend: str, tmp_path: Path) -> None:
    done = hgcn_command("run", "digits", "--backend", backend, "--json", "out.json")
    assert done.status == 0 and "bit-exact with the reference arithmetic" in done.out
    report = json.loads((tmp_path / "out.json").read_text())
    assert report["bit_exact"] and report["backend"] == backend and report["device"] == "tiny"
    assert report["graph"]["nodes"] == 1797 and report["accuracy"]["int8"] > 0.9
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_json_to_standard_output_is_alone_there(hgcn_command: Run, graph_file: Path) -> None:
    done = hgcn_command("run", graph_file, "--random-weights", 1, "--json", "-")
    assert done.status == 0 and json.loads(done.out)["graph"]["name"] == "random"


def test_every_option_reaches_the_compiler(hgcn_command: Run, graph_file: Path) -> None:
    done = hgcn_command(
        *("run", graph_file, "--random-weights", 1, "--hidden", 5, "--depth", 3),
        *("--device", "kv260", "--ordering", "degree", "--policy", "pl-only", "--json", "-"),
    )
    report = json.loads(done.out)
    assert (report["device"], report["ordering"], report["policy"]) == (
        "kv260",
        "degree",
        "pl-only",
    )
    assert report["split"]["dense"]["nonzeros"] == report["split"]["sparse"]["nonzeros"] == 0


def test_features_read_at_run_time_are_compared_with_those_compiled_in(
    hgcn_command: Run, tmp_path: Path
) -> None:
    words = ("run", "digits", "--features", "input", "--json", "out.json")
    done = hgcn_command(*words)
    assert done.status == 0 and "modelled with the features compiled in" in done.out
    report = json.loads((tmp_path / "out.json").read_text())
    plain = json.loads(hgcn_command("run", "digits", "--json", "-").out)
    assert report["bit_exact"] and report["features"]["input_bytes"] == 1808 * 64
    assert report["features"]["cycles_estimate_compiled_in"] == plain["cycles_estimate"]
    assert plain["features"] is None


def test_predictions_are_left_in_a_file_and_named(hgcn_command: Run, tmp_path: Path) -> None:
    done = hgcn_command("run", "digits", "--output", "p.csv")
    assert done.status == 0 and done.out.endswith("wrote p.csv, 1,797 nodes\n")
    rows = (tmp_path / "p.csv").read_text().splitlines()
    want = hgcn.run(hgcn.GCN.load("digits"), hgcn.datasets.load("digits")).predictions
    assert [int(row.split(",")[1]) for row in rows[1:]] == want.tolist()


@pytest.mark.parametrize("words", [["--quiet"], ["-q"]])
def test_a_quiet_run_says_nothing_and_does_all(
    hgcn_command: Run, graph_file: Path, tmp_path: Path, words: list[str]
) -> None:
    files = ("--output", "p.npz", "--json", "r.json")
    done = hgcn_command("run", graph_file, "--random-weights", 1, *files, *words)
    assert (done.status, done.out) == (0, "")
    assert (tmp_path / "p.npz").exists()
    report = json.loads((tmp_path / "r.json").read_text())
    assert done.err.splitlines() == [f"warning: {line}" for line in report["warnings"]]


@pytest.mark.parametrize("features", ["program", "input"])
def test_a_baseline_computes_the_same_network(
    hgcn_command: Run, graph_file: Path, features: str
) -> None:
    words = ("run", graph_file, "--random-weights", 1, "--features", features, "--json", "-")
    report = json.loads(hgcn_command(*words, "--baseline").out)
    assert [one["kind"] for one in report["baselines"][:2]] == ["wall clock"] * 2
    assert report["baselines"][0]["same_class"] == 1.0
    assert json.loads(hgcn_command(*words).out)["baselines"] == []


def test_an_edge_list_runs_on_random_features_and_weights(
    hgcn_command: Run, edge_list: Path
) -> None:
    done = hgcn_command("run", edge_list, "--random-features", 9, "--random-weights", 0)
    assert done.status == 0 and "20 nodes, 40 edges" in done.out and "accuracy" not in done.out


def test_a_model_file_is_used(hgcn_command: Run, graph_file: Path, tmp_path: Path) -> None:
    hgcn.GCN.random([12, 3], seed=5).save(tmp_path / "model.safetensors")
    done = hgcn_command("run", graph_file, "--model", "model.safetensors", "--json", "-")
    assert done.status == 0 and json.loads(done.out)["bit_exact"]


@pytest.mark.parametrize("name", ["net[/v2]", "roads[old]", "a\x1b[31m\nb", "gr\u00e1f \u6f22"])
def test_any_name_of_a_graph_is_shown_on_its_line(
    hgcn_command: Run, tmp_path: Path, name: str
) -> None:
    save_npz(random_graph(name=name), tmp_path / "named.npz")
    done = hgcn_command("run", "named.npz", "--random-weights", 1)
    assert done.status == 0 and f"graph      {printable(name)}: 30 nodes" in done.out
    assert "\x1b" not in done.out


def outlier(path: Path) -> Path:
    """A graph one of whose rows is too large for the others."""
    return save_npz(difficult_graph(3, "outlier"), path)


def test_bad_answers_are_warned_of_with_cause_and_cure(hgcn_command: Run, tmp_path: Path) -> None:
    outlier(tmp_path / "outlier.npz")
    words = ("run", "outlier.npz", "--random-weights", 3, "--quantisation", "max")
    done = hgcn_command(*words)
    assert done.status == 0 and "bit-exact" in done.out and done.err == ""
    assert "ranges     max" in done.out and "% of the classes as in float" in done.out
    assert re.search(r"warning    row \d+ of the features is [\d,.e+]+ times larger", done.out)
    assert "--quantisation limit:16" in done.out
    # Where the report is JSON alone, the warnings are in it and beside it.
    done = hgcn_command(*words, "--json", "-")
    report = json.loads(done.out)
    assert report["agreement"]["class_share"] < 0.9
    assert report["quantisation"]["used"] == "max" and report["warnings"]
    assert done.err.splitlines() == [f"warning: {line}" for line in report["warnings"]]


def test_auto_is_the_default_and_says_what_it_chose(hgcn_command: Run, tmp_path: Path) -> None:
    outlier(tmp_path / "outlier.npz")
    done = hgcn_command("run", "outlier.npz", "--random-weights", 3, "--json", "-")
    report = json.loads(done.out)
    chosen = report["quantisation"]
    assert chosen["asked"] == "auto" and chosen["used"] != "max"
    assert report["agreement"]["class_share"] > chosen["class_share_at_max"] + 0.1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["digits", "--quantisation", "int16"], "quantisation must be auto, max, percentile:P"),
        (["nothing"], "no data set 'nothing': want a graph file or one of digits, cora"),
        (["none.npz"], "none.npz: no such file"),
        (["random.npz"], "no model is shipped for random: give --model FILE or --random-weights"),
        (["ring.txt"], "ring has no features: give --random-features WIDTH"),
        (["random.npz", "--random-features", 3], "random has 12 features of its own: leave out"),
        (["digits", "--device", "u250"], "unknown device 'u250': choose one of tiny, kv260"),
        (["digits", "--backend", "gpu"], "unknown backend 'gpu': choose one of emulate"),
        (["digits", "--ordering", "best"], "unknown ordering 'best': choose one of none"),
        (["digits", "--features", "none"], "features must be 'program' or 'input', got 'none'"),
        (["digits", "--policy", "best"], "policy must be one of balanced"),
        (["digits", "--policy", "threshold:x"], "threshold must be a whole number, got 'x'"),
        (["digits", "--model", "none.safetensors"], "none.safetensors: no such model file"),
        (["digits", "--model", "wide.safetensors"], "digits has 64 features per node, but"),
        (
            ["digits", "--model", "wide.safetensors", "--random-weights", 1],
            "give either --model FILE or --random-weights SEED, not both",
        ),
        (["digits", "--option", "seed"], "--option must be KEY=VALUE, got 'seed'"),
        (["digits", "--option", "=3"], "--option must be KEY=VALUE, got '=3'"),
        (["digits", "--option", "waves=a.fst"], "backend emulate takes no options, got waves"),
        (["digits", "--json", "none/out.json"], "cannot write none/out.json: there is no folder"),
        (["digits", "--output", "p.parquet"], "p.parquet: predictions must end in .csv or .npz"),
        (["digits", "--output", "none/p.csv"], "cannot write none/p.csv: there is no folder"),
        (["digits", "--json", "."], "cannot write .: it is a folder"),
    ],
)
def test_a_bad_word_is_one_line_and_leaves_nothing(
    hgcn_command: Run,
    graph_file: Path,
    edge_list: Path,
    tmp_path: Path,
    words: list[Any],
    message: str,
) -> None:
    hgcn.GCN.random([65, 3]).save(tmp_path / "wide.safetensors")
    before = sorted(tmp_path.iterdir())
    json_words = [] if "--json" in words else ["--json", "out.json"]
    assert hgcn_command("run", *words, *json_words).error.startswith(message)
    assert sorted(tmp_path.iterdir()) == before


def test_a_wrong_bit_ends_with_an_error_after_the_report(
    hgcn_command: Run, graph_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = emulate.EmulateBackend.run

    def wrong(self: Any, *arguments: Any) -> Execution:
        done = right(self, *arguments)
        flipped = bytes([done.output[0] ^ 1]) + done.output[1:]
        return Execution(output=flipped, bytes_read=0, bytes_written=0)

    monkeypatch.setattr(emulate.EmulateBackend, "run", wrong)
    done = hgcn_command("run", graph_file, "--random-weights", 1)
    assert done.status == 1 and "NOT bit-exact" in done.out
    assert done.err == "error: emulate differs from the reference arithmetic\n"
