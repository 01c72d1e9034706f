# SPDX-License-Identifier: Apache-2.0
"""JSON goes to a file whole, to standard output, or nowhere."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.text import Text

from hgcn.arch.device_file import read_device
from hgcn.arch.presets import device
from hgcn.cli.output import (
    STANDARD_OUTPUT,
    check_json_path,
    console,
    escape_what_the_terminal_lacks,
    write_json,
)


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


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_characters_the_encoding_lacks_are_escaped(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(plain, encoding=encoding, newline=""))
    escape_what_the_terminal_lacks()
    print("gr\u00e1f \u6f22", flush=True)
    console().print(Text("gr\u00e1f \u6f22"))
    sys.stdout.flush()
    word = "gr\u00e1f \u6f22".encode(encoding, "backslashreplace") + b"\n"
    assert plain.getvalue() == word + word
    monkeypatch.undo()


def test_a_stream_that_is_not_a_file_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    escape_what_the_terminal_lacks()
    print("gr\u00e1f")
    assert isinstance(sys.stdout, io.StringIO) and sys.stdout.getvalue() == "gr\u00e1f\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_is_no_error_and_nothing_is_printed_into_files(
    closed: str, tmp_path: Path
) -> None:
    command = f'"{sys.executable}" -m hgcn devices new tiny -o my.toml {closed}'
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert read_device(tmp_path / "my.toml").lanes == device("tiny").lanes
