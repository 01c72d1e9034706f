# SPDX-License-Identifier: Apache-2.0
"""Graphs from ``.npz`` files: the keys tell the layout."""

from __future__ import annotations

import os
from dataclasses import replace

from hgcn.arguments import as_flag, as_path
from hgcn.errors import GraphError
from hgcn.graph.file_errors import naming
from hgcn.graph.graph import Graph
from hgcn.graph.names import file_stem, listed
from hgcn.graph.npz_layouts import read_gnn_benchmark, read_heterophilous, read_own, read_scipy
from hgcn.graph.npz_members import NpzMembers

# The keys that tell one layout from the others; a format tag comes before all.
SCIPY = {"format", "shape", "data"}
GNN_BENCHMARK = {"adj_indptr", "adj_indices", "adj_shape"}
HETEROPHILOUS = {"node_features", "node_labels", "edges"}
OWN = {"indptr", "indices"}


def read_npz(path: str | os.PathLike[str], *, weighted: bool = False) -> Graph:
    """Read a graph from an ``.npz`` file; the keys tell the layout.

    - hgcn's own, as `save_npz` writes it: ``indptr``, ``indices``, [``weights``,
      [``weights_are_counts``]], features as ``x_indptr``, ``x_indices``, [``x_data``],
      ``x_shape`` or dense ``x``, ``y``, ``num_classes``, three masks. A mask without a True
      counts as absent.
    - an adjacency that `scipy.sparse.save_npz` wrote, of format csr, csc or coo; entry (i, j):
      node i aggregates from node j.
    - gnn-benchmark (Amazon, Coauthor): ``adj_*``, ``attr_*``, ``labels``; made symmetric and
      simple, as everybody uses them.
    - heterophilous graphs: ``node_features``, ``node_labels``, ``edges``, ``*_masks``; made
      symmetric, parallel edges counted once, with the first of the splits.

    Parameters
    ----------
    path : path
    weighted : bool
        Keep the values of a SciPy matrix as edge weights; by default only its structure counts.

    Returns
    -------
    Graph
        Named after the file unless the file holds a name. Its notes name the arrays that were not
        read.

    Raises
    ------
    DatasetError
        Naming the file and the array at fault.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> file = Path(tempfile.mkdtemp()) / "pair.npz"
    >>> np.savez(file, indptr=np.array([0, 1, 2]), indices=np.array([1, 0]))
    >>> read_npz(file).num_edges
    2
    """
    path = as_path(path, "path")
    weighted = as_flag(weighted, "weighted")
    with NpzMembers(path) as members, naming(path):
        graph = _read(members, file_stem(path), weighted)
        unread = members.unread()
        if unread:
            graph = replace(graph, notes=(*graph.notes, f"Arrays not read: {listed(unread)}."))
        return graph


def _read(members: NpzMembers, stem: str, weighted: bool) -> Graph:
    if members.keys >= SCIPY:
        return read_scipy(members, stem, weighted=weighted)
    if members.keys >= GNN_BENCHMARK:
        return read_gnn_benchmark(members, stem)
    if members.keys >= HETEROPHILOUS:
        return read_heterophilous(members, stem)
    if members.keys >= OWN:
        return read_own(members, stem)
    pickled = members.pickled()
    if pickled:
        raise GraphError(f"array {pickled[0]!a} is a pickled object, which hgcn does not load")
    layouts = " or ".join(
        ", ".join(sorted(keys)) for keys in (OWN, SCIPY, GNN_BENCHMARK, HETEROPHILOUS)
    )
    raise GraphError(f"want arrays {layouts}; found {listed(members.unread()) or 'none'}")
