# SPDX-License-Identifier: Apache-2.0
"""`hgcn run FILE.hgcn`: a program that is compiled already."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from hgcn.cli.progress import progress_bar
from hgcn.errors import ProgramError
from hgcn.execution.result import Result
from hgcn.printable import printable_path
from hgcn.program.page import run_report
from hgcn.program.program import Program

_OF_A_RUN = {
    "graph",
    "target",
    "backend",
    "device",
    "json_path",
    "virtual_board",
    "option",
    "output",
    "quiet",
}
"""Parameters of the command that say something of a program as well; the others compile one."""


def run_program(
    context: typer.Context, path: Path, backend: str, extra: Mapping[str, Any]
) -> tuple[Program, Result, dict[str, Any]]:
    """Load and run a program; return it, what it gave and the report of it.

    The device is the one it was built for, its result is compared with the digest it carries, and
    what needs the graph, accuracy, is left out.

    Raises
    ------
    ProgramError
        If an option that compiles was given, the file is no valid program, it is for another device
        than the one asked for, or reads features at run time.
    BackendError
        See `Program.run`.
    """
    shown = printable_path(path)
    given = given_options(context)
    if strange := [option for name, option in given.items() if name not in _OF_A_RUN]:
        raise ProgramError(
            f"{shown} is compiled already: leave out {', '.join(strange)}, or run its graph"
        )
    chosen = "device" in given
    start = time.perf_counter()
    program = Program.load(path, context.params["device"] if chosen else None)
    load_seconds = time.perf_counter() - start
    if program.input_bytes:
        raise ProgramError(
            f"{shown} reads its features at run time, and a file carries none: run it from Python, "
            f"hgcn.Program.load({shown!r}).run(features=...), with features of shape "
            f"{program.input_shape}"
        )
    with progress_bar(quiet=context.params["quiet"]) as progress:
        result = program.run(backend, progress=progress, **extra)
    report = run_report(program, result, seconds={"load": load_seconds})
    return program, result, report


def given_options(context: typer.Context) -> dict[str, str]:
    """Return the options of a command that were given, by parameter name, as they are spelt."""
    parameters = context.command.params
    return {
        str(parameter.name): parameter.opts[0]
        for parameter in parameters
        if _was_given(context, parameter)
    }


def _was_given(context: typer.Context, parameter: Any) -> bool:
    source = context.get_parameter_source(parameter.name)
    # Typer has a Click of its own or takes that of the environment: by name both are the same.
    return source is not None and source.name == "COMMANDLINE"
