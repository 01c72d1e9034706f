# SPDX-License-Identifier: Apache-2.0
"""The command line application every command registers with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import hgcn

COMMANDS = {
    "run": ("run", "Classify the nodes of a graph, on a backend; report, predictions."),
    "compile": ("compile", "Compile a program for a graph and save it."),
    "report": ("report", "Write a page of HTML: result, pictures, tables, configuration."),
    "compare": ("compare", "Compare two runs or programs, number by number."),
    "datasets": ("catalogue", "List the named data sets."),
    "devices": ("devices", "List and explain devices, and write a device file to edit."),
    "train": ("train", "Train a GCN with PyTorch."),
    "disasm": ("disasm", "Print the header and every command of a program."),
    "doctor": ("doctor", "Show what is installed, and how to get what is missing."),
}
"""Of each command its module, which registers it when it is imported, and what it does."""


class _LazyGroup(TyperGroup):
    """Imports the module of a command when that is called, and none for a list of them.

    With all that the commands import, `hgcn --help` would take several times as long.
    """

    _listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command, or where commands are listed, its name and what it does."""
        if cmd_name not in COMMANDS:
            return None
        module, summary = COMMANDS[cmd_name]
        if self._listing:
            return TyperCommand(cmd_name, help=summary)
        import_module(f"hgcn.cli.{module}")
        # Built anew, with what the module has registered.
        return typer.main.get_group(app).commands[cmd_name]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, without importing the commands."""
        with self._names_only():
            super().format_help(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Return completions, without importing the commands."""
        with self._names_only():
            return super().shell_complete(ctx, incomplete)

    @contextmanager
    def _names_only(self) -> Iterator[None]:
        self._listing = True
        try:
            yield
        finally:
            self._listing = False


app = typer.Typer(
    name="hgcn",
    cls=_LazyGroup,
    no_args_is_help=True,
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
