# SPDX-License-Identifier: Apache-2.0
"""`hgcn datasets` and `hgcn devices`: what there is to choose from."""

from __future__ import annotations

from rich.table import Table

from hgcn import datasets as catalogue
from hgcn.arch.presets import PRESETS
from hgcn.cli.app import app
from hgcn.cli.output import console
from hgcn.model.weights_file import SHIPPED


@app.command("datasets")
def datasets_command() -> None:
    """List the named data sets: sizes, source, and whether a model is shipped.

    Edges count both directions. Files come from the folder HGCN_DATA names, from earlier downloads,
    or from the address of the source; [bold]hgcn doctor[/] shows which are here.
    """
    table = Table(box=None, padding=(0, 1))
    for heading in ("name", "nodes", "edges", "features", "classes", "model", "source"):
        table.add_column(
            heading, justify="left" if heading in ("name", "model", "source") else "right"
        )
    for info in catalogue.available():
        table.add_row(
            info.name,
            f"{info.nodes:,}",
            f"{info.edges:,}",
            f"{info.features:,}",
            str(info.classes),
            "shipped" if info.name in SHIPPED else "",
            info.source,
        )
    console().print(table)


@app.command("devices")
def devices_command() -> None:
    """List the device presets: the sizes of both engines and of the stores.

    F is features a pass, MACs those of a PL cycle. Lanes take one nonzero a cycle each; the STA is
    the array of tensor engines, rows x columns of M0 x K0 x N0 multiply-accumulates. From Python,
    any Device will do.
    """
    table = Table(box=None, padding=(0, 1))
    for heading in (
        "name",
        "board",
        "lanes",
        "F",
        "STA",
        "tile",
        "store",
        "window",
        "MACs",
    ):
        table.add_column(heading, justify="left" if heading in ("name", "board") else "right")
    for d in PRESETS.values():
        table.add_row(
            d.name,
            d.board,
            str(d.lanes),
            str(d.features),
            f"{d.sta_rows} x {d.sta_cols} of {d.m0}x8x{d.n0}",
            f"{d.block_rows} x 8",
            f"2 x {d.store_rows * d.features // 1024} KiB",
            str(d.window_rows),
            f"{d.macs_per_pl_cycle:,.0f}",
        )
    console().print(table)
