# SPDX-License-Identifier: Apache-2.0
"""Modelled cycles of every policy, and how much faster ``balanced`` is than the best fixed one.

``python -m tests.benchmarks.policies [graph or file ...] [--device ...]``: digits and the citation
graphs by default, on every preset. Files are any that `hgcn.graph.read_graph` reads; a graph
without features gets random ones, and one that no model comes with, random weights. Seconds are of
processor time of the compilation with ``balanced``; the first row's hold compiled loops.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import hgcn
from hgcn.arch.device import Device
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.choice.candidates import FIXED
from hgcn.graph import read_graph, with_random_features

GRAPHS = ("digits", "cora", "citeseer", "pubmed")


def opened(name: str) -> tuple[hgcn.Model, hgcn.Graph]:
    """Return a model and a graph, those of `GRAPHS` by name, others from their files."""
    if name in GRAPHS:
        return hgcn.GCN.load(name), hgcn.datasets.load(name)
    graph = read_graph(name)
    if graph.num_features == 0:
        graph = with_random_features(graph, 32, density=0.2, rng=2)
    return hgcn.GCN.random([graph.num_features, 16, 8]), graph


def main(names: list[str], devices: list[Device]) -> None:
    """Print a table."""
    print("".join(f"{heading:>12}" for heading in ("graph", "device", "balanced", *FIXED, "ratio")))
    for name in names:
        model, graph = opened(name)
        for target in devices:
            start = time.process_time()
            best = hgcn.compile(model, graph, device=target, quantisation="max")
            took = time.process_time() - start
            cells = {"balanced": best.estimate().cycles}
            for policy in FIXED:
                program = hgcn.compile(
                    model, graph, device=target, policy=policy, quantisation="max"
                )
                cells[policy] = program.estimate().cycles
            ratio = min(cells[policy] for policy in FIXED) / cells["balanced"]
            line = f"{Path(name).stem[:11]:>12}{target.name[:11]:>12}"
            line += "".join(f"{cycles:>12,}" for cycles in cells.values()) + f"{ratio:>12.3f}"
            print(f"{line}  {best.metadata['choice']['won']}, {took:.1f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("graphs", nargs="*", default=GRAPHS, metavar="GRAPH")
    parser.add_argument(
        "--device", action="append", type=device_argument, help=f"{DEVICE_HELP} Default: presets."
    )
    wanted = parser.parse_args()
    main(wanted.graphs, wanted.device or list(hgcn.PRESETS.values()))
