# SPDX-License-Identifier: Apache-2.0
"""What `run` and `report` share: from a name to a result and its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from hgcn.cli.compiled_run import Compiling, compiled_run
from hgcn.errors import ModelError

HOW = {
    "device": "tiny",
    "ordering": "none",
    "policy": "pl-only",
    "features": "program",
    "quantisation": "auto",
    "model": None,
    "trained_with": None,
    "random_weights": 0,
    "hidden": 5,
    "depth": 2,
    "random_features": None,
}


def how(**changes: object) -> Compiling:
    return Compiling(**{**HOW, **changes})  # type: ignore[arg-type]


def test_the_report_is_of_the_program_and_its_result(graph_file: Path) -> None:
    program, result, report = compiled_run(str(graph_file), "emulate", {}, how(), quiet=True)
    assert result.bit_exact and report["bit_exact"]
    assert report["cycles_estimate"] == program.estimate().cycles
    assert (report["policy"], report["ordering"]) == ("pl-only", "none")
    assert report["baselines"] == [] and report["features"] is None
    assert [error["layer"] for error in report["layer_errors"]] == [1, 2]


def test_features_read_at_run_time_are_set_against_those_compiled_in(graph_file: Path) -> None:
    made = how(features="input")
    program, _, report = compiled_run(str(graph_file), "reference", {}, made, quiet=True)
    assert report["features"]["input_bytes"] == program.input_bytes > 0


def test_a_baseline_is_timed_on_request(graph_file: Path) -> None:
    done = compiled_run(str(graph_file), "emulate", {}, how(), baseline=True, quiet=True)
    assert done[2]["baselines"][0]["library"] == "SciPy"


def test_a_graph_without_a_model_says_what_to_give(graph_file: Path) -> None:
    with pytest.raises(ModelError, match="give --model FILE or --random-weights SEED"):
        compiled_run(str(graph_file), "emulate", {}, how(random_weights=None), quiet=True)
