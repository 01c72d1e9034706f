# SPDX-License-Identifier: Apache-2.0
"""Graphs in the METIS text format."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.edges import merge_edges
from hgcn.graph.file_errors import check_node_count, naming
from hgcn.graph.graph import Graph
from hgcn.graph.number_text import read_lines


def read_metis(path: str | os.PathLike[str], *, weighted: bool = False) -> Graph:
    r"""Read a METIS ``.graph`` file: a header, then the neighbours of each node on its line.

    The graph is undirected: each edge stands on the lines of both its ends. Vertex sizes and
    vertex weights are skipped.

    Parameters
    ----------
    path : path
        Text, or gzip of text.
    weighted : bool
        Keep the edge weights, which the header then must announce.

    Returns
    -------
    Graph

    Raises
    ------
    DatasetError
        Naming the file and what is wrong in it.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "path.graph"
    >>> _ = file.write_text("3 2\n2\n1 3\n2\n")
    >>> read_metis(file).num_edges
    4
    """
    path = Path(path)
    lines = [line for line in read_lines(path) if not line.lstrip().startswith("%")]
    with naming(path):
        num_nodes, num_edges, skipped, has_weights = _header(lines[0] if lines else "")
        check_node_count(num_nodes, path.stat().st_size)
        if weighted and not has_weights:
            raise GraphError("header announces no edge weights")
        body = lines[1:]
        while len(body) > num_nodes and not body[-1].strip():
            body.pop()
        if len(body) != num_nodes:
            raise GraphError(f"header says {num_nodes} nodes, the file has {len(body)} node lines")
        values, counts = _numbers(body, skipped)
        stride = 2 if has_weights else 1
        if np.any(counts % stride):
            line = int(np.argmax(counts % stride))
            raise GraphError(f"node {line + 1} has a neighbour without its edge weight")
        neighbours, counts = values[::stride], counts // stride
        if len(neighbours) != 2 * num_edges:
            raise GraphError(
                f"header says {num_edges} edges, so {2 * num_edges} neighbours; "
                f"the lines hold {len(neighbours)}"
            )
        if neighbours.size and (neighbours.min() < 1 or neighbours.max() > num_nodes):
            bad = int(neighbours.min() if neighbours.min() < 1 else neighbours.max())
            raise GraphError(f"neighbours must lie in 1..{num_nodes}, got {bad}")
        merged = merge_edges(
            num_nodes,
            sources=neighbours - 1,
            targets=np.repeat(np.arange(num_nodes), counts),
            weights=values[1::2] if weighted else None,
            symmetrise=True,
        )
        name = path.name[:-3] if path.suffix == ".gz" else path.name
        return Graph(
            name=Path(name).stem,
            adjacency=merged.adjacency,
            weights_are_counts=merged.counted,
            notes=merged.notes,
        )


def _header(line: str) -> tuple[int, int, int, bool]:
    """Return nodes, edges, leading numbers to skip on a node line, and whether edges weigh."""
    words = line.split()
    if not 2 <= len(words) <= 4 or not all(word.isdecimal() for word in words):
        raise GraphError(f"header must be nodes, edges, [format, [weights]], got {line[:60]!r}")
    if any(len(word) > 18 for word in words):
        raise GraphError(f"header holds absurd sizes, got {line[:60]!r}")
    flags = words[2].zfill(3) if len(words) > 2 else "000"
    if len(flags) != 3 or set(flags) - {"0", "1"}:
        raise GraphError(f"header format must be three digits 0 or 1, got {words[2]!r}")
    vertex_weights = (int(words[3]) if len(words) > 3 else 1) if flags[1] == "1" else 0
    return int(words[0]), int(words[1]), int(flags[0]) + vertex_weights, flags[2] == "1"


def _numbers(body: Sequence[str], skipped: int) -> tuple[NDArray[np.int64], NDArray[Any]]:
    rows = [line.split()[skipped:] for line in body]
    counts = np.array([len(row) for row in rows], dtype=np.int64)
    try:
        values = np.array([int(word) for row in rows for word in row], dtype=np.int64)
    except (ValueError, OverflowError) as error:
        raise GraphError(f"node lines must hold whole numbers: {error}") from error
    return values, counts
