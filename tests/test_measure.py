# SPDX-License-Identifier: Apache-2.0
"""The tables of the documentation, and the command that writes them."""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def load() -> Any:
    spec = importlib.util.spec_from_file_location("measure", ROOT / "docs" / "measure.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["measure"] = module
    spec.loader.exec_module(module)
    return module


MEASURE = load()
TABLE = dataclasses.replace(
    MEASURE.DATA_SETS,
    head="| graph | device | cycles |",
    row=lambda report: f"| {report['graph']} | {report['device']} | {report['cycles']} |",
)


def write(page: Path, *runs: tuple[str, str, int]) -> list[str]:
    """Write lines into the page's table and return the page's."""
    reports = [dict(zip(("graph", "device", "cycles"), run, strict=True)) for run in runs]
    dataclasses.replace(TABLE, page=page).write(reports)
    return page.read_text().splitlines()


def test_lines_not_measured_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Before.\n<!-- measured: {TABLE.command} -->\n{MEASURE.END}\nAfter.\n")
    write(page, ("cora", "tiny", 3), ("digits", "kv260", 2), ("mine", "tiny", 9))

    lines = write(page, ("digits", "tiny", 1), ("cora", "tiny", 4))

    assert lines[0] == "Before." and lines[-2:] == [MEASURE.END, "After."]
    assert lines[2:-2] == [
        TABLE.head,
        "|---|---|---|",
        "| digits | tiny | 1 |",
        "| digits | kv260 | 2 |",
        "| cora | tiny | 4 |",
        "| mine | tiny | 9 |",
    ]


def test_the_pages_have_a_line_for_every_run_of_their_table() -> None:
    for table in (MEASURE.DATA_SETS, MEASURE.FEATURES):
        text = table.page.read_text(encoding="utf-8")
        lines = text.partition(f"<!-- measured: {table.command} -->")[2].partition(MEASURE.END)[0]
        keys = [table.key_of(line) for line in lines.strip().splitlines()[2:]]
        assert len(set(keys)) == len(keys)
        assert len(keys) >= len(table.graphs) * len(table.devices) * len(table.sources)
