# SPDX-License-Identifier: Apache-2.0
"""The command line application every command registers with."""

from __future__ import annotations

from typing import Annotated

import typer

import hgcn

app = typer.Typer(
    name="hgcn",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Co-design of graph convolutional network accelerators on AMD Versal.\n\n"
        "A graph is ordered, split by density over the programmable logic and the AI Engine "
        "array, mapped, compiled to a program, and run: emulated, or on the RTL in Verilator, "
        "bit for bit the same.\n\n"
        "Start with: [bold]hgcn run digits --backend rtl --device tiny[/]"
    ),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hgcn {hgcn.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Take the options of `hgcn` itself; each does its work in its callback."""
