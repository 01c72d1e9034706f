# SPDX-License-Identifier: Apache-2.0
"""Runs a Tcl script whose vendor commands are answered by Python.

Python's own Tcl is used where it is built in, else ``tclsh``: there the calls travel as lines of
hexadecimal words over its standard streams.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from hgcn.errors import BackendError

from ..generate import quote, tcl_list

Answer = Callable[[str, Sequence[str]], str]

_BRIDGED = """
proc unknown {args} { error "unknown command [lindex $args 0]" }
rename exec {}
foreach command {%s} {
  namespace eval [namespace qualifiers ::$command] {}
  proc ::$command {args} [string map [list @ $command] {
    lassign [::dryrun_call @ {*}$args] failed value
    if {$failed} { return -code error $value }
    return $value
  }]
}
"""
_PIPE = """
proc dryrun_word {word} { binary encode hex [encoding convertto utf-8 $word] }
proc dryrun_call {args} {
  puts "\\x01[lmap word $args {format x%s [dryrun_word $word]}]"
  flush stdout
  encoding convertfrom utf-8 [binary decode hex [gets stdin]]
}
"""
_RUN = (
    "set argv {%s}; set argc [llength $argv]\nif {[catch {source {%s}} message]} {error $message}\n"
)


def available() -> str | None:
    """Return what runs Tcl here: ``tkinter``, the path of ``tclsh``, or None."""
    if importlib.util.find_spec("_tkinter") is not None:
        return "tkinter"
    return shutil.which("tclsh")


def _reply(answer: Answer, words: Sequence[str]) -> str:
    try:
        return tcl_list([0, answer(words[0], words[1:])])
    except BackendError as error:
        return tcl_list([1, str(error)])


def _inside(prelude: str, script: str, folder: Path, answer: Answer) -> None:
    import tkinter

    interpreter = tkinter.Tcl()
    interpreter.createcommand("dryrun_call", lambda *words: _reply(answer, words))
    here = Path.cwd()
    try:
        interpreter.eval(f"cd {quote(folder)}\n{prelude}\n{script}")
    except tkinter.TclError as error:
        raise BackendError(str(error)) from None
    finally:
        os.chdir(here)  # Tcl's cd is this process's


def _outside(shell: str, prelude: str, script: str, folder: Path, answer: Answer) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".tcl", dir=folder) as file:
        file.write(f"{_PIPE}\n{prelude}\n{script}\n")
        file.flush()
        with subprocess.Popen(
            [shell, file.name],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdin and process.stdout and process.stderr
            for line in process.stdout:
                if not line.startswith("\x01"):
                    continue
                words = [bytes.fromhex(word[1:]).decode() for word in line[1:].split()]
                process.stdin.write(_reply(answer, words).encode().hex() + "\n")
                process.stdin.flush()
            errors = process.stderr.read().splitlines()
            if process.wait() != 0:
                raise BackendError(errors[0] if errors else f"{shell} ended early")


def run_script(
    script: Path,
    arguments: Sequence[object],
    *,
    commands: Iterable[str],
    answer: Answer,
    folder: Path,
    shell: str | None = None,
) -> None:
    """Run a Tcl script; each of ``commands`` is answered by ``answer(name, arguments)``.

    Raises
    ------
    BackendError
        With the script's error message, or if there is no Tcl here.
    """
    shell = shell or available()
    if shell is None:
        raise BackendError("Tcl is missing: install python3-tk or tcl")
    prelude = _BRIDGED % " ".join(sorted(commands))
    text = _RUN % (tcl_list(arguments), script)
    if shell == "tkinter":
        _inside(prelude, text, folder, answer)
    else:
        _outside(shell, prelude, text, folder, answer)
