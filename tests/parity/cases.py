# SPDX-License-Identifier: Apache-2.0
"""Every combination of what changes the answer of a GCNConv, and of what an edge list can hold.

Nothing here imports NumPy, PyTorch or hgcn, and numbers come from `random.random` alone, which is
the same in every version of Python: the recorded answers stay those of these very inputs.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
from dataclasses import asdict, dataclass

SEED = 20
NODES, WIDTH, HIDDEN, CLASSES = 8, 5, 4, 3
ISOLATED = (6, 7)
STEP = 64
"""All numbers are whole multiples of 1 / STEP: exact in float32, so that no input is rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The arguments of a `GCNConv`."""

    normalize: bool
    add_self_loops: bool
    improved: bool
    bias: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """What an edge list is like.

    Attributes
    ----------
    weights : "none", "positive" or "zero"
        ``zero``: some of them are 0, of edges and of self-loops.
    loops : "none", "one" or "several"
        Self-loops of some nodes.
    parallel, directed, isolated : bool
    """

    weights: str
    loops: str
    parallel: bool
    directed: bool
    isolated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Two layers with something between, on features that may be normalised first."""

    layer: Layer
    activation: str
    feature_norm: str


LAYERS = tuple(
    Layer(normalize=normalize, add_self_loops=loops, improved=improved, bias=bias)
    for (normalize, loops, improved), bias in itertools.product(
        (
            (True, True, False),
            (True, True, True),
            (True, False, False),
            (True, False, True),
            (False, False, False),
        ),
        (True, False),
    )
)
EDGES = tuple(
    Edges(weights=weights, loops=loops, parallel=parallel, directed=directed, isolated=isolated)
    for weights, loops, parallel, directed, isolated in itertools.product(
        ("none", "positive", "zero"), ("none", "one", "several"), *((False, True),) * 3
    )
)
NETWORKS = tuple(
    Network(layer=layer, activation=activation, feature_norm=norm)
    for layer, activation, norm in itertools.product(LAYERS[::4], ("relu", "none"), ("none", "pyg"))
)

Matrix = list[list[float]]


def edge_list(edges: Edges) -> tuple[list[tuple[int, int]], list[float] | None]:
    """Return (source, target) pairs in no order, and their weights."""
    draw = random.Random(f"{SEED} {edges}")
    nodes = NODES - len(ISOLATED) if edges.isolated else NODES
    pairs = sorted({(_below(draw, nodes), _below(draw, nodes)) for _ in range(24)})
    pairs = [(s, t) for s, t in pairs if s != t] + [(0, nodes - 1)]
    weighted = [(s, t, _number(draw, 0.25, 2.0)) for s, t in dict.fromkeys(pairs)]
    if edges.weights == "zero":
        weighted = [(s, t, 0.0 if t == 1 or draw.random() < 0.2 else w) for s, t, w in weighted]
    if edges.parallel:
        weighted += [(s, t, _number(draw, 0.25, 2.0)) for s, t, _ in weighted[::3] * 2]
    if not edges.directed:
        weighted = [(s, t, w) for s, t, w in weighted if s < t]
        weighted += [(t, s, w) for s, t, w in weighted]
    counts = {"none": {}, "one": {0: 1, 1: 1, 2: 1}, "several": {0: 2, 1: 1, 2: 3}}[edges.loops]
    for node, count in counts.items():
        zero = edges.weights == "zero" and node == 1
        weighted += [(node, node, 0.0 if zero else _number(draw, 0.25, 4.0)) for _ in range(count)]
    weighted = [edge for _, edge in sorted((draw.random(), edge) for edge in weighted)]
    weights = None if edges.weights == "none" else [weight for *_, weight in weighted]
    return [(s, t) for s, t, _ in weighted], weights


def features() -> Matrix:
    """Return the features: some negative, no row of one sum, one row all zero."""
    rows = _matrix("features", NODES, WIDTH, 4.0)
    return [row if place != 3 else [0.0] * WIDTH for place, row in enumerate(rows)]


def weights(number: int) -> tuple[Matrix, list[float]]:
    """Return weight [in, out] and bias of a layer: 0 is the one that stands alone."""
    fan_in, fan_out = ((WIDTH, CLASSES), (WIDTH, HIDDEN), (HIDDEN, CLASSES))[number]
    matrix = _matrix(f"weight {number}", fan_in, fan_out, 1.0)
    return matrix, _matrix(f"bias {number}", 1, fan_out, 1.0)[0]


def digest() -> str:
    """SHA-256 of everything above: a record of other inputs is no record."""
    parts = [
        [asdict(case) for group in (LAYERS, EDGES, NETWORKS) for case in group],
        [edge_list(edges) for edges in EDGES],
        features(),
        [weights(number) for number in range(3)],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _below(draw: random.Random, end: int) -> int:
    return int(draw.random() * end)


def _number(draw: random.Random, low: float, high: float) -> float:
    return round((low + draw.random() * (high - low)) * STEP) / STEP


def _matrix(name: str, rows: int, columns: int, top: float) -> Matrix:
    draw = random.Random(f"{SEED} {name}")
    return [[_number(draw, -top, top) for _ in range(columns)] for _ in range(rows)]
