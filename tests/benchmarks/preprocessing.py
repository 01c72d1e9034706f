# SPDX-License-Identifier: Apache-2.0
"""Speed of ordering, split and mapping: edges per second of each stage.

``python -m tests.benchmarks.preprocessing [edges] [device]``: a random power-law graph of a million
edges by default, on ``vck190``. Times are of second runs: the first compiles.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from hgcn.arch.device import Device
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.cycles.cost import TileCost
from hgcn.graph.csr import Csr
from hgcn.mapping import check, map_operand
from hgcn.ordering import ORDERINGS, order_graph
from hgcn.partition import Grid, split

_Result = TypeVar("_Result")


def power_law_graph(edges: int, rng: np.random.Generator) -> Csr:
    """Return A + I of about ``edges`` entries: communities of 64 nodes, and hubs."""
    n = max(edges // 20, 64)
    near = rng.integers(0, n, edges // 4)
    far = rng.integers(0, n, edges // 4)
    rows = np.concatenate([near, far])
    hubs = (n * rng.random(edges // 4) ** 3).astype(np.int64)
    cols = np.concatenate(
        [np.minimum(near // 64 * 64 + rng.integers(0, 64, len(near)), n - 1), hubs]
    )
    both = np.concatenate([rows * n + cols, cols * n + rows, np.arange(n) * (n + 1)])
    row_of, col_of = np.divmod(np.unique(both), n)
    shuffle = rng.permutation(n)
    return Csr.from_coo((n, n), shuffle[row_of], shuffle[col_of])


def timed(what: str, edges: int, stage: Callable[[], _Result]) -> _Result:
    """Run a stage twice and print the second run's time and rate."""
    stage()
    start = time.perf_counter()
    result = stage()
    seconds = time.perf_counter() - start
    print(f"{what:<20}{seconds:>9.3f} s{edges / seconds / 1e6:>10.1f} M edges/s")
    return result


def main(edges: int, target: Device) -> None:
    """Time every stage on one graph."""
    operand = power_law_graph(edges, np.random.default_rng(0))
    n, nnz = operand.shape[0], operand.nnz
    print(f"{n} nodes, {nnz} entries, {target.name}")
    for ordering in ORDERINGS:
        timed(f"order {ordering}", nnz, lambda ordering=ordering: order_graph(operand, ordering))
    rows = order_graph(operand).rows
    placed = timed("permute", nnz, lambda: operand.permuted(rows, rows))
    grid = Grid.for_device(n, n, target)
    cost = TileCost(device=target, grid=grid, binary=True)
    made = timed("split", nnz, lambda: split(placed, grid, "balanced", cost))
    mapping = timed("map", nnz, lambda: map_operand(made, target))
    timed("check", nnz, lambda: check(mapping, made, target))
    print(
        f"split cost {made.cost_cycles:.0f}, bound {made.bound_cycles:.0f}; {mapping.facts(made)}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("edges", nargs="?", type=int, default=1_000_000, help="about so many")
    parser.add_argument(
        "device", nargs="?", default="vck190", type=device_argument, help=DEVICE_HELP
    )
    wanted = parser.parse_args()
    main(wanted.edges, wanted.device)
