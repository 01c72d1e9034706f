# SPDX-License-Identifier: Apache-2.0
"""Runs data sets on simulated devices and writes the tables of the documentation.

    python docs/measure.py [--device tiny --device kv260] [--graph digits ...]
    python docs/measure.py --features

The first writes the README's table, the second that of docs/features.md: features compiled in
against features handed in. Only what is asked for is measured and replaced, all other lines stay.
Needs `hgcn[sim]` and, for the citation graphs, HGCN_DATA or a network.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
END = "<!-- end -->"
SOURCES = ("program", "input")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of a page: where it stands, what is run for it, how a report becomes a line."""

    page: Path
    command: str
    head: str
    key: tuple[str, ...]
    row: Callable[[dict[str, Any]], str]
    graphs: tuple[str, ...]
    devices: tuple[str, ...]
    sources: tuple[str, ...]

    def write(self, reports: list[dict[str, Any]]) -> None:
        """Put the reports' lines into the page's table; lines of other runs stay as they are.

        The key columns say what a line is of. Those of the table's own runs come in their order.
        """
        begin = f"<!-- measured: {self.command} -->"
        before, found, rest = self.page.read_text(encoding="utf-8").partition(begin)
        if not found:
            raise SystemExit(f"{self.page} must have the line {begin}")
        old, _, after = rest.partition(END)
        lines = {self.key_of(line): line for line in old.strip().splitlines()[2:]}
        lines |= {self.key_of(line): line for line in map(self.row, reports)}
        # The keys are in order of graph and device, the sort keeps the rest as it was.
        known = [*self.graphs, *self.devices, *SOURCES]
        places = {name: place for place, name in enumerate(known)}
        kept = sorted(lines, key=lambda key: [places.get(cell, len(known)) for cell in key])
        rule = "|" + "---|" * (self.head.count("|") - 1)
        table = "\n".join([self.head, rule, *(lines[key] for key in kept)])
        self.page.write_text(f"{before}{begin}\n{table}\n{END}{after}", encoding="utf-8")

    def key_of(self, line: str) -> tuple[str, ...]:
        """Return the key columns' cells of a line."""
        cells = dict(zip(_cells(self.head), _cells(line), strict=True))
        return tuple(cells[name] for name in self.key)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def measure(graph: str, device: str, source: str) -> dict[str, Any]:
    """Run one graph on one device's RTL, its features from ``source``, and return its report."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = [sys.executable, "-c", "from hgcn.cli import main; main()", "run", graph]
        options = ["--backend", "rtl", "--device", device, "--features", source]
        subprocess.run(
            [*command, *options, "--json", str(path)], check=True, stdout=subprocess.DEVNULL
        )
        report = dict(json.loads(path.read_text()))
    if not report["bit_exact"]:
        raise SystemExit(f"{graph} on {device} is not equal to the reference")
    return report


def data_set_row(report: dict[str, Any]) -> str:
    """One line of the README's table."""
    facts, cycles = report["graph"], report["cycles"]
    modelled, bound = report["cycles_estimate"], report["bound_cycles"]
    return (
        f"| {facts['name']} | {report['device']} "
        f"| {facts['nnz_adjacency']:,} | {facts['nnz_features']:,} "
        f"| {report['accuracy']['float']:.1%} | {report['accuracy']['int8']:.1%} "
        f"| {cycles:,} | {modelled:,} | {modelled / cycles - 1:+.1%} "
        f"| {bound:,} | {cycles / bound:.1f} "
        f"| {report['bytes']['read']:,} |"
    )


def feature_row(report: dict[str, Any]) -> str:
    """One line of the features' table."""
    facts, cycles, modelled = report["graph"], report["cycles"], report["cycles_estimate"]
    share = facts["nnz_features"] / (facts["nodes"] * facts["features"])
    handed_in = report["features"]
    return (
        f"| {facts['name']} | {report['device']} | {share:.1%} "
        f"| {'input' if handed_in else 'program'} | {report['bytes']['program']:,} "
        f"| {handed_in['input_bytes'] if handed_in else 0:,} "
        f"| {cycles:,} | {modelled:,} | {modelled / cycles - 1:+.1%} "
        f"| {report['bound_cycles']:,} | {report['bytes']['read']:,} "
        f"| {report['accuracy']['int8']:.1%} |"
    )


DATA_SETS = Table(
    page=ROOT / "README.md",
    command="python docs/measure.py",
    head="| graph | device | nnz(A+I) | nnz(X) | accuracy float | accuracy int8 "
    "| cycles (simulated) | cycles (modelled) | error | bound | cycles / bound | bytes read |",
    key=("graph", "device"),
    row=data_set_row,
    graphs=("digits", "cora", "citeseer", "pubmed"),
    devices=("tiny", "kv260"),
    sources=("program",),
)
FEATURES = Table(
    page=ROOT / "docs" / "features.md",
    command="python docs/measure.py --features",
    head="| graph | device | nonzeros of X | features | program bytes | input bytes "
    "| cycles (simulated) | cycles (modelled) | error | bound | bytes read | accuracy int8 |",
    key=("graph", "device", "features"),
    row=feature_row,
    graphs=("digits", "cora"),
    devices=("tiny", "vck190"),
    sources=SOURCES,
)


def main() -> None:
    """Measure and rewrite a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--features", action="store_true", help="the table of docs/features.md")
    parser.add_argument("--device", action="append", help="default: those of the table")
    parser.add_argument("--graph", action="append", help="default: those of the table")
    wanted = parser.parse_args()
    table = FEATURES if wanted.features else DATA_SETS
    reports = [
        measure(graph, device, source)
        for graph in wanted.graph or table.graphs
        for device in wanted.device or table.devices
        for source in table.sources
    ]
    table.write(reports)


if __name__ == "__main__":
    main()
