# SPDX-License-Identifier: Apache-2.0
"""Random undirected graphs with an exact number of edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_generator, as_real, as_whole
from hgcn.errors import GraphError, require
from hgcn.graph.edges import from_edges
from hgcn.graph.foreign_arrays import MAX_SIZE
from hgcn.graph.graph import Graph
from hgcn.graph.powers import powers

# Rounds of drawing before a skewed distribution is taken to have no further distinct edges.
MAX_ROUNDS = 200

Ids = NDArray[np.int64]


def erdos_renyi(
    num_nodes: int,
    num_edges: int,
    *,
    rng: np.random.Generator | int,
    name: str = "erdos_renyi",
) -> Graph:
    """Draw a graph uniformly among those with the given nodes and undirected edges.

    Parameters
    ----------
    num_nodes : int
    num_edges : int
        Undirected edges; the adjacency holds two entries for each.
    rng : Generator or int
        A seed makes a new generator.
    name : str

    Returns
    -------
    Graph

    Raises
    ------
    SpecError
        If there are fewer pairs of nodes than edges.

    Notes
    -----
    Time and memory O(m log m); above half of all pairs, O(n**2).

    Examples
    --------
    >>> erdos_renyi(100, 300, rng=0).num_edges
    600
    """
    num_nodes, num_edges, pairs = _checked_sizes(num_nodes, num_edges)
    generator = as_generator(rng)
    if 2 * num_edges > pairs:
        picked = generator.permutation(pairs)[:num_edges]
        # Pair (i, j), i < j, has number j (j - 1) / 2 + i.
        high = ((1 + np.sqrt(1.0 + 8.0 * picked)) // 2).astype(np.int64)
        high -= high * (high - 1) // 2 > picked
        high += (high + 1) * high // 2 <= picked
        low = picked - high * (high - 1) // 2
        return _graph(num_nodes, low, high, name)

    def draw(count: int) -> tuple[Ids, Ids]:
        return generator.integers(num_nodes, size=count), generator.integers(num_nodes, size=count)

    return _graph(num_nodes, *_distinct(draw, num_nodes, num_edges), name)


def power_law(
    num_nodes: int,
    num_edges: int,
    *,
    exponent: float = 2.5,
    rng: np.random.Generator | int,
    name: str = "power_law",
) -> Graph:
    """Draw a graph whose degrees follow a power law, by the model of Chung and Lu.

    Node i is an end of an edge with probability proportional to (i + 1)**(-1 / (exponent - 1)):
    node 0 has the most neighbours.

    Parameters
    ----------
    num_nodes : int
    num_edges : int
        Undirected edges.
    exponent : float
        Of the degree distribution; citation and social graphs have 2 to 3.
    rng : Generator or int
    name : str

    Returns
    -------
    Graph

    Raises
    ------
    SpecError
        If the exponent is not above 1, or there are fewer pairs of nodes than edges.
    GraphError
        If the distribution is too skewed for so many distinct edges.

    Examples
    --------
    >>> graph = power_law(1000, 3000, rng=0)
    >>> graph.num_edges, int(np.argmax(np.diff(graph.adjacency.indptr))) < 10
    (6000, True)
    """
    exponent = as_real(exponent, "exponent", "above 1", lambda number: number > 1)
    num_nodes, num_edges, _ = _checked_sizes(num_nodes, num_edges)
    generator = as_generator(rng)
    share = powers(np.arange(1, num_nodes + 1, dtype=np.float64), -1.0 / (exponent - 1.0))
    upto = np.cumsum(share)
    upto /= upto[-1]

    def draw(count: int) -> tuple[Ids, Ids]:
        ends = np.searchsorted(upto, generator.random((2, count)), side="right")
        return ends[0], ends[1]

    return _graph(num_nodes, *_distinct(draw, num_nodes, num_edges), name)


def rmat(
    num_nodes: int,
    num_edges: int,
    *,
    quadrants: tuple[float, float, float, float] = (0.57, 0.19, 0.19, 0.05),
    rng: np.random.Generator | int,
    name: str = "rmat",
) -> Graph:
    """Draw a graph by the recursive matrix model (R-MAT) of the Graph500 benchmark.

    Parameters
    ----------
    num_nodes : int
        Any number; edges that fall outside it in the next power of two are drawn again.
    num_edges : int
        Undirected edges.
    quadrants : tuple of four float
        Shares of the upper left, upper right, lower left and lower right quarter.
    rng : Generator or int
    name : str

    Returns
    -------
    Graph

    Raises
    ------
    SpecError
        If the shares are negative or do not sum to one, or there are too many edges.
    GraphError
        If the distribution is too skewed for so many distinct edges.

    Examples
    --------
    >>> rmat(1000, 3000, rng=0).num_edges
    6000
    """
    _check_quadrants(quadrants)
    num_nodes, num_edges, _ = _checked_sizes(num_nodes, num_edges)
    generator = as_generator(rng)
    levels = max(num_nodes - 1, 1).bit_length()
    bounds = np.cumsum(quadrants)[:3]

    def draw(count: int) -> tuple[Ids, Ids]:
        row, col = np.zeros((2, count), dtype=np.int64)
        for _ in range(levels):
            quarter = np.searchsorted(bounds, generator.random(count), side="right")
            row = 2 * row + (quarter >> 1)
            col = 2 * col + (quarter & 1)
        inside = (row < num_nodes) & (col < num_nodes)
        return row[inside], col[inside]

    return _graph(num_nodes, *_distinct(draw, num_nodes, num_edges), name)


def _checked_sizes(num_nodes: int, num_edges: int) -> tuple[int, int, int]:
    """Return nodes, edges and the number of node pairs."""
    num_nodes = as_whole(num_nodes, "num_nodes", least=1, most=MAX_SIZE)
    pairs = num_nodes * (num_nodes - 1) // 2
    return num_nodes, as_whole(num_edges, "num_edges", most=pairs), pairs


def _check_quadrants(quadrants: object) -> None:
    valid = False
    if isinstance(quadrants, (tuple, list)) and all(isinstance(share, Real) for share in quadrants):
        valid = len(quadrants) == 4 and min(quadrants) >= 0 and abs(sum(quadrants) - 1) < 1e-9
    require(valid, "quadrants", quadrants, "four shares that sum to 1")


def _distinct(
    draw: Callable[[int], tuple[Ids, Ids]], num_nodes: int, num_edges: int
) -> tuple[Ids, Ids]:
    """Draw ends until ``num_edges`` distinct edges are there; the earliest drawn stay."""
    keys: Ids = np.empty(0, dtype=np.int64)
    for _ in range(MAX_ROUNDS):
        if len(keys) >= num_edges:
            break
        first, second = draw((num_edges - len(keys)) * 5 // 4 + 16)
        low, high = np.minimum(first, second), np.maximum(first, second)
        fresh = (high * num_nodes + low)[low != high]
        keys = np.concatenate((keys, fresh))
        _, at = np.unique(keys, return_index=True)
        keys = keys[np.sort(at)]
    if len(keys) < num_edges:
        raise GraphError(
            f"the distribution gave only {len(keys)} distinct edges of {num_edges} wanted"
        )
    high, low = np.divmod(keys[:num_edges], num_nodes)
    return low, high


def _graph(num_nodes: int, low: NDArray[Any], high: NDArray[Any], name: str) -> Graph:
    graph = from_edges(num_nodes, np.column_stack((low, high)), symmetrise=True, name=name)
    return replace(graph, notes=())  # Each edge is drawn once and meant for both directions.
