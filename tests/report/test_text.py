# SPDX-License-Identifier: Apache-2.0
"""The report for people says what the JSON says."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from hgcn.report.text import run_text

AGREEMENT: dict[str, Any] = {
    "nodes": 1000,
    "same_class": 995,
    "logit_rms": 0.0157,
    "logit_max": 0.09,
    "turn": 0.01,
    "layers": [],
}
REPORT: dict[str, Any] = {
    "graph": {"name": "pair", "nodes": 1234, "edges": 5678, "nnz_features": 90},
    "device": "tiny",
    "backend": "rtl",
    "ordering": "rcm",
    "policy": "balanced",
    "features": None,
    "split": {
        "dense": {"nonzeros": 250, "columns": 11},
        "sparse": {"nonzeros": 250, "columns": 22},
        "scattered": {"nonzeros": 500, "columns": 333},
    },
    "cycles": 4000,
    "cycles_kind": "simulated",
    "microseconds": 40.0,
    "nodes_per_second": 30850000.0,
    "cycles_estimate": 3900,
    "microseconds_estimate": 39.0,
    "nodes_per_second_estimate": 31641025.6,
    "bound_cycles": 2000,
    "bound_microseconds": 20.0,
    "bound_cause": "memory",
    "bit_exact": True,
    "quantisation": {"asked": "auto", "used": "max", "class_share_at_max": 0.995},
    "agreement": AGREEMENT,
    "layer_errors": [],
    "saturated_features": 0,
    "warnings": [],
    "notes": [],
    "accuracy": {"float": 0.815, "int8": 0.81},
    "bytes": {"program": 1000, "read": 20000, "written": 300},
    "engines": {"pl": {"busy": 1000, "stalled": 10}},
    "baselines": [],
}


def text(report: dict[str, Any]) -> str:
    out = StringIO()
    Console(width=200, file=out).print(run_text(report))
    return out.getvalue()


def test_everything_is_said() -> None:
    made = text(REPORT)
    for words in (
        "pair: 1,234 nodes, 5,678 edges, 90 feature nonzeros",
        "rtl: bit-exact with the reference arithmetic",
        "81.0% in int8, 81.5% in float",
        "4,000 simulated, 40.0 us, 30,850,000 nodes/s, 2.00 x the bound",
        "3,900 modelled, 39.0 us, 31,641,026 nodes/s",
        "2,000, 20.0 us (memory)",
        "1,000 program, 20,000 read, 300 written",
        "scattered",
        "50.0%",
        "25.0%",
    ):
        assert words in made


def test_features_read_at_run_time_are_said_with_what_they_cost() -> None:
    features = {"step": 0.125984, "input_bytes": 115712, "cycles_estimate_compiled_in": 3000}
    made = text(REPORT | {"features": features})
    assert "features   read at run time: 115,712 bytes, step 0.126" in made
    assert "1.30 x the 3,000 modelled with the features compiled in" in made
    assert "run time" not in text(REPORT)


def test_agreement_warnings_and_notes_are_said_each_on_its_line() -> None:
    told = {"warnings": ["too\x07 [bold]large"], "notes": ["2 self-loops dropped"]}
    made = text(REPORT | told | {"saturated_features": 12}).splitlines()
    found = {line.split("  ")[0]: line[11:].strip() for line in made if line[:1].isalpha()}
    assert found["ranges"] == "max"
    assert found["agreement"].startswith("99.5% of the classes as in float")
    assert found["warning"] == r"too\x07 [bold]large" and found["note"] == "2 self-loops dropped"
    assert any("12 features beyond the scale, cut to it" in line for line in made)


def test_what_an_older_program_does_not_know_is_left_out() -> None:
    made = text(REPORT | {"agreement": None, "quantisation": None})
    assert "agreement" not in made and "ranges" not in made


def test_a_baseline_has_a_table_of_its_own() -> None:
    one = {"kind": "wall clock", "library": "SciPy", "arithmetic": "int32", "threads": 1}
    one |= {"microseconds": 1234.5, "repeats": 7, "same_class": 1.0}
    lines = [" ".join(line.split()) for line in text(REPORT | {"baselines": [one]}).splitlines()]
    assert lines[-3:] == [
        "the same network on this machine's processor",
        "library arithmetic us, wall clock median of threads same class",
        "SciPy int32 1,234.5 7 runs at most 1 100.0%",
    ]
    assert "wall clock" not in text(REPORT)


def test_a_wrong_result_is_named_so() -> None:
    assert "NOT bit-exact" in text(REPORT | {"bit_exact": False})


def test_what_is_not_known_is_left_out() -> None:
    made = text(
        REPORT | {"cycles": None, "cycles_kind": "simulated", "engines": {}, "accuracy": None}
    )
    assert "simulated" not in made and "accuracy" not in made and "stalled" not in made


NAMES = ("roads[old]", "net[/v2]", "[bold]a", "back\\slash\\[x]", "a:smile:b")


@pytest.mark.parametrize("name", NAMES)
def test_names_are_shown_as_they_are(name: str) -> None:
    assert f"graph      {name}: 1,234 nodes" in text(
        REPORT | {"graph": REPORT["graph"] | {"name": name}}
    )


def test_control_characters_are_shown_as_escapes() -> None:
    graph = REPORT["graph"] | {"name": "a\x1b]0;b\x07\nc\u202ed\udc80"}
    made = text(REPORT | {"graph": graph})
    assert r"graph      a\x1b]0;b\x07\nc\u202ed\udc80: 1,234" in made
    assert made.replace("\n", "").isprintable()


def test_nothing_to_split_divides_by_nothing() -> None:
    none = {"nonzeros": 0, "columns": 0}
    assert "0.0%" in text(REPORT | {"split": {"dense": none, "sparse": none, "scattered": none}})


def test_errors_of_layers_are_a_table() -> None:
    losses = {"saturated_products": 1, "saturated_outputs": 2}
    changes = {
        "layer_errors": [{"layer": number, "rms": 0.0123, "largest": 0.5} for number in (1, 2)],
        "agreement": AGREEMENT
        | {"layers": [losses | {"zero_rows": 0, "zero_columns": 0, "scaled_rows": 0}]},
    }
    lines = text(REPORT | changes).splitlines()
    start = next(place for place, line in enumerate(lines) if "the integers cost" in line)
    assert lines[start + 2].split() == ["1", "1.23%", "50.00%", "3"]
    assert lines[start + 3].split() == ["2", "1.23%", "50.00%", "-"]
