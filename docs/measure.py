# SPDX-License-Identifier: Apache-2.0
"""Runs the data sets on the simulated devices and writes the table of the README.

    python docs/measure.py [--device tiny --device kv260] [--graph digits ...]

Needs `hgcn[sim]` and, for the citation graphs, HGCN_DATA or a network.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- measured: python docs/measure.py -->", "<!-- end -->"
HEAD = (
    "| graph | device | nnz(A+I) | nnz(X) | accuracy float | accuracy int8 | cycles (simulated) "
    "| cycles (modelled) | error | bound | cycles / bound | bytes read |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def measure(graph: str, device: str) -> dict[str, Any]:
    """Run one graph on one device's RTL and return its report."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        command = [sys.executable, "-c", "from hgcn.cli import main; main()", "run", graph]
        subprocess.run(
            [*command, "--backend", "rtl", "--device", device, "--json", str(path)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return dict(json.loads(path.read_text()))


def row(report: dict[str, Any]) -> str:
    """One line of the table."""
    facts, cycles = report["graph"], report["cycles"]
    modelled, bound = report["cycles_estimate"], report["bound_cycles"]
    assert report["bit_exact"]
    return (
        f"| {facts['name']} | {report['device']} "
        f"| {facts['nnz_adjacency']:,} | {facts['nnz_features']:,} "
        f"| {report['accuracy']['float']:.1%} | {report['accuracy']['int8']:.1%} "
        f"| {cycles:,} | {modelled:,} | {modelled / cycles - 1:+.1%} "
        f"| {bound:,} | {cycles / bound:.1f} "
        f"| {report['bytes']['read']:,} |"
    )


def main() -> None:
    """Measure and rewrite the README's table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--device", action="append", help="default: tiny and kv260")
    parser.add_argument("--graph", action="append", help="default: digits cora citeseer pubmed")
    wanted = parser.parse_args()
    rows = [
        row(measure(graph, device))
        for graph in wanted.graph or ("digits", "cora", "citeseer", "pubmed")
        for device in wanted.device or ("tiny", "kv260")
    ]
    readme = ROOT / "README.md"
    text = readme.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n" + "\n".join([HEAD, *rows]) + f"\n{END}{after}")


if __name__ == "__main__":
    main()
