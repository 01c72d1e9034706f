# SPDX-License-Identifier: Apache-2.0
"""Adjacency matrices in MatrixMarket coordinate files."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from hgcn.errors import GraphError
from hgcn.graph.edges import from_edges
from hgcn.graph.file_errors import check_node_count, naming
from hgcn.graph.graph import Graph
from hgcn.graph.number_text import parse_edges, read_lines

FIELDS = ("pattern", "integer", "real")
SYMMETRIES = ("general", "symmetric")


def read_matrix_market(
    path: str | os.PathLike[str], *, symmetrise: bool = False, weighted: bool = False
) -> Graph:
    r"""Read a square ``matrix coordinate`` file; entry (i, j): node i aggregates from node j.

    A ``symmetric`` file gets its other triangle back. Duplicates are summed, the diagonal holds
    self-loops.

    Parameters
    ----------
    path : path
        Text, or gzip of text.
    symmetrise : bool
        Add the reverse of every entry of a ``general`` file too.
    weighted : bool
        Keep the values as edge weights; by default only the structure counts.

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
    >>> file = Path(tempfile.mkdtemp()) / "pair.mtx"
    >>> head = "%%MatrixMarket matrix coordinate pattern symmetric"
    >>> _ = file.write_text(head + "\n2 2 1\n2 1\n")
    >>> read_matrix_market(file).num_edges
    2
    """
    path = Path(path)
    lines = read_lines(path)
    with naming(path):
        field, symmetry = _banner(lines[0] if lines else "")
        at = 1
        while at < len(lines) and (not lines[at].strip() or lines[at].startswith("%")):
            at += 1
        rows, cols, stated = _sizes(lines[at] if at < len(lines) else "")
        if rows != cols:
            raise GraphError(f"matrix must be square, got {rows} x {cols}")
        check_node_count(rows, path.stat().st_size)
        body = lines[at + 1 :]
        if not all(body):
            body = [line for line in body if line.strip()]
        if len(body) != stated:
            raise GraphError(f"header says {stated} entries, the file holds {len(body)}")
        if weighted and field == "pattern":
            raise GraphError("a pattern matrix holds no weights")
        entries, weights = parse_edges(body, first_line=at + 2, weighted=weighted)
        if weights is not None and not np.all(weights):
            entries, weights = entries[weights != 0], weights[weights != 0]
        if entries.size and (entries.min() < 1 or entries.max() > rows):
            bad = int(entries.min() if entries.min() < 1 else entries.max())
            raise GraphError(f"indices must lie in 1..{rows}, got {bad}")
        name = path.name[:-3] if path.suffix == ".gz" else path.name
        return from_edges(
            rows,
            entries[:, ::-1] - 1,
            symmetrise=symmetrise or symmetry == "symmetric",
            weights=weights,
            name=Path(name).stem,
        )


def _banner(line: str) -> tuple[str, str]:
    words = line.lower().split()
    if len(words) != 5 or words[:2] != ["%%matrixmarket", "matrix"]:
        raise GraphError(f"first line must be a %%MatrixMarket matrix banner, got {line[:60]!r}")
    layout, field, symmetry = words[2:]
    for what, got, wanted in (
        ("layout", layout, ("coordinate",)),
        ("field", field, FIELDS),
        ("symmetry", symmetry, SYMMETRIES),
    ):
        if got not in wanted:
            raise GraphError(f"MatrixMarket {what} must be {' or '.join(wanted)}, got {got!r}")
    return field, symmetry


def _sizes(line: str) -> tuple[int, int, int]:
    words = line.split()
    if len(words) != 3 or not all(word.isdecimal() for word in words):
        raise GraphError(f"size line must hold rows, columns and entries, got {line[:60]!r}")
    if any(len(word) > 18 for word in words):
        raise GraphError(f"size line holds absurd sizes, got {line[:60]!r}")
    rows, cols, stated = map(int, words)
    return rows, cols, stated
