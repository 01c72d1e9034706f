# SPDX-License-Identifier: Apache-2.0
"""Edge lists in text files: one edge per line, gzip or not."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np

from hgcn.arguments import as_flag, as_path
from hgcn.errors import GraphError
from hgcn.graph.edge_columns import EdgeColumns, find_columns, find_separator
from hgcn.graph.edges import from_edges
from hgcn.graph.file_errors import naming
from hgcn.graph.graph import Graph
from hgcn.graph.names import file_stem
from hgcn.graph.number_table import parse_table
from hgcn.graph.number_text import DataLines, read_text
from hgcn.limits import check_allowed, size_of

# Two lines are looked at to find the columns; no header is longer.
MAX_HEADER_BYTES = 64 * 1024


def read_edge_list(
    path: str | os.PathLike[str],
    *,
    symmetrise: bool = True,
    weighted: bool = False,
    relabel: bool = False,
) -> Graph:
    r"""Read a text file of lines "source target [weight]".

    Fields are separated by white space, commas or semicolons; lines that start with ``#`` or
    ``%`` are comments. A first line without any number is a header: its names say which columns
    are read (`hgcn.graph.edge_columns`). Node numbers start at 0 and the largest one sets the
    number of nodes.

    Parameters
    ----------
    path : path
        Text, or gzip of text.
    symmetrise : bool
        Add the reverse of every edge: most lists name an undirected edge once.
    weighted : bool
        Keep edge weights: the column the header names ``weight``, without a header the third.
    relabel : bool
        Number only the nodes that have an edge, in rising order of their numbers in the file.

    Returns
    -------
    Graph
        Its notes say what was skipped or taken for granted.

    Raises
    ------
    DatasetError
        Naming the file and the line.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> file = Path(tempfile.mkdtemp()) / "triangle.txt"
    >>> _ = file.write_text("# a triangle\n0 1\n1 2\n2 0\n")
    >>> read_edge_list(file).num_edges
    6
    """
    path = as_path(path, "path")
    symmetrise = as_flag(symmetrise, "symmetrise")
    weighted = as_flag(weighted, "weighted")
    relabel = as_flag(relabel, "relabel")
    text = read_text(path)
    with naming(path):
        lines = DataLines(text, comments=b"#%")
        if not lines.count:
            raise GraphError("holds no edges")
        start = lines.body[:MAX_HEADER_BYTES].decode("utf-8", "replace").split("\n")
        separator = find_separator(start[0])
        columns = find_columns(start[0], start[1] if len(start) > 1 else "", separator)
        if lines.count <= columns.skip:
            raise GraphError("holds no edges")
        table = parse_table(
            lines,
            _places(columns, weighted),
            skip=columns.skip,
            separator=separator,
            width=columns.width,
            quotes=True,
        )
        pairs = np.column_stack((table["source"], table["target"]))
        low = int(pairs.min())
        if low < 0:
            raise GraphError(f"node numbers must be at least 0, got {low}")
        notes = list(columns.notes)
        if not weighted and columns.weight is not None:
            notes.append("Weights are left out: weighted=True keeps them.")
        if relabel:
            nodes, flat = np.unique(pairs, return_inverse=True)
            num_nodes, pairs = len(nodes), flat.reshape(pairs.shape)
            notes.append("Nodes are numbered in rising order of their numbers in the file.")
        else:
            num_nodes = int(pairs.max()) + 1
            check_allowed("nodes", num_nodes, size_of(path))
            if low:
                notes.append(f"No edge names the nodes below {low}: they stand alone.")
        graph = from_edges(
            num_nodes,
            pairs,
            symmetrise=symmetrise,
            weights=table["weight"] if weighted else None,
            name=file_stem(path),
        )
        return replace(graph, notes=(*notes, *graph.notes))


def _places(columns: EdgeColumns, weighted: bool) -> dict[str, tuple[int, type[np.generic]]]:
    places: dict[str, tuple[int, type[np.generic]]] = {
        "source": (columns.source, np.int64),
        "target": (columns.target, np.int64),
    }
    if weighted:
        if columns.weight is None:
            raise GraphError("no column holds weights: want a third, or one named weight")
        places["weight"] = (columns.weight, np.float64)
    return places
