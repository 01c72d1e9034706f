# SPDX-License-Identifier: Apache-2.0
"""What reading graph files costs: python -m tests.readers.measure FILE ... prints it as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

from hgcn.graph import read_graph
from tests.fuzz.case import run_case

CPU_SECONDS = 60


def main() -> None:
    """Read each file in a process of its own, and print what became of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="graph files")
    costs = {}
    for path in parser.parse_args().files:
        outcome = run_case(read_graph, path, cpu_seconds=CPU_SECONDS)
        costs[path.name] = {**dataclasses.asdict(outcome), "file_bytes": path.stat().st_size}
    print(json.dumps(costs, indent=1))


if __name__ == "__main__":
    main()
