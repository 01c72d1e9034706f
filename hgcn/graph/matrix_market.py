# SPDX-License-Identifier: Apache-2.0
"""Adjacency matrices in MatrixMarket files."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from hgcn.arguments import as_flag, as_path
from hgcn.errors import GraphError
from hgcn.graph.edges import from_edges
from hgcn.graph.file_errors import naming
from hgcn.graph.graph import Graph
from hgcn.graph.names import file_stem
from hgcn.graph.number_table import parse_table
from hgcn.graph.number_text import DataLines, read_text, shown
from hgcn.graph.scipy_sparse import from_scipy
from hgcn.limits import check_allowed, size_of

LAYOUTS = ("coordinate", "array")
FIELDS: dict[str, type[np.generic] | None] = {
    "pattern": None,
    "integer": np.int64,
    "unsigned-integer": np.uint64,
    "real": np.float64,
    "double": np.float64,
}
# What the other triangle holds, as a multiple of the one in the file; nothing if None.
SYMMETRIES = {"general": None, "symmetric": 1, "hermitian": 1, "skew-symmetric": -1}


def read_matrix_market(
    path: str | os.PathLike[str], *, symmetrise: bool = False, weighted: bool = False
) -> Graph:
    r"""Read a square matrix; entry (i, j): node i aggregates from node j.

    Both layouts, ``coordinate`` and ``array``, and every symmetry are read as `scipy.io.mmread`
    does; a file with symmetry gets its other triangle back. Entries named twice are added up (of a
    ``pattern``, they count as parallel edges), zeros are no edges, the diagonal holds self-loops.
    Complex matrices are refused.

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
    >>> from pathlib import Path
    >>> file = Path(tempfile.mkdtemp()) / "pair.mtx"
    >>> head = "%%MatrixMarket matrix coordinate pattern symmetric"
    >>> _ = file.write_text(head + "\n2 2 1\n2 1\n")
    >>> read_matrix_market(file).num_edges
    2
    """
    path = as_path(path, "path")
    symmetrise = as_flag(symmetrise, "symmetrise")
    weighted = as_flag(weighted, "weighted")
    text = read_text(path)
    with naming(path):
        banner, _, rest = text.partition(b"\n")
        layout, field, symmetry = _banner(banner)
        if weighted and field == "pattern":
            raise GraphError("a pattern matrix holds no weights")
        lines = DataLines(rest, comments=b"%", first_line=2)
        n, stated = _sizes(lines.first, layout, symmetry)
        check_allowed("nodes", n, size_of(path))
        if lines.count - 1 != stated:
            raise GraphError(f"header says {stated} entries, the file holds {lines.count - 1}")
        read = _coordinates if layout == "coordinate" else _array
        rows, cols, values = read(lines, n, FIELDS[field], symmetry)
        mirror = SYMMETRIES[symmetry]
        if mirror is not None:
            other = rows != cols
            rows, cols = np.append(rows, cols[other]), np.append(cols, rows[other])
            values = np.append(values, mirror * values[other])
        name = file_stem(path)
        if field == "pattern":
            return from_edges(n, np.column_stack((cols, rows)), symmetrise=symmetrise, name=name)
        return from_scipy(
            scipy.sparse.coo_matrix((values, (rows, cols)), shape=(n, n)),
            symmetrise=symmetrise,
            weighted=weighted,
            name=name,
        )


def _banner(line: bytes) -> tuple[str, str, str]:
    words = line.decode("latin1").lower().split()
    if len(words) != 5 or words[:2] != ["%%matrixmarket", "matrix"]:
        raise GraphError(f"first line must be a %%MatrixMarket matrix banner, got {shown(line)}")
    layout, field, symmetry = words[2:]
    for what, got, wanted in (
        ("layout", layout, LAYOUTS),
        ("field", field, FIELDS if layout == "coordinate" else [*FIELDS][1:]),
        ("symmetry", symmetry, SYMMETRIES),
    ):
        if got not in wanted:
            raise GraphError(
                f"MatrixMarket {what} must be {' or '.join(wanted)}, got {shown(got.encode())}"
            )
    if symmetry == "skew-symmetric" and field in ("pattern", "unsigned-integer"):
        raise GraphError(f"MatrixMarket field {field} has no signs and cannot be skew-symmetric")
    return layout, field, symmetry


def _sizes(line: bytes, layout: str, symmetry: str) -> tuple[int, int]:
    """Return the number of nodes and that of the lines of entries."""
    words = line.split()
    wanted = ("rows", "columns", "entries")[: 3 if layout == "coordinate" else 2]
    if len(words) != len(wanted) or not all(word.isdigit() for word in words):
        raise GraphError(f"size line must hold {', '.join(wanted)}, got {shown(line)}")
    if any(len(word) > 18 for word in words):
        raise GraphError(f"size line holds absurd sizes, got {shown(line)}")
    rows, cols = int(words[0]), int(words[1])
    if rows != cols:
        raise GraphError(f"matrix must be square, got {rows} x {cols}")
    if layout == "coordinate":
        return rows, int(words[2])
    return rows, {
        "general": rows * rows,
        "skew-symmetric": rows * (rows - 1) // 2,
    }.get(symmetry, rows * (rows + 1) // 2)


def _coordinates(
    lines: DataLines, n: int, kind: type[np.generic] | None, symmetry: str
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return row, column and value of each entry, counted from 0."""
    columns: dict[str, tuple[int, type[np.generic]]]
    columns = {"row": (0, np.int64), "column": (1, np.int64)}
    if kind is not None:
        columns["value"] = (2, kind)
    table = parse_table(lines, columns, skip=1, width=len(columns))
    for name in ("row", "column"):
        ids = table[name]
        if ids.size and (ids.min() < 1 or ids.max() > n):
            bad = int(ids.min() if ids.min() < 1 else ids.max())
            raise GraphError(f"{name} indices must lie in 1..{n}, got {bad}")
    values = np.ones(len(table)) if kind is None else table["value"].astype(np.float64)
    return table["row"] - 1, table["column"] - 1, values


def _array(
    lines: DataLines, n: int, kind: type[np.generic] | None, symmetry: str
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return row, column and value of what is not zero; the file goes down the columns."""
    values = parse_table(lines, {"value": (0, kind or np.float64)}, skip=1, width=1)["value"]
    place = np.flatnonzero(values)
    values = values[place].astype(np.float64)
    if symmetry == "general":
        cols, rows = np.divmod(place, max(n, 1))
        return rows, cols, values
    diagonal = 1 if symmetry == "skew-symmetric" else 0
    # Column j holds its part from the diagonal, or from below it, down.
    starts = np.cumsum([0, *range(n - diagonal, 0, -1)])
    cols = np.searchsorted(starts, place, side="right") - 1
    return cols + diagonal + place - starts[cols], cols, values
