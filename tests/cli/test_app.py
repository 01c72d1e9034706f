# SPDX-License-Identifier: Apache-2.0
"""The command line as a whole: help teaches, errors are one line, nothing is left behind."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

import hgcn
from hgcn.arch.presets import DEFAULT_DEVICE
from hgcn.cli import main
from hgcn.cli.app import COMMANDS, app
from hgcn.cli.compile import compile_command
from hgcn.cli.run import run as run_command
from hgcn.errors import BackendError
from tests.test_layout import ROOT, files

Run = Callable[..., Any]


def test_help_names_every_command_and_where_to_start(hgcn_command: Run) -> None:
    done = hgcn_command("--help")
    assert done.status == 0 and "Start with: hgcn run digits" in done.out
    assert all(command in done.out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_says_what_and_how(hgcn_command: Run, command: str) -> None:
    done = hgcn_command(command, "--help")
    assert done.status == 0 and f"Usage: hgcn {command}" in done.out
    assert len(done.out.split()) > 40


def test_every_module_that_registers_a_command_is_listed() -> None:
    registering = ("@app.command", "app.add_typer(")
    modules = {
        path.stem
        for path in (ROOT / "hgcn" / "cli").glob("*.py")
        if any(words in path.read_text(encoding="utf-8") for words in registering)
    }
    assert {module for module, _ in COMMANDS.values()} == modules


@pytest.mark.parametrize("what", ["help", "completion"])
def test_a_list_of_commands_is_quick(what: str) -> None:
    """No time is measured: what takes it is NumPy and all that is built on it."""
    code = (
        "import sys; from hgcn.cli import main\n"
        "try: main()\n"
        "except SystemExit: assert 'numpy' not in sys.modules, 'numpy'"
    )
    words = {"_HGCN_COMPLETE": "complete_bash", "COMP_WORDS": "hgcn co", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, *(["--help"] if what == "help" else [])],
        env={**os.environ, **(words if what == "completion" else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if what == "completion":
        assert done.stdout.split() == ["compile", "compare"]


def test_options_are_completed_too() -> None:
    words = {"_HGCN_COMPLETE": "complete_bash", "COMP_WORDS": "hgcn run --ba", "COMP_CWORD": "2"}
    code = "from hgcn.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **words},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "--backend" in done.stdout.split(), done.stderr


def test_the_version_is_that_of_the_package(hgcn_command: Run) -> None:
    done = hgcn_command("--version")
    assert (done.status, done.out) == (0, f"hgcn {metadata.version('hgcn')}\n")


@pytest.mark.parametrize("words", [(), ("run",), ("datasets",)])
def test_help_is_short_too(hgcn_command: Run, words: tuple[str, ...]) -> None:
    assert hgcn_command(*words, "-h").out == hgcn_command(*words, "--help").out


def test_every_command_and_function_takes_the_same_device_by_default() -> None:
    functions = (compile_command, run_command, hgcn.compile, hgcn.run, hgcn.Predictor)
    defaults = {inspect.signature(function).parameters["device"].default for function in functions}
    assert defaults == {DEFAULT_DEVICE}


def scripts() -> list[str]:
    """Every module that can be run, by its dotted name."""
    found = [
        path.relative_to(ROOT)
        for path in files()
        if path.suffix == ".py" and "xrt" not in path.parts
        if '\nif __name__ == "__main__":' in path.read_text(encoding="utf-8")
    ]
    return [".".join(path.with_suffix("").parts) for path in found]


@pytest.mark.parametrize("module", scripts())
def test_every_script_explains_itself(module: str, tmp_path: Path) -> None:
    name = re.sub("^(sim|hw|host)", r"hgcn_\1", module.removesuffix(".__main__"))
    # In an empty folder: a script that works instead of explaining leaves something there.
    done = subprocess.run(
        [sys.executable, "-m", name, "--help"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "usage: " in done.stdout.lower() and len(done.stdout.split()) > 10
    assert not list(tmp_path.iterdir())


def test_everything_the_package_names_is_there_at_once() -> None:
    code = "import hgcn; hgcn.graph.from_edges; [getattr(hgcn, name) for name in hgcn.__all__]"
    subprocess.run([sys.executable, "-c", code], check=True)
    packages = {path.parent.name for path in (ROOT / "hgcn").glob("*/__init__.py")}
    assert packages - set(hgcn.__all__) == {"cli", "format", "toolchain"}


def test_dir_shows_the_public_names_once_and_nothing_else() -> None:
    assert dir(hgcn) == sorted([*hgcn.__all__, "__version__"])
    assert len(set(dir(hgcn))) == len(dir(hgcn))


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
        raise BackendError("see '.[sim]'")

    monkeypatch.setattr("hgcn.cli.app", fail)
    assert hgcn_command().error == "see '.[sim]'"


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
