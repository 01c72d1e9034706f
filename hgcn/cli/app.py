# SPDX-License-Identifier: Apache-2.0
"""The command line application every command registers with."""

from __future__ import annotations

import typer

app = typer.Typer(
    name="hgcn",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help=(
        "Co-design of graph convolutional network accelerators on AMD Versal.\n\n"
        "A graph is ordered, split by density over the programmable logic and the AI Engine "
        "array, mapped, compiled to a program, and run: emulated, or on the RTL in Verilator, "
        "bit for bit the same.\n\n"
        "Start with: [bold]hgcn run digits --backend rtl --device tiny[/]"
    ),
)
