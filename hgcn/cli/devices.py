# SPDX-License-Identifier: Apache-2.0
"""`hgcn devices`: what there is to choose from, what it means, and a file to start from."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from hgcn.arch.device import Device
from hgcn.arch.device_file import SUFFIX, device_text
from hgcn.arch.explain import explanation
from hgcn.arch.presets import DEFAULT_DEVICE, names
from hgcn.arch.presets import device as preset
from hgcn.arch.resolve import DEVICE_HELP, resolve_device
from hgcn.cli.app import app
from hgcn.cli.output import console
from hgcn.errors import SpecError
from hgcn.files import write_whole

_LONGEST_STEM = 36


class _DevicesGroup(TyperGroup):
    """Takes ``--explain`` without a device."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Add the default device after a last ``--explain``."""
        last = args[-1:] == ["--explain"]
        return super().parse_args(ctx, [*args, DEFAULT_DEVICE] if last else args)


devices = typer.Typer(cls=_DevicesGroup, invoke_without_command=True)
app.add_typer(devices, name="devices")


@devices.callback()
def devices_command(
    context: typer.Context,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="[DEVICE]",
            help="Explain every parameter: meaning, unit, legal values, cost, and its value on "
            f"DEVICE ({DEFAULT_DEVICE}). {DEVICE_HELP}",
        ),
    ] = None,
) -> None:
    """List the device presets: the sizes of both engines and of the stores.

    F is features of a feature tile, MACs those of a PL cycle. Lanes take one nonzero a cycle each;
    the array is that of tensor PEs, rows x columns of M0 x K0 x N0 multiply-accumulates.

    [bold]hgcn devices new tiny -o my.toml[/] writes a device file to edit;
    [bold]hgcn run digits --backend rtl --device my.toml[/] runs on it.
    """
    if context.invoked_subcommand is not None:
        return
    if explain is not None:
        chosen = resolve_device(explain)
        typer.echo(f"{explanation(chosen)}\narea: {_area(chosen)}")
        return
    table = Table(box=None, padding=(0, 1))
    for heading in ("name", "board", "lanes", "F", "array", "slice", "store", "row tile", "MACs"):
        table.add_column(heading, justify="left" if heading in ("name", "board") else "right")
    for name in names():
        try:
            table.add_row(*_row(preset(name)))
        except SpecError as fault:
            table.add_row(name, Text(str(fault), "yellow"))
    console().print(table)


def _row(d: Device) -> tuple[str | Text, ...]:
    return (
        d.name,
        Text(d.board),
        str(d.lanes),
        str(d.features),
        f"{d.array_rows} x {d.array_cols} of {d.m0}x8x{d.n0}",
        f"{d.block_rows} x 8",
        f"2 x {d.store_rows * d.features // 1024} KiB",
        str(d.tile_rows),
        f"{d.macs_per_pl_cycle:,.0f}",
    )


def _area(device: Device) -> str:
    """Return what synthesis has counted for a device, in words."""
    try:
        # Kept by the package that builds for boards; hgcn itself knows none.
        budget = import_module("hgcn_hw.build.budget")
    except ImportError:
        return "no area counted: the board builds are not installed"
    found = [
        f"{area['top']} "
        + ", ".join(f"{area[kind]:,g} {kind.upper()}" for kind in budget.RESOURCES)
        for area in budget.kept().values()
        if area["preset"] == device.name and preset(device.name) == device
    ]
    if not found:
        return "no area counted; python -m hgcn_hw.build.budget my.toml counts it, by Yosys"
    return "; ".join(found) + " (Yosys, UltraScale+ cells)"


@devices.command("new")
def new_command(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help=f"What to start from. {DEVICE_HELP}")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write, such as my.toml.")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it is there already.")
    ] = False,
) -> None:
    """Write a device file to edit: every parameter of FROM, explained.

    The device is called as the file is. Wherever a device is asked for, the file's path does.
    """
    if output.suffix.lower() != SUFFIX:
        raise SpecError(f"a device file ends in {SUFFIX}, got {output.name!r}")
    if output.exists() and not force:
        raise SpecError(f"{output} is there already: add --force to replace it")
    chosen = replace(resolve_device(source), name=_name(output.stem))
    write_whole(output, device_text(chosen).encode(), SpecError)
    typer.echo(f"wrote {output}: device {chosen.name}, to be edited")


def _name(stem: str) -> str:
    """Return a device's name made of a file's: none of a preset's, whose values are its own."""
    clean = re.sub(r"[^A-Za-z0-9_-]+", "-", stem)[:_LONGEST_STEM].strip("-") or "device"
    return f"my-{clean}" if clean in names() else clean
