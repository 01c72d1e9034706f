# SPDX-License-Identifier: Apache-2.0
"""A run from a file: whole, or refused naming what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hgcn.errors import HgcnError
from hgcn.report.page.document import document
from hgcn.report.page.saved_run import read_run
from hgcn.report.page.subject import Subject


def saved(run: Any, folder: Path) -> Path:
    file = folder / "run.json"
    file.write_text(json.dumps(run))
    return file


def page_of(run: Any) -> str:
    return document(Subject(command="", run=run, versions={}))


def test_a_run_comes_back(subject: Subject, tmp_path: Path) -> None:
    run = read_run(saved(subject.run, tmp_path))
    assert run == json.loads(json.dumps(subject.run))
    assert page_of(run) == page_of(subject.run)


def cut(run: Any, *path: str) -> Any:
    made = json.loads(json.dumps(run))
    *way, last = path
    inner = made
    for key in way:
        inner = inner[key]
    del inner[last]
    return made


@pytest.mark.parametrize(
    "path",
    [
        ("cycles_estimate",),
        ("bound_cause",),
        ("warnings",),
        ("split_by_operand", "adjacency", "dense"),
        ("agreement", "same_class"),
    ],
)
def test_what_is_missing_is_named(subject: Subject, tmp_path: Path, path: tuple[str, ...]) -> None:
    with pytest.raises(HgcnError, match=rf"run\.json is no report .*: it lacks {'.'.join(path)}"):
        read_run(saved(cut(subject.run, *path), tmp_path))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"warnings": "none"}, "warnings must be a list, got 'none'"),
        ({"notes": [3]}, r"notes\[0\] must be a text, got 3"),
        ({"bit_exact": 1}, "bit_exact must be true or false, got 1"),
        ({"accuracy": {"float": 1, "int8": "x"}}, "accuracy.int8 must be a number"),
        ({"agreement": []}, "agreement must be an object"),
        ({"cycles": 3}, "it must be a text|it lacks|microseconds must be"),
    ],
)
def test_what_is_of_another_kind_is_named(
    subject: Subject, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(HgcnError, match=words):
        read_run(saved({**subject.run, **changes}, tmp_path))


def test_what_nobody_knows_is_left_out(subject: Subject, tmp_path: Path) -> None:
    part = {"nonzeros": 1, "columns": 1, "more": "x"}
    parts = dict.fromkeys(("dense", "sparse", "scattered", "fourth"), part)
    run = {**subject.run, "split_by_operand": {"adjacency": parts}, "engines": {"pl": {}}}
    with pytest.raises(HgcnError, match=r"it lacks engines\.pl\.busy"):
        read_run(saved(run, tmp_path))
    made = read_run(saved({**run, "engines": {}}, tmp_path))
    assert list(made["split_by_operand"]["adjacency"]) == ["dense", "sparse", "scattered"]
    assert "fourth" not in page_of(made)
