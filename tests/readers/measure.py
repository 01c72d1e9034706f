# SPDX-License-Identifier: Apache-2.0
"""What reading graph files costs: python -m tests.readers.measure FILE ... prints it as JSON."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

from hgcn.graph import read_graph
from tests.fuzz.case import run_case

CPU_SECONDS = 60


def main() -> None:
    """Read each file in a process of its own, and print what became of it."""
    costs = {}
    for path in map(Path, sys.argv[1:]):
        outcome = run_case(read_graph, path, cpu_seconds=CPU_SECONDS)
        costs[path.name] = {**dataclasses.asdict(outcome), "file_bytes": path.stat().st_size}
    print(json.dumps(costs, indent=1))


if __name__ == "__main__":
    main()
