# SPDX-License-Identifier: Apache-2.0
"""JSON goes to a file whole, to standard output, or nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hgcn.cli.output import STANDARD_OUTPUT, check_json_path, write_json


def test_nothing_is_written_without_a_path(capsys: pytest.CaptureFixture[str]) -> None:
    check_json_path(None)
    write_json({"a": 1}, None)
    assert capsys.readouterr().out == ""


def test_a_dash_is_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    check_json_path(STANDARD_OUTPUT)
    write_json({"a": [1, None]}, STANDARD_OUTPUT)
    assert json.loads(capsys.readouterr().out) == {"a": [1, None]}


def test_a_file_ends_with_a_line_end(tmp_path: Path) -> None:
    write_json({"a": 1}, tmp_path / "a.json")
    assert (tmp_path / "a.json").read_text() == '{\n  "a": 1\n}\n'
