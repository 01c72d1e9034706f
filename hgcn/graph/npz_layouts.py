# SPDX-License-Identifier: Apache-2.0
"""Graphs from the arrays of an ``.npz`` file, in each of the layouts in common use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.csr import Csr, frozen
from hgcn.graph.edges import from_edges, merge_edges
from hgcn.graph.features import to_feature_csr
from hgcn.graph.foreign_arrays import as_mask
from hgcn.graph.from_pyg import MASKS
from hgcn.graph.graph import Graph
from hgcn.graph.labels import as_classes
from hgcn.graph.names import readable_name
from hgcn.graph.npz_members import NpzMembers
from hgcn.graph.scipy_sparse import from_scipy
from hgcn.limits import check_allowed


def read_own(members: NpzMembers, stem: str) -> Graph:
    """Read the layout that `save_npz` writes."""
    keys = members.keys
    if "data" in keys:
        raise GraphError(
            "array 'data' beside 'indptr' and 'indices' needs their 'format' and 'shape', as "
            "scipy.sparse.save_npz writes them"
        )
    indptr = members.integers("indptr")
    if not indptr.size:
        raise GraphError("array 'indptr' is empty")
    n = len(indptr) - 1
    weights = members.read("weights", kinds="iuf", ndim=1) if "weights" in keys else None
    adjacency = _csr((n, n), indptr, members.integers("indices"), weights, "adjacency")
    features = None
    if "x_indptr" in keys:
        values = members.read("x_data", ndim=1) if "x_data" in keys else None
        features = _sparse_features(members, "x", values)
    elif "x" in keys:
        features = _dense_features(members, "x")
    if features is not None and not features.shape[1]:
        features = None
    labels, num_classes = None, 0
    if "y" in keys:
        stated = int(members.integers("num_classes", ndim=0)) if "num_classes" in keys else None
        labels, num_classes = as_classes(members.integers("y"), "labels", stated)
    name = stem
    notes = []
    if "name" in keys:
        given = _text(members, "name")
        name = readable_name(given, stem)
        if name != given:
            notes.append(
                "The name inside the file does not print, or is long or empty: it was replaced."
            )
    graph = Graph(
        name=name,
        adjacency=adjacency,
        weights_are_counts="weights_are_counts" in keys
        and bool(members.read("weights_are_counts", kinds="b", ndim=0)),
        features=features,
        labels=labels if num_classes else None,
        num_classes=num_classes,
        notes=tuple(notes),
    )
    return _with_masks(
        graph, {mask: as_mask(members.read(mask, ndim=1), mask) for mask in MASKS if mask in keys}
    )


def read_scipy(members: NpzMembers, stem: str, *, weighted: bool) -> Graph:
    """Read the layout of `scipy.sparse.save_npz`; its ``format`` says what the arrays mean."""
    layout = _text(members, "format")
    parts = {"csr": ("indices", "indptr"), "csc": ("indices", "indptr"), "coo": ("row", "col")}
    if layout not in parts:
        raise GraphError(f"format must be {', '.join(parts)}, got {layout[:20]!a}")
    n, cols = members.shape("shape")
    if n != cols:
        raise GraphError(f"adjacency must be square, got {n} x {cols}")
    check_allowed("nodes", n, members.file_bytes)
    data = members.read("data", ndim=1)
    first, second = (members.integers(part) for part in parts[layout])
    try:
        if layout == "coo":
            matrix = scipy.sparse.coo_matrix((data, (first, second)), shape=(n, n))
        else:
            kind = scipy.sparse.csr_matrix if layout == "csr" else scipy.sparse.csc_matrix
            matrix = kind((data, first, second), shape=(n, n))
    except (ValueError, TypeError, IndexError) as error:
        raise GraphError(f"adjacency: {(str(error).splitlines() or ['damaged'])[0]}") from error
    members.read_keys.add("_is_array")
    return from_scipy(matrix, name=stem, weighted=weighted)


def read_gnn_benchmark(members: NpzMembers, stem: str) -> Graph:
    """Read the layout of the Amazon and Coauthor graphs, as PyTorch Geometric does."""
    keys = members.keys
    n, cols = members.shape("adj_shape")
    if n != cols:
        raise GraphError(f"adjacency must be square, got {n} x {cols}")
    check_allowed("nodes", n, members.file_bytes)
    values = members.read("adj_data", ndim=1) if "adj_data" in keys else None
    indptr, indices = members.integers("adj_indptr"), members.integers("adj_indices")
    directed = _csr((n, n), indptr, indices, values, "adjacency")
    merged = merge_edges(
        n,
        sources=directed.indices,
        targets=directed.row_ids(),
        symmetrise=True,
        parallel="once",
        loops="drop",
    )
    notes = list(merged.notes)
    if values is not None and np.any(values != 1):
        notes.append("The values of adj_data were left out: only the structure counts.")
    features = None
    if "attr_indptr" in keys:
        features = _sparse_features(members, "attr", members.read("attr_data", ndim=1))
    elif "attr_matrix" in keys:
        features = _dense_features(members, "attr_matrix")
    labels, num_classes = None, 0
    if "labels" in keys:
        labels, num_classes = as_classes(members.integers("labels"), "labels")
    return Graph(
        name=stem,
        adjacency=merged.adjacency,
        notes=tuple(notes),
        features=features,
        labels=labels,
        num_classes=num_classes,
    )


def read_heterophilous(members: NpzMembers, stem: str) -> Graph:
    """Read the layout of the heterophilous graphs, with the first of their splits."""
    features = _dense_features(members, "node_features")
    masks, splits = {}, 1
    for mask in MASKS:
        if f"{mask}s" in members.keys:
            columns = members.read(f"{mask}s", ndim=2)
            if not len(columns):
                raise GraphError(f"array '{mask}s' holds no split")
            splits = max(splits, len(columns))
            masks[mask] = as_mask(columns[0], mask)
    graph = from_edges(
        features.shape[0],
        members.integers("edges", ndim=2),
        symmetrise=True,
        parallel="once",
        features=features,
        labels=members.integers("node_labels"),
        name=stem,
    )
    if splits > 1:
        graph = replace(graph, notes=(*graph.notes, f"Of {splits} splits the first is taken."))
    return _with_masks(graph, masks)


def _csr(
    shape: tuple[int, int],
    indptr: NDArray[np.int64],
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
            falls = (np.diff(indices) <= 0) & (np.diff(rows) == 0)
            if falls.any():
                return Csr.from_coo(shape, rows, indices, values)
        return Csr(shape=shape, indptr=indptr, indices=indices, data=values)
    except GraphError as error:
        raise GraphError(f"{what}: {error}") from error


def _sparse_features(members: NpzMembers, prefix: str, values: NDArray[Any] | None) -> Csr:
    shape = members.shape(f"{prefix}_shape")
    check_allowed("nodes", shape[0], members.file_bytes)
    check_allowed("features", shape[1], members.file_bytes)
    indptr, indices = (members.integers(f"{prefix}_{part}") for part in ("indptr", "indices"))
    return _csr(shape, indptr, indices, values, "features")


def _dense_features(members: NpzMembers, key: str) -> Csr:
    dense = members.read(key, ndim=2)
    # A constant matrix packs to nothing, but takes its full size as CSR.
    check_allowed("nonzeros", int(np.count_nonzero(dense)), members.file_bytes)
    check_allowed("features", dense.shape[1], members.file_bytes)
    return to_feature_csr(dense)


def _text(members: NpzMembers, key: str) -> str:
    value: Any = members.read(key, kinds="US", ndim=0).item()
    try:
        return value.decode("ascii") if isinstance(value, bytes) else str(value)
    except ValueError as error:
        raise GraphError(f"array {key!r} is no text") from error


def _with_masks(graph: Graph, masks: dict[str, NDArray[np.bool_]]) -> Graph:
    some_true: dict[str, Any] = {name: mask for name, mask in masks.items() if mask.any()}
    return replace(graph, **some_true)
