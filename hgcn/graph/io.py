# SPDX-License-Identifier: Apache-2.0
"""The one door for graph files: the suffix picks the reader."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from hgcn.arguments import as_path
from hgcn.errors import GraphError
from hgcn.graph.edge_list import read_edge_list
from hgcn.graph.file_errors import naming
from hgcn.graph.graph import Graph
from hgcn.graph.matrix_market import read_matrix_market
from hgcn.graph.metis import read_metis
from hgcn.graph.read_npz import read_npz
from hgcn.graph.save_npz import save_npz
from hgcn.printable import printable

__all__ = ["READERS", "read_graph", "save_npz"]

READERS: dict[str, Callable[[Path], Graph]] = {
    ".npz": read_npz,
    ".mtx": read_matrix_market,
    ".graph": read_metis,
    ".txt": read_edge_list,
    ".edges": read_edge_list,
    ".csv": read_edge_list,
    ".tsv": read_edge_list,
}


def read_graph(path: str | os.PathLike[str]) -> Graph:
    """Read a graph file; ``.gz`` may follow the suffix of a text format.

    Edge lists are taken as undirected; MatrixMarket files as their header says; values are
    ignored. The readers themselves, `read_edge_list` and so on, have options for the rest.

    Parameters
    ----------
    path : path
        ``.npz``, ``.mtx`` (MatrixMarket), ``.graph`` (METIS), or ``.txt``, ``.edges``,
        ``.csv``, ``.tsv`` (edge lists).

    Returns
    -------
    Graph

    Raises
    ------
    DatasetError
        If the file is missing, of an unknown suffix, or wrong inside.

    Examples
    --------
    >>> read_graph("graph.xls")
    Traceback (most recent call last):
        ...
    hgcn.errors.DatasetError: graph.xls: no such file
    """
    path = as_path(path, "path")
    with naming(path):
        try:
            status = path.stat()
        except FileNotFoundError:
            raise GraphError("no such file") from None
        if stat.S_ISDIR(status.st_mode):
            raise GraphError("is a folder, want a graph file")
        suffixes = [suffix.lower() for suffix in path.suffixes]
        packed = suffixes[-1:] == [".gz"]
        suffix = "".join(suffixes[-2:-1] if packed else suffixes[-1:])
        reader = READERS.get(suffix)
        if reader is None or (packed and reader is read_npz):
            known = ", ".join(READERS)
            got = printable((suffix + ".gz" if packed else suffix) or "none")
            raise GraphError(f"suffix must be one of {known}, got {got}")
    return reader(path)
