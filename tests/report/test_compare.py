# SPDX-License-Identifier: Apache-2.0
"""Reports side by side: every number once, kinds apart, and what is no report refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hgcn.errors import HgcnError
from hgcn.report.compare import comparison, read_report

REPORT: dict[str, Any] = {
    "graph": {"name": "pair", "nodes": 100, "edges": 300},
    "device": "tiny",
    "backend": "rtl",
    "ordering": "rcm",
    "policy": "balanced",
    "cycles": 4000,
    "cycles_kind": "simulated",
    "microseconds": 40.0,
    "nodes_per_second": 2.5e6,
    "cycles_estimate": 3900,
    "microseconds_estimate": 39.0,
    "nodes_per_second_estimate": 2.6e6,
    "bound_cycles": 2000,
    "bound_microseconds": 20.0,
    "bytes": {"program": 10, "read": 20, "written": 0},
    "engines": {"pl": {"busy": 1000, "stalled": 10}},
    "estimate": {"pl": 990},
}
CLOCKLESS = REPORT | {"cycles": None, "cycles_kind": None, "engines": {}}


def rows(first: dict[str, Any], second: dict[str, Any]) -> dict[str, tuple[Any, Any, Any]]:
    made = comparison(first, second)["rows"]
    return {row["name"]: (row["first"], row["second"], row["ratio"]) for row in made}


def test_every_number_is_set_against_its_like() -> None:
    half = REPORT | {"cycles": 2000, "engines": {"pl": {"busy": 500, "stalled": 20}}}
    made = rows(REPORT, half)
    assert made["cycles, simulated"] == (4000, 2000, 0.5)
    assert made["cycles, modelled"] == (3900, 3900, 1.0)
    assert made["pl busy, simulated"] == (1000, 500, 0.5)
    assert made["pl stalled, simulated"] == (10, 20, 2.0)
    assert made["microseconds, bound"] == (20.0, 20.0, 1.0)
    assert made["bytes, written"] == (0, 0, None)
    assert comparison(REPORT, half)["notes"] == []


def test_kinds_of_cycles_are_not_mixed() -> None:
    measured = REPORT | {"cycles_kind": "measured"}
    made = rows(REPORT, measured)
    assert made["cycles, simulated"] == (4000, None, None)
    assert made["cycles, measured"] == (None, 4000, None)
    assert comparison(REPORT, measured)["notes"] == [
        "the cycles of the first are simulated, of the second measured"
    ]
    assert rows(REPORT, CLOCKLESS)["pl busy, simulated"] == (1000, None, None)
    assert not [name for name in rows(CLOCKLESS, CLOCKLESS) if "simulated" in name]


def test_other_graphs_are_compared_with_a_note() -> None:
    other = REPORT | {"graph": {"name": "ring", "nodes": 5, "edges": 1000}}
    assert comparison(REPORT, other)["notes"] == [
        "different graphs: pair (100 nodes, 300 edges) and ring (5 nodes, 1,000 edges)"
    ]


def test_a_report_is_read_back(tmp_path: Path) -> None:
    for number, report in enumerate((REPORT, CLOCKLESS)):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(report))
        assert read_report(file) == report


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "JSON: want a report of hgcn run --json"),
        ("\udc80", "JSON: want"),
        ("[" * 100_000, "JSON: want"),
        ("[]", r"it must be an object, got \[\]"),
        ("{}", "it lacks device"),
        (json.dumps(REPORT | {"bytes": {}}), "it lacks bytes.program"),
        (json.dumps(REPORT | {"engines": {"pl": 3}}), "engines.pl must be an object, got 3"),
        (json.dumps(REPORT | {"cycles": True}), "cycles must be a number of at least 0, got True"),
        (json.dumps(REPORT | {"cycles_estimate": -1}), "cycles_estimate must be a number of"),
        (json.dumps(REPORT | {"bound_cycles": float("nan")}), "bound_cycles must be a number"),
        (json.dumps(REPORT | {"cycles_estimate": 10**400}), "cycles_estimate must be a number"),
        (json.dumps(REPORT | {"cycles_kind": None}), "cycles_kind must be a text, got None"),
    ],
)
def test_what_is_no_report_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "odd.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(HgcnError, match=rf"odd.json is no .*{message}"):
        read_report(file)


def test_a_report_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(HgcnError, match=r"cannot read .*none.json: No such file"):
        read_report(tmp_path / "none.json")
