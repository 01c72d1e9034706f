# SPDX-License-Identifier: Apache-2.0
"""The command line as a whole: help teaches, errors are one line, nothing is left behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from hgcn.cli import main
from hgcn.cli.app import app
from hgcn.errors import BackendError

Run = Callable[..., Any]
COMMANDS = ("compile", "datasets", "devices", "disasm", "doctor", "run", "train")


def test_help_names_every_command_and_where_to_start(hgcn_command: Run) -> None:
    done = hgcn_command("--help")
    assert done.status == 0 and "Start with: hgcn run digits" in done.out
    assert all(command in done.out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_says_what_and_how(hgcn_command: Run, command: str) -> None:
    done = hgcn_command(command, "--help")
    assert done.status == 0 and f"Usage: hgcn {command}" in done.out
    assert len(done.out.split()) > 40


def test_without_words_the_help_is_shown(hgcn_command: Run) -> None:
    done = hgcn_command()
    assert "Usage: hgcn" in done.out + done.err


def test_an_unknown_command_or_option_is_a_usage_error(hgcn_command: Run) -> None:
    assert hgcn_command("fly").status == 2
    assert hgcn_command("run", "digits", "--speed", "3").status == 2
    assert hgcn_command("run", "digits", "--hidden", "0").status == 2


def test_brackets_in_an_error_are_printed_as_they_are(
    hgcn_command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise BackendError("pip install 'hgcn[sim]'")

    monkeypatch.setattr("hgcn.cli.app", fail)
    assert hgcn_command().error == "pip install 'hgcn[sim]'"


def test_an_interrupt_is_no_traceback(hgcn_command: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hgcn.cli.app", fail)
    done = hgcn_command()
    assert (done.status, done.err) == (130, "interrupted\n")


def test_the_installed_command_is_main() -> None:
    code = "import sys; from hgcn.cli import main; sys.argv = ['hgcn', 'devices']; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "vck190" in done.stdout and not done.stderr
    assert callable(main) and app.info.name == "hgcn"
