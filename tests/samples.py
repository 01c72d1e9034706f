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
from hgcn.cycles.cost import TileCost
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.isa.image import ImageBuilder
from hgcn.isa.input_layout import InputLayout
from hgcn.isa.output import read_output
from hgcn.lowering.lower import lower
from hgcn.mapping.map import map_operand
from hgcn.mapping.mapped import Mapping
from hgcn.ordering.network import order_network_columns, permute_network
from hgcn.ordering.registry import order_graph
from hgcn.partition.split import Grid
from hgcn.partition.splitter import split
from hgcn.reference.job import Job, Left, Named, Right, Rows, Stack, stack_stride
from hgcn.reference.network import IntegerNetwork
from hgcn.reference.requantise import Requantiser

TINY = device("tiny")

DEVICES: dict[str, Device] = {
    # Tiles of 64 rows and columns: graphs of a few hundred nodes have many of both.
    "tiles": replace(TINY, name="tiles", slots=16, tile_rows=64, store_rows=64),
    # The smallest stores there are: every right operand goes through both in turn.
    "stores": replace(TINY, name="stores", slots=16, tile_rows=32, store_rows=16, drain_rows=1),
    "one-lane": replace(TINY, name="one-lane", lanes=1, gather_rows=1, tile_rows=128, drain_rows=1),
    "tall": replace(
        TINY,
        name="tall",
        axi_bytes=16,
        features=16,
        banks=64,
        block_rows=32,
        array_rows=3,
        array_cols=1,
        tile_rows=64,
        drain_rows=4,
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
        array_rows=1,
        array_cols=4,
        tile_rows=128,
        drain_rows=16,
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
    jobs: list[Job] = []
    given: Left = Named("features")
    for number, (fan_in, fan_out) in enumerate(pairwise(widths), start=1):
        last = number == len(widths) - 1
        products, outputs = f"combination {number}", f"aggregation {number}"
        jobs += [
            Job(
                name=products,
                layer=number,
                left=given,
                right=rng.integers(-128, 128, (fan_in, fan_out)).astype(np.int8),
                epilogue=random_requantiser(rng, nodes, fan_out, bits=8, relu=False),
            ),
            Job(
                name=outputs,
                layer=number,
                left=Named("adjacency"),
                right=Rows(products),
                epilogue=random_requantiser(
                    rng, nodes, fan_out, bits=16 if last else 8, relu=not last
                ),
            ),
        ]
        given = Rows(outputs)
    # Drawn in this order.
    adjacency = random_csr(rng, (nodes, nodes), density=density, values=edge_values, diagonal=True)
    features = random_csr(rng, (nodes, widths[0]), density=density, values=feature_values)
    return IntegerNetwork(
        name=f"random{seed}",
        operands={"features": features, "adjacency": adjacency},
        jobs=tuple(jobs),
        logit_scale=0.5,
    )


def random_jobs(seed: int, *, nodes: int = 40, widest: int = 29) -> IntegerNetwork:
    """An integer network of products in any order that the hardware can do."""
    rng = np.random.default_rng(seed)
    operands = {
        name: random_csr(rng, (nodes, nodes), density=0.1, values=bool(rng.integers(2)))
        for name in ("first", "second")
    }
    operands["both"] = stacked_csr(rng, nodes, values=bool(rng.integers(2)))
    width = int(rng.integers(1, 30))
    operands["features"] = random_csr(rng, (nodes, width), density=0.2, values=True)
    jobs: list[Job] = []
    count = int(rng.integers(1, 8))
    for number in range(count):
        bits = 16 if number == count - 1 else 8
        left: Left = Named("features") if not jobs else Rows(jobs[-1].name)
        depth = width if not jobs else jobs[-1].columns
        columns = int(rng.integers(1, widest + 1))
        right: Right = rng.integers(-128, 128, (depth, columns)).astype(np.int8)
        if jobs and rng.random() < 0.6:
            left, right = Named(str(rng.choice(["first", "second"]))), Rows(jobs[-1].name)
            columns = depth
        alike = len(jobs) > 1 and jobs[-2].columns == jobs[-1].columns
        if alike and rng.random() < 0.5:
            left, right = Named("both"), Stack((jobs[-2].name, jobs[-1].name))
            columns = depth
        scales = random_requantiser(rng, nodes, columns, bits=bits, relu=bool(rng.integers(2)))
        name = f"job {number}"
        jobs.append(Job(name=name, layer=1, left=left, right=right, epilogue=scales))
    read = {job.left.name for job in jobs if isinstance(job.left, Named)}
    return IntegerNetwork(
        name=f"jobs{seed}",
        operands={name: operand for name, operand in operands.items() if name in read},
        jobs=tuple(jobs),
        logit_scale=0.5,
    )


def stacked_csr(rng: np.random.Generator, nodes: int, *, values: bool) -> Csr:
    """A left operand of the stacked rows of two jobs."""
    parts = [random_csr(rng, (nodes, nodes), density=0.1, values=True) for _ in range(2)]
    starts = (0, stack_stride(nodes))
    return Csr.from_coo(
        (nodes, 2 * starts[1]),
        np.concatenate([part.row_ids() for part in parts]),
        np.concatenate([part.indices + start for part, start in zip(parts, starts, strict=True)]),
        np.concatenate([part.data for part in parts]) if values else None,  # type: ignore[arg-type]
    )


def summed_network(nodes: int, seed: int = 0) -> IntegerNetwork:
    """``A ([P; R] summed as another operand says)``: two products of the features, stacked."""
    rng = np.random.default_rng(seed)
    operands = {
        "adjacency": random_csr(rng, (nodes, nodes), density=0.1, values=False),
        "both": stacked_csr(rng, nodes, values=True),
        "features": random_csr(rng, (nodes, 9), density=0.3, values=True),
    }
    products: list[tuple[str, Left, Right]] = [
        (name, Named("features"), rng.integers(-128, 128, (9, 5)).astype(np.int8))
        for name in ("P", "R")
    ]
    sums: list[tuple[str, Left, Right]] = [
        ("S", Named("both"), Stack(("P", "R"))),
        ("Z", Named("adjacency"), Rows("S")),
    ]
    jobs = tuple(
        Job(
            name=name,
            layer=1,
            left=left,
            right=right,
            epilogue=random_requantiser(rng, nodes, 5, bits=16 if name == "Z" else 8, relu=False),
        )
        for name, left, right in products + sums
    )
    return IntegerNetwork(name="summed", operands=operands, jobs=jobs, logit_scale=0.5)


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
    if at_run_time:
        network = replace(network, handed_in="features")
    rows = order_graph(network.structure, ordering).rows
    placed = permute_network(network, rows, order_network_columns(network))
    operands: dict[str, Mapping | InputLayout] = {}
    for name, operand in placed.operands.items():
        layout = InputLayout.for_device(*operand.shape, target)
        if name == network.handed_in:
            operands[name] = layout
            continue
        grid = Grid.for_device(*operand.shape, target)
        cost = TileCost(device=target, grid=grid, binary=operand.data is None)
        operands[name] = map_operand(split(operand, grid, policy, cost), target)
    lines = sum(each.lines for each in operands.values() if isinstance(each, InputLayout))
    builder, scratch, output = lower(placed, operands, target)
    image = builder.finish(
        device_hash=target.hash,
        graph_hash=bytes(range(32)),
        model_hash=bytes(range(32, 64)),
        scratch_lines=scratch,
        output_lines=output,
        input_lines=lines,
        metadata=metadata or {},
        arrays={"rows": rows},
    )
    return builder, image, rows


def input_data(network: IntegerNetwork, rows: NDArray[np.int32], target: Device) -> bytes:
    """The INPUT region that holds the network's own features."""
    features = network.operands["features"]
    layout = InputLayout.for_device(*features.shape, target)
    return layout.pack(features.to_dense().astype(np.int8)[rows])


def logits(
    output: bytes, network: IntegerNetwork, rows: NDArray[np.int32], target: Device
) -> NDArray[np.int16]:
    """The logits of an output region in the network's node order."""
    ordered = read_output(output, network.num_nodes, network.num_classes, target)
    plain = np.empty_like(ordered)
    plain[rows] = ordered
    return plain
