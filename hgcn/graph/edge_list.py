# SPDX-License-Identifier: Apache-2.0
"""Edge lists in text files: one edge per line, gzip or not."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from hgcn.errors import GraphError
from hgcn.graph.edges import from_edges
from hgcn.graph.file_errors import check_node_count, naming
from hgcn.graph.graph import Graph
from hgcn.graph.number_text import parse_edges, read_lines


def read_edge_list(
    path: str | os.PathLike[str],
    *,
    symmetrise: bool = True,
    weighted: bool = False,
    relabel: bool = False,
) -> Graph:
    r"""Read a text file of lines "source target [weight]".

    Fields are separated by white space, commas or semicolons; lines that start with ``#`` or
    ``%`` are comments; a first line without any number is a header and is skipped. Node numbers
    start at 0 and the largest one sets the number of nodes.

    Parameters
    ----------
    path : path
        Text, or gzip of text.
    symmetrise : bool
        Add the reverse of every edge: most lists name an undirected edge once.
    weighted : bool
        Keep the third column as edge weight.
    relabel : bool
        Number only the nodes that have an edge, in rising order of their numbers in the file.

    Returns
    -------
    Graph

    Raises
    ------
    DatasetError
        Naming the file and the line.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "triangle.txt"
    >>> _ = file.write_text("# a triangle\n0 1\n1 2\n2 0\n")
    >>> read_edge_list(file).num_edges
    6
    """
    path = Path(path)
    lines = read_lines(path)
    with naming(path):
        start = 0
        while start < len(lines) and _is_blank(lines[start]):
            start += 1
        body = lines[start:]
        separator = next((mark for mark in ",;" if body and mark in body[0]), None)
        if body and not any(_is_number(field) for field in body[0].split(separator)):
            start, body = start + 1, body[1:]
        if any(_is_blank(line) for line in body):
            body = [line for line in body if not _is_blank(line)]
        if not body:
            raise GraphError("holds no edges")
        pairs, weights = parse_edges(
            body, first_line=start + 1, weighted=weighted, separator=separator
        )
        if pairs.min() < 0:
            raise GraphError(f"node numbers must be at least 0, got {pairs.min()}")
        if relabel:
            nodes, flat = np.unique(pairs, return_inverse=True)
            num_nodes, pairs = len(nodes), flat.reshape(pairs.shape)
        else:
            num_nodes = int(pairs.max()) + 1
        check_node_count(num_nodes, path.stat().st_size)
        name = path.name[:-3] if path.suffix == ".gz" else path.name
        return from_edges(
            num_nodes, pairs, symmetrise=symmetrise, weights=weights, name=Path(name).stem
        )


def _is_blank(line: str) -> bool:
    stripped = line.strip()
    return not stripped or stripped[0] in "#%"


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
