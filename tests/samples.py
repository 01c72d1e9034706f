# SPDX-License-Identifier: Apache-2.0
"""Small devices, random graphs and networks, and programs made of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.arch.presets import device
from hgcn.cycles.cost import window_cost
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.isa.image import ImageBuilder
from hgcn.isa.input_layout import InputLayout
from hgcn.isa.output import read_output
from hgcn.lowering.lower import lower
from hgcn.mapping.map import map_operand
from hgcn.ordering.columns import order_columns_by_count
from hgcn.ordering.network import permute_network
from hgcn.ordering.registry import order_graph
from hgcn.partition.split import Grid
from hgcn.partition.splitter import split
from hgcn.reference.network import IntegerLayer, IntegerNetwork
from hgcn.reference.requantise import Requantiser

TINY = device("tiny")

DEVICES: dict[str, Device] = {
    # Windows of 64 rows and columns: graphs of a few hundred nodes have many of both.
    "windows": replace(TINY, name="windows", slots=16, window_rows=64, store_rows=64),
    # The smallest stores there are: every right operand goes through both in turn.
    "stores": replace(TINY, name="stores", slots=16, window_rows=32, store_rows=16),
    "one-lane": replace(TINY, name="one-lane", lanes=1, gather_rows=1, window_rows=128),
    "tall": replace(
        TINY,
        name="tall",
        axi_bytes=16,
        features=16,
        banks=64,
        block_rows=32,
        sta_rows=3,
        sta_cols=1,
        window_rows=64,
        gather_rows=8,
        store_rows=128,
    ),
    "wide": replace(
        TINY,
        name="wide",
        axi_bytes=64,
        features=32,
        lanes=16,
        slots=8,
        banks=16,
        n0=8,
        block_rows=64,
        sta_rows=1,
        sta_cols=4,
        window_rows=128,
        gather_rows=2,
        store_rows=256,
    ),
    "tiny": TINY,
}
"""Devices that reach every path of the lowering with small graphs."""


def random_csr(
    rng: np.random.Generator,
    shape: tuple[int, int],
    *,
    density: float,
    values: bool,
    diagonal: bool = False,
) -> Csr:
    """A random sparse matrix: binary, or of any int8 but 0; ``diagonal`` fills that."""
    cells = shape[0] * shape[1]
    drawn = rng.integers(0, cells, int(density * cells))
    if diagonal:
        drawn = np.concatenate([drawn, np.arange(shape[0]) * (shape[1] + 1)])
    rows, cols = np.divmod(np.unique(drawn), shape[1])
    data = None
    if values:
        data = rng.integers(-128, 127, len(rows)).astype(np.int8)
        data[data >= 0] += 1
    return Csr.from_coo(shape, rows, cols, data)


def random_requantiser(
    rng: np.random.Generator, rows: int, cols: int, *, bits: int, relu: bool
) -> Requantiser:
    """Scales of any size, most of them leaving outputs within the range."""
    return Requantiser(
        row=rng.integers(0, 1 << 16, rows).astype(np.uint16),
        col=rng.integers(0, 1 << 15, cols).astype(np.uint16),
        bias=rng.integers(-(1 << 20), 1 << 20, cols).astype(np.int32),
        shift=int(rng.integers(24, 40)),
        bias_shift=int(rng.integers(0, 18)),
        relu=relu,
        bits=bits,
    )


def random_network(
    seed: int,
    *,
    nodes: int = 40,
    widths: tuple[int, ...] = (30, 10, 5),
    density: float = 0.1,
    feature_values: bool = False,
    edge_values: bool = False,
) -> IntegerNetwork:
    """An integer network of ``widths`` with weights of all of int8."""
    rng = np.random.default_rng(seed)
    layers = [
        IntegerLayer(
            weight=rng.integers(-128, 128, (fan_in, fan_out)).astype(np.int8),
            combine=random_requantiser(rng, nodes, fan_out, bits=8, relu=False),
            aggregate=random_requantiser(
                rng,
                nodes,
                fan_out,
                bits=16 if number == len(widths) - 1 else 8,
                relu=number < len(widths) - 1,
            ),
        )
        for number, (fan_in, fan_out) in enumerate(pairwise(widths), start=1)
    ]
    return IntegerNetwork(
        name=f"random{seed}",
        adjacency=random_csr(
            rng, (nodes, nodes), density=density, values=edge_values, diagonal=True
        ),
        features=random_csr(rng, (nodes, widths[0]), density=density, values=feature_values),
        layers=tuple(layers),
        logit_scale=0.5,
    )


def random_graph(
    seed: int = 0, *, nodes: int = 30, features: int = 12, classes: int = 3, name: str = "random"
) -> Graph:
    """An undirected graph with binary features, labels and a test mask."""
    rng = np.random.default_rng(seed)
    cells = np.triu(rng.random((nodes, nodes)) < 0.1, 1)
    rows, cols = np.nonzero(cells | cells.T)
    x_rows, x_cols = np.nonzero(rng.random((nodes, features)) < 0.3)
    return Graph(
        name=name,
        adjacency=Csr.from_coo((nodes, nodes), rows, cols),
        features=Csr.from_coo((nodes, features), x_rows, x_cols),
        labels=rng.integers(0, classes, nodes),
        num_classes=classes,
        test_mask=np.arange(nodes) % 2 == 0,
    )


def dense_graph(cells: NDArray[np.bool_], features: NDArray[np.floating]) -> Graph:
    """A graph of dense matrices."""
    rows, cols = np.nonzero(features)
    return Graph(
        name="difficult",
        adjacency=Csr.from_coo(cells.shape, *np.nonzero(cells)),
        features=Csr.from_coo(features.shape, rows, cols, features[rows, cols].astype(np.float32)),
    )


def difficult_graph(seed: int, kind: str, nodes: int = 120, width: int = 8) -> Graph:
    """A random graph with one thing about it that 8 bits do not like."""
    rng = np.random.default_rng(seed)
    cells = np.triu(rng.random((nodes, nodes)) < 2 / nodes, 1)
    features = rng.normal(size=(nodes, width)).astype(np.float32)
    if kind == "hub":
        cells[0, 1:] = True
    elif kind == "outlier":
        features[rng.integers(nodes)] *= 10.0 ** rng.uniform(3, 7)
    elif kind == "column":
        features[:, rng.integers(width)] *= 10.0 ** rng.uniform(2, 5)
    elif kind == "tiny":
        features *= np.float32(10.0 ** rng.uniform(-30, -5))
    elif kind == "zeros":
        features[rng.random(nodes) < 0.7] = 0
    elif kind == "any sizes":
        features *= (10.0 ** rng.uniform(-3, 3, (nodes, 1))).astype(np.float32)
    return dense_graph(cells | cells.T, features)


DIFFICULTIES = ("plain", "hub", "outlier", "column", "tiny", "zeros", "any sizes")
"""What `difficult_graph` knows."""


def build(
    network: IntegerNetwork,
    target: Device,
    *,
    ordering: str = "rcm",
    policy: str = "balanced",
    metadata: dict[str, Any] | None = None,
    at_run_time: bool = False,
) -> tuple[ImageBuilder, bytes, NDArray[np.int32]]:
    """Compile an integer network: the builder (its commands), the image, and the node order.

    ``at_run_time``: features are read from the INPUT region, see `input_data`.
    """
    rows = order_graph(network.adjacency, ordering).rows
    columns = order_columns_by_count(network.features)
    if at_run_time:
        columns = np.arange(len(columns), dtype=np.int32)
    placed = permute_network(network, rows, columns)
    mappings = [
        map_operand(
            split(
                operand,
                Grid.for_device(*operand.shape, target),
                policy,
                window_cost(target, binary=operand.data is None),
            ),
            target,
        )
        for operand in (placed.features, placed.adjacency)
    ]
    layout = InputLayout.for_device(*network.features.shape, target)
    left = layout if at_run_time else mappings[0]
    builder, scratch, output = lower(placed, left, mappings[1], target)
    image = builder.finish(
        device_hash=target.hash,
        graph_hash=bytes(range(32)),
        model_hash=bytes(range(32, 64)),
        scratch_lines=scratch,
        output_lines=output,
        input_lines=layout.lines if at_run_time else 0,
        metadata=metadata or {},
        arrays={"rows": rows},
    )
    return builder, image, rows


def input_data(network: IntegerNetwork, rows: NDArray[np.int32], target: Device) -> bytes:
    """The INPUT region that holds the network's own features."""
    layout = InputLayout.for_device(*network.features.shape, target)
    return layout.pack(network.features.to_dense().astype(np.int8)[rows])


def logits(
    output: bytes, network: IntegerNetwork, rows: NDArray[np.int32], target: Device
) -> NDArray[np.int16]:
    """The logits of an output region in the network's node order."""
    ordered = read_output(output, network.num_nodes, network.num_classes, target)
    plain = np.empty_like(ordered)
    plain[rows] = ordered
    return plain
