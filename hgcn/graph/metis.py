# SPDX-License-Identifier: Apache-2.0
"""Graphs in the METIS text format."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_flag, as_path
from hgcn.errors import GraphError
from hgcn.graph.edges import from_edges
from hgcn.graph.file_errors import naming
from hgcn.graph.graph import Graph
from hgcn.graph.names import file_stem
from hgcn.graph.number_table import parse_integers
from hgcn.graph.number_text import DataLines, read_text, shown
from hgcn.limits import check_allowed, size_of


def read_metis(path: str | os.PathLike[str], *, weighted: bool = False) -> Graph:
    r"""Read a METIS ``.graph`` file: a header, then the neighbours of each node on its line.

    The graph is undirected: each edge stands, with the same weight, on the lines of both its
    ends. Vertex sizes and vertex weights are skipped.

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
    >>> from pathlib import Path
    >>> file = Path(tempfile.mkdtemp()) / "path.graph"
    >>> _ = file.write_text("3 2\n2\n1 3\n2\n")
    >>> read_metis(file).num_edges
    4
    """
    path = as_path(path, "path")
    weighted = as_flag(weighted, "weighted")
    text = read_text(path)
    with naming(path):
        lines = DataLines(text, comments=b"%", keep_blank=True)
        n, num_edges, skipped, has_weights = _header(lines.first)
        check_allowed("nodes", n, size_of(path))
        if weighted and not has_weights:
            raise GraphError("header announces no edge weights")
        body = _node_lines(lines.body[len(lines.first) + 1 :], n)
        neighbours, counts, weights = _neighbours(body, skipped, has_weights)
        if len(neighbours) != 2 * num_edges:
            raise GraphError(
                f"header says {num_edges} edges, so {2 * num_edges} neighbours; "
                f"the lines hold {len(neighbours)}"
            )
        if neighbours.size and (neighbours.min() < 1 or neighbours.max() > n):
            bad = int(neighbours.min() if neighbours.min() < 1 else neighbours.max())
            raise GraphError(f"neighbours must lie in 1..{n}, got {bad}")
        pairs = np.column_stack((neighbours - 1, np.repeat(np.arange(n), counts)))
        if np.any(loops := pairs[:, 0] == pairs[:, 1]):
            raise GraphError(f"node {pairs[loops][0, 0] + 1} lists itself: METIS has no self-loops")
        _check_both_ends(pairs, weights)
        return from_edges(n, pairs, weights=weights if weighted else None, name=file_stem(path))


def _header(line: bytes) -> tuple[int, int, int, bool]:
    """Return nodes, edges, leading numbers to skip on a node line, and whether edges weigh."""
    words = line.split()
    if not 2 <= len(words) <= 4 or not all(word.isdigit() for word in words):
        raise GraphError(f"header must be nodes, edges, [format, [weights]], got {shown(line)}")
    if any(len(word) > 18 for word in words):
        raise GraphError(f"header holds absurd sizes, got {shown(line)}")
    flags = words[2].zfill(3) if len(words) > 2 else b"000"
    if len(flags) != 3 or set(flags) - set(b"01"):
        raise GraphError(f"header format must be three digits 0 or 1, got {shown(words[2])}")
    sizes, vertices, edges = (flag == ord("1") for flag in flags)
    vertex_weights = (int(words[3]) if len(words) > 3 else 1) if vertices else 0
    return int(words[0]), int(words[1]), int(sizes) + vertex_weights, edges


def _node_lines(body: bytes, n: int) -> bytes:
    """Return exactly ``n`` lines; blank ones beyond them are no nodes."""
    count = body.count(b"\n")
    if count > n:
        kept = len(body.rstrip())
        count = max(n, body.count(b"\n", 0, kept) + 1 if kept else 0)
        ends = np.flatnonzero(np.frombuffer(body, dtype=np.uint8) == ord("\n"))
        body = body[: int(ends[n - 1]) + 1 if n else 0]
    if count != n:
        raise GraphError(f"header says {n} nodes, the file has {count} node lines")
    return body


def _neighbours(
    body: bytes, skipped: int, has_weights: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64] | None]:
    """Return the neighbours of all lines, how many each line has, and their edges' weights."""
    numbers = parse_integers(body)
    counts = _words_per_line(body)
    if counts.sum() != len(numbers):
        # NumPy's parser takes more characters for white space than separate words here.
        raise GraphError("a node line holds a word that is no whole number")
    if counts.size and counts.min() < skipped:
        node = int(counts.argmin()) + 1
        raise GraphError(f"node {node} has {counts.min()} numbers, fewer than its {skipped} sizes")
    if skipped:
        # Its place in the line tells a weight from a neighbour.
        starts = np.cumsum(counts) - counts
        numbers = numbers[np.arange(len(numbers)) - np.repeat(starts, counts) >= skipped]
        counts = counts - skipped
    if not has_weights:
        return numbers, counts, None
    if np.any(counts % 2):
        raise GraphError(
            f"node {int(np.argmax(counts % 2)) + 1} has a neighbour without its edge weight"
        )
    return numbers[::2], counts // 2, numbers[1::2]


def _words_per_line(body: bytes) -> NDArray[np.int64]:
    text = np.frombuffer(body, dtype=np.uint8)
    is_space = np.isin(text, np.frombuffer(b" \t\v\f\n", dtype=np.uint8))
    begins = ~is_space
    begins[1:] &= is_space[:-1]
    ends = np.flatnonzero(text == ord("\n"))
    up_to = np.searchsorted(np.flatnonzero(begins), ends)
    return np.diff(up_to, prepend=0)


def _check_both_ends(pairs: NDArray[np.int64], weights: NDArray[np.int64] | None) -> None:
    """Raise `GraphError` unless every edge stands alike on the lines of both its ends."""
    weigh = np.zeros(len(pairs), dtype=np.int64) if weights is None else weights
    there = np.lexsort((weigh, pairs[:, 1], pairs[:, 0]))
    back = np.lexsort((weigh, pairs[:, 0], pairs[:, 1]))
    same = (pairs[there] == pairs[back][:, ::-1]).all(axis=1) & (weigh[there] == weigh[back])
    if not same.all():
        at = int(same.argmin())
        source, target = min(pairs[there][at].tolist(), pairs[back][at][::-1].tolist())
        raise GraphError(
            f"nodes {source + 1} and {target + 1} do not list each other alike: each edge stands "
            "on the lines of both its ends"
        )
