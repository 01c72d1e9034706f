# SPDX-License-Identifier: Apache-2.0
"""`hgcn datasets`: what there is to choose from."""

from __future__ import annotations

from rich.table import Table

from hgcn import datasets as catalogue
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
