# SPDX-License-Identifier: Apache-2.0
"""Seconds of `hgcn.compile` by stage, and the share of the wall clock that they account for.

``python -m tests.benchmarks.compiling [edges] [device]``: a random power-law graph of a million
edges by default, on ``vck190``. Times are of a second run: the first compiles the compiled loops.
"""

from __future__ import annotations

import argparse
import time

import hgcn
from hgcn.arch.device import Device
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.graph import power_law, with_random_features


def main(edges: int, device: Device) -> None:
    """Compile a small graph, then time a large one."""
    model = hgcn.GCN.random([32, 16, 8])
    for count in (2_000, edges):
        plain = power_law(count // 10, count // 2, rng=1)
        graph = with_random_features(plain, 32, density=0.2, rng=2)
        start = time.perf_counter()
        program = hgcn.compile(model, graph, device=device)
        wall = time.perf_counter() - start
    print(f"{graph.num_nodes} nodes, {graph.num_edges} edges, {device.name}")
    for stage, seconds in program.seconds.items():
        print(f"{stage:<12}{seconds:>8.2f} s{seconds / wall:>8.1%}")
    print(f"{'wall clock':<12}{wall:>8.2f} s{sum(program.seconds.values()) / wall:>8.1%} accounted")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("edges", nargs="?", type=int, default=1_000_000, help="about so many")
    parser.add_argument(
        "device", nargs="?", default="vck190", type=device_argument, help=DEVICE_HELP
    )
    wanted = parser.parse_args()
    main(wanted.edges, wanted.device)
