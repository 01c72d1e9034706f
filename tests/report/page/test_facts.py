# SPDX-License-Identifier: Apache-2.0
"""Tables say what the run says, and of which kind each number is."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from typing import Any

import pytest

from hgcn.arch.device import Device
from hgcn.report.page import facts
from hgcn.report.page.subject import Subject
from tests.report.page.reader import read


def with_run(subject: Subject, **changes: Any) -> Subject:
    return replace(subject, run={**subject.run, **changes})


def rows(markup: str, table: int = 0) -> list[list[str]]:
    return read(markup).all("table")[table].cells()[1:]


SIMULATED = {
    "backend": "rtl",
    "cycles": 4000,
    "cycles_kind": "simulated",
    "microseconds": 40.0,
    "nodes_per_second": 3.75e6,
}


def test_every_time_has_its_kind(subject: Subject) -> None:
    run = subject.run
    made = rows(facts.summary(subject))
    assert ["cycles", f"{run['cycles_estimate']:,}", "modelled"] in made
    assert [f"cycles, bound by {run['bound_cause']}", f"{run['bound_cycles']:,}", "bound"] in made
    kinds = {row[2] for row in made}
    assert kinds == {"modelled", "bound", ""} and kinds - {""} <= set(facts.KINDS)


def test_counted_cycles_come_first(subject: Subject) -> None:
    made = rows(facts.summary(with_run(subject, **SIMULATED)))
    assert made[0] == ["cycles", "4,000", "simulated"]
    assert made[1] == ["latency", "40.0 µs", "simulated"]
    assert [row[2] for row in made].count("modelled") == 4


@pytest.mark.parametrize(
    ("exact", "words"), [(True, "in every bit"), (False, "NOT equal"), (None, "not compared")]
)
def test_the_verdict_is_said(subject: Subject, exact: bool | None, words: str) -> None:
    assert words in facts.summary(with_run(subject, bit_exact=exact))


def test_warnings_and_notes_are_said(subject: Subject) -> None:
    made = facts.summary(with_run(subject, warnings=["<bad>"], notes=["merged"]))
    assert [each.text for each in read(made).all("p")][1:] == ["Warning: <bad>", "Note: merged"]


def test_quantisation_says_classes_and_losses(subject: Subject) -> None:
    found = subject.run["agreement"]
    made = facts.quantisation(subject)
    values = dict(row for row in rows(made) if len(row) == 2)
    share = f"{found['same_class'] / found['nodes']:.2%}"
    assert values["nodes with the float model's class"] == share
    accuracy = {"float": 0.8, "int8": 0.75}
    after = dict(rows(facts.quantisation(with_run(subject, accuracy=accuracy))))
    assert after["accuracy, float to integers"] == "80.0% to 75.0%, -5.0 points"
    assert rows(made, 1) == [
        [
            str(place),
            f"{error['rms']:.2%}",
            f"{error['largest']:.2%}",
            *(
                f"{layer[name]:,}"
                for name in (
                    "values",
                    "saturated_products",
                    "saturated_outputs",
                    "zero_rows",
                    "zero_columns",
                    "scaled_rows",
                )
            ),
        ]
        for place, (layer, error) in enumerate(
            zip(found["layers"], subject.run["layer_errors"], strict=True), start=1
        )
    ]
    unknown = rows(facts.quantisation(with_run(subject, layer_errors=[])), 1)
    assert [row[1:3] for row in unknown] == [["–", "–"]] * len(unknown)


def test_what_was_not_measured_is_said(subject: Subject) -> None:
    assert "Not measured" in facts.quantisation(with_run(subject, agreement=None))


def test_the_configuration_is_exact(subject: Subject) -> None:
    built = subject.program
    assert built is not None
    made = facts.configuration(subject)
    words = dict(rows(made))
    assert words["command"] == subject.command and words["version of hgcn"] == "1"
    assert words["program"].endswith(hashlib.sha256(built.image).hexdigest())
    device = {row[0]: row[1] for row in rows(made, 1)}
    assert list(device) == [field.name for field in fields(Device)]
    assert device["lanes"] == str(built.device.lanes)


def test_what_is_missing_comes_with_its_command(
    subject: Subject, of_a_file: Subject, over: Subject
) -> None:
    whole = dict(rows(facts.missing(subject)))
    assert whole["simulated cycles, and the stalls of each engine"] == (
        "hgcn report roads.npz --hidden 20 --backend rtl"
    )
    assert "adjacency, segments, lanes and banks" not in whole
    assert dict(rows(facts.missing(of_a_file)))["adjacency, segments, lanes and banks"] == (
        "hgcn report GRAPH"
    )
    assert "time line, jobs and layers, roofline" in dict(rows(facts.missing(over)))


def test_nothing_missing_is_said(subject: Subject) -> None:
    changes = {
        **SIMULATED,
        "cycles_kind": "measured",
        "accuracy": {"float": 1.0, "int8": 1.0},
        "baselines": [{"library": "SciPy"}],
    }
    assert "Nothing" in facts.missing(with_run(subject, **changes))


def test_what_a_command_did_not_make_has_words_in_its_place(subject: Subject) -> None:
    made = replace(with_run(subject, device="my device"), command="hgcn.Predictor(...).report(...)")
    assert dict(rows(facts.missing(made)))["measured cycles: on a board"] == (
        "hgcn report GRAPH --device 'my device' --backend pynq"
    )


def test_every_kind_is_explained() -> None:
    assert [row[0] for row in rows(facts.kinds())] == list(facts.KINDS)
