# SPDX-License-Identifier: Apache-2.0
"""Which ordering makes the cheapest split: what `hgcn.ordering.DEFAULT_ORDERING` rests on.

``python -m tests.benchmarks.orderings [device ...]``: modelled cycles of the split of A + I and of
X, one feature tile, for every ordering of Cora, Citeseer and Pubmed.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import hgcn
from hgcn.arch.device import Device
from hgcn.arch.presets import device
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.cycles.cost import TileCost
from hgcn.graph.csr import Csr
from hgcn.ordering import ORDERINGS, order_columns_by_count, order_graph
from hgcn.partition import Grid, split

DEFAULT = ("tiny", "kv260", "vck190")


def main(devices: list[Device]) -> None:
    """Print a table."""
    for data in ("cora", "citeseer", "pubmed"):
        graph = hgcn.datasets.load(data)
        loops = np.arange(graph.num_nodes)
        rows = np.concatenate([graph.adjacency.row_ids(), loops])
        cols = np.concatenate([graph.adjacency.indices, loops])
        adjacency = Csr.from_coo(graph.adjacency.shape, rows, cols)
        features = Csr(
            shape=graph.features.shape,
            indptr=graph.features.indptr,
            indices=graph.features.indices,
            data=np.ones(graph.features.nnz, np.int8) if data == "pubmed" else None,
        )
        columns = order_columns_by_count(features)
        for ordering in ORDERINGS:
            start = time.perf_counter()
            order = order_graph(adjacency, ordering).rows
            line = f"{data:<10}{ordering:<11}{time.perf_counter() - start:7.3f} s"
            for target in devices:
                for operand in (
                    adjacency.permuted(order, order),
                    features.permuted(order, columns),
                ):
                    grid = Grid.for_device(*operand.shape, target)
                    cost = TileCost(device=target, grid=grid, binary=operand.data is None)
                    made = split(operand, grid, "balanced", cost)
                    line += f"{made.cost_cycles:>10.0f}"
            print(line)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "devices",
        nargs="*",
        type=device_argument,
        metavar="DEVICE",
        help=f"{DEVICE_HELP} Default: {', '.join(DEFAULT)}.",
    )
    main(parser.parse_args().devices or [device(name) for name in DEFAULT])
