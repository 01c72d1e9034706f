# SPDX-License-Identifier: Apache-2.0
"""Graphs from ``.npz`` files in the layouts in common use."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.csr import Csr, frozen
from hgcn.graph.edges import from_edges, merge_edges
from hgcn.graph.features import to_feature_csr
from hgcn.graph.file_errors import check_node_count, naming
from hgcn.graph.foreign_arrays import as_mask
from hgcn.graph.from_pyg import MASKS
from hgcn.graph.graph import Graph
from hgcn.graph.npz_members import NpzMembers

# The keys that tell one layout from the others.
COMMON = {"indptr", "indices"}
GNN_BENCHMARK = {"adj_indptr", "adj_indices", "adj_shape"}
HETEROPHILOUS = {"node_features", "node_labels", "edges"}


def read_npz(path: str | os.PathLike[str]) -> Graph:
    """Read a graph from an ``.npz`` file; the keys tell the layout.

    - hgcn's own, as `save_npz` writes it: ``indptr``, ``indices``, [``weights``,
      [``weights_are_counts``]], features as
      ``x_indptr``, ``x_indices``, [``x_data``], ``x_shape`` or dense ``x``, ``y``,
      ``num_classes``, three masks. A mask without a True counts as absent.
    - gnn-benchmark (Amazon, Coauthor): ``adj_*``, ``attr_*``, ``labels``; made symmetric and
      simple, as everybody uses them.
    - heterophilous graphs: ``node_features``, ``node_labels``, ``edges``, ``*_masks``; made
      symmetric, parallel edges counted once, with the first of the splits.

    Parameters
    ----------
    path : path

    Returns
    -------
    Graph
        Named after the file unless the file holds a name.

    Raises
    ------
    DatasetError
        Naming the file and the array at fault.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "pair.npz"
    >>> np.savez(file, indptr=np.array([0, 1, 2]), indices=np.array([1, 0]))
    >>> read_npz(file).num_edges
    2
    """
    path = Path(path)
    with NpzMembers(path) as members, naming(path):
        if members.keys >= GNN_BENCHMARK:
            return _gnn_benchmark(members, path.stem)
        if members.keys >= HETEROPHILOUS:
            return _heterophilous(members, path.stem)
        if members.keys >= COMMON:
            return _common(members, path.stem)
        pickled = members.pickled()
        if pickled:
            raise GraphError(f"array {pickled[0]!r} is a pickled object, which hgcn does not load")
        layouts = " or ".join(
            ", ".join(sorted(keys)) for keys in (COMMON, GNN_BENCHMARK, HETEROPHILOUS)
        )
        found = ", ".join(sorted(members.keys)) or "none"
        raise GraphError(f"want arrays {layouts}; found {found}")


def _common(members: NpzMembers, stem: str) -> Graph:
    keys = members.keys
    indptr = members.integers("indptr")
    if not indptr.size:
        raise GraphError("array 'indptr' is empty")
    n = len(indptr) - 1
    adjacency = _csr(
        (n, n),
        indptr,
        members.integers("indices"),
        members.read("weights", kinds="f", ndim=1) if "weights" in keys else None,
        "adjacency",
    )
    features = None
    if "x_indptr" in keys:
        shape = members.shape("x_shape")
        if shape[1]:
            values = members.read("x_data", ndim=1) if "x_data" in keys else None
            parts = (members.integers("x_indptr"), members.integers("x_indices"), values)
            features = _csr(shape, *parts, "features")
    elif "x" in keys:
        dense = members.read("x", ndim=2)
        features = to_feature_csr(dense) if dense.shape[1] else None
    num_classes = int(members.integers("num_classes", ndim=0)) if "num_classes" in keys else 0
    labels = members.integers("y") if "y" in keys else None
    if labels is not None and labels.size and "num_classes" not in keys:
        num_classes = int(labels.max()) + 1
    if num_classes == 0:
        labels = None
    masks = {mask: as_mask(members.read(mask, ndim=1), mask) for mask in MASKS if mask in keys}
    return Graph(
        name=str(members.read("name", kinds="U", ndim=0)) if "name" in keys else stem,
        adjacency=adjacency,
        weights_are_counts="weights_are_counts" in keys,
        features=features,
        labels=None if labels is None else labels.astype(np.int64),
        num_classes=num_classes,
        **_some_true(masks),
    )


def _gnn_benchmark(members: NpzMembers, stem: str) -> Graph:
    n, cols = members.shape("adj_shape")
    if n != cols:
        raise GraphError(f"adjacency must be square, got {n} x {cols}")
    check_node_count(n, members.path.stat().st_size)
    directed = _csr(
        (n, n), members.integers("adj_indptr"), members.integers("adj_indices"), None, "adjacency"
    )
    merged = merge_edges(
        n,
        sources=directed.indices,
        targets=directed.row_ids(),
        symmetrise=True,
        parallel="once",
        loops="drop",
    )
    features = None
    if "attr_indptr" in members.keys:
        features = _csr(
            members.shape("attr_shape"),
            members.integers("attr_indptr"),
            members.integers("attr_indices"),
            members.read("attr_data", ndim=1),
            "features",
        )
    elif "attr_matrix" in members.keys:
        features = to_feature_csr(members.read("attr_matrix", ndim=2))
    labels = members.integers("labels") if "labels" in members.keys else None
    return Graph(
        name=stem,
        adjacency=merged.adjacency,
        notes=merged.notes,
        features=features,
        labels=None if labels is None else labels.astype(np.int64),
        num_classes=0 if labels is None else int(labels.max(initial=-1)) + 1,
    )


def _heterophilous(members: NpzMembers, stem: str) -> Graph:
    features = to_feature_csr(members.read("node_features", ndim=2))
    masks = {}
    for mask in MASKS:
        if f"{mask}s" in members.keys:
            splits = members.read(f"{mask}s", ndim=2)
            if not len(splits):
                raise GraphError(f"array '{mask}s' holds no split")
            masks[mask] = as_mask(splits[0], mask)
    graph = from_edges(
        features.shape[0],
        members.integers("edges", ndim=2),
        symmetrise=True,
        parallel="once",
        features=features,
        labels=members.integers("node_labels"),
        name=stem,
    )
    return replace(graph, **_some_true(masks))


def _csr(
    shape: tuple[int, int],
    indptr: NDArray[Any],
    indices: NDArray[Any],
    data: NDArray[Any] | None,
    what: str,
) -> Csr:
    """Return a float32 `Csr`; rows that are not sorted get sorted, real files have some."""
    with np.errstate(over="ignore"):  # Infinity is reported by the graph's own check.
        values = None if data is None else frozen(data.astype(np.float32))
    try:
        size = len(indices)
        whole = len(indptr) == shape[0] + 1 and indptr[0] == 0 and indptr[-1] == size
        rises = whole and not (indptr[1:] < indptr[:-1]).any()
        if rises and size > 1 and (values is None or len(values) == size):
            rows = np.repeat(np.arange(shape[0]), np.diff(indptr))
            falls = (np.diff(indices.astype(np.int64)) <= 0) & (np.diff(rows) == 0)
            if falls.any():
                return Csr.from_coo(shape, rows, indices, values)
        return Csr(shape=shape, indptr=indptr, indices=indices, data=values)
    except GraphError as error:
        raise GraphError(f"{what}: {error}") from error


def _some_true(masks: dict[str, NDArray[np.bool_]]) -> dict[str, Any]:
    return {name: mask for name, mask in masks.items() if mask.any()}
