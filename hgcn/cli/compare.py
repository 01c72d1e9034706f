# SPDX-License-Identifier: Apache-2.0
"""`hgcn compare`: two runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hgcn.cli import options
from hgcn.cli.app import app
from hgcn.cli.output import STANDARD_OUTPUT, check_json_path, console, write_json
from hgcn.isa.image_file import is_program
from hgcn.program.page import run_report
from hgcn.program.program import Program
from hgcn.report.compare import comparison, read_report
from hgcn.report.compare_text import compare_text


@app.command()
def compare(
    first: Annotated[
        Path,
        typer.Argument(
            metavar="FIRST",
            help="A report of `hgcn run --json`, or a program (.hgcn), which is run.",
        ),
    ],
    second: Annotated[
        Path, typer.Argument(metavar="SECOND", help="Another, of the same graph or not.")
    ],
    json_path: options.JsonOption = None,
) -> None:
    """Compare two runs: cycles, microseconds, engines and bytes, with the ratio of each.

    Cycles that are modelled, simulated and measured have lines of their own and are never set
    against each other. Reports of different graphs are compared too, and a note says so. A
    program is run by `emulate`, on a preset device.

    [bold]hgcn run digits --policy pl-only --json a.json[/], then
    [bold]hgcn run digits --json b.json[/], then [bold]hgcn compare a.json b.json[/].

    [bold]hgcn compare digits-tiny.hgcn digits-vck190.hgcn[/]: two designs.
    """
    check_json_path(json_path)
    made = comparison(_report(first), _report(second))
    write_json(made, json_path)
    if json_path != STANDARD_OUTPUT:
        console().print(compare_text(made))


def _report(path: Path) -> dict[str, Any]:
    if not is_program(path):
        return read_report(path)
    program = Program.load(path)
    return run_report(program, program.run(), seconds={})
