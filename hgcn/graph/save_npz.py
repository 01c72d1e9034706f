# SPDX-License-Identifier: Apache-2.0
"""Graphs into ``.npz`` files that `read_npz` gives back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from hgcn.arguments import as_path
from hgcn.errors import DatasetError
from hgcn.files import whole_file
from hgcn.graph.from_pyg import MASKS
from hgcn.graph.graph import Graph
from hgcn.graph.kinds import require_graph
from hgcn.printable import printable_path


def save_npz(graph: Graph, path: str | os.PathLike[str]) -> Path:
    """Write a graph as compressed ``.npz``; readers see the old file or the whole new one.

    Parameters
    ----------
    graph : Graph
    path : path
        Must end in ``.npz``; its folder must exist.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    DatasetError
        If the path has another suffix, or cannot be written.

    Notes
    -----
    The layout is the first one of `read_npz`. Absent labels are stored as -1 and zero classes,
    absent masks as all False; ``x_data`` is left out where every stored feature is one. The
    graph's notes are of the source it was read from and stay out.

    Examples
    --------
    >>> import tempfile
    >>> from hgcn.graph import from_edges, read_graph
    >>> file = Path(tempfile.mkdtemp()) / "pair.npz"
    >>> read_graph(save_npz(from_edges(2, [(0, 1), (1, 0)], name="pair"), file)).name
    'pair'
    """
    require_graph(graph)
    path = as_path(path, "path")
    if path.suffix != ".npz":
        raise DatasetError(
            f"{printable_path(path)}: a saved graph must end in .npz, got {path.suffix!r}"
        )
    arrays: dict[str, Any] = {key: np.asarray(value) for key, value in _arrays(graph).items()}
    with whole_file(path, DatasetError) as file:
        np.savez_compressed(file, **arrays)
    return path


def _arrays(graph: Graph) -> dict[str, Any]:
    n = graph.num_nodes
    arrays: dict[str, Any] = {
        "name": np.array(graph.name),
        "indptr": graph.adjacency.indptr,
        "indices": graph.adjacency.indices,
        "y": np.full(n, -1, dtype=np.int64) if graph.labels is None else graph.labels,
        "num_classes": np.int64(graph.num_classes),
        "x_shape": np.array([n, graph.num_features], dtype=np.int64),
    }
    if graph.adjacency.data is not None:
        arrays["weights"] = np.asarray(graph.adjacency.data, dtype=np.float32)
    if graph.weights_are_counts:
        arrays["weights_are_counts"] = np.True_
    features = graph.features
    arrays["x_indptr"] = np.zeros(n + 1, np.int64) if features is None else features.indptr
    arrays["x_indices"] = np.zeros(0, np.int32) if features is None else features.indices
    if features is None:
        arrays["x_data"] = np.zeros(0, np.float32)
    elif features.data is not None:
        arrays["x_data"] = np.asarray(features.data, dtype=np.float32)
    for field in MASKS:
        mask = getattr(graph, field)
        arrays[field] = np.zeros(n, dtype=np.bool_) if mask is None else mask
    return arrays
