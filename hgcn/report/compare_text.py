# SPDX-License-Identifier: Apache-2.0
"""Two runs side by side as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hgcn.printable import printable


def compare_text(made: Mapping[str, Any]) -> RenderableType:
    """What `hgcn.report.compare.comparison` gives, for people."""
    table = Table(box=None, padding=(0, 2))
    for heading in ("", "first", "second", "second / first"):
        table.add_column(heading, justify="left" if not heading else "right")
    runs = made["runs"]
    for what in runs[0]:
        words = [run[what]["name"] if what == "graph" else run[what] for run in runs]
        table.add_row(what, *(Text(printable(word)) for word in words), "")
    for row in made["rows"]:
        ratio = "-" if row["ratio"] is None else f"{row['ratio']:.3f}"
        numbers = (_number(row[which]) for which in ("first", "second"))
        table.add_row(Text(printable(row["name"])), *numbers, ratio)
    notes = [Text(f"note: {printable(words)}") for words in made["notes"]]
    return Group(table, *notes)


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
