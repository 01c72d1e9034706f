# SPDX-License-Identifier: Apache-2.0
"""Graphs from lists of edges: the one place where edges are cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_choice, as_flag
from hgcn.errors import GraphError
from hgcn.graph.csr import Csr
from hgcn.graph.features import to_feature_csr
from hgcn.graph.foreign_arrays import as_array, as_count, as_integers
from hgcn.graph.graph import Graph
from hgcn.graph.labels import as_classes

Parallel = Literal["sum", "once"]
Loops = Literal["keep", "drop"]

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MergedEdges:
    """A clean adjacency and what cleaning did.

    Attributes
    ----------
    adjacency : Csr, shape (n, n)
        Entry (target, source) for each distinct edge; self-loops on the diagonal.
    counted : bool
        The data counts parallel edges that came without weights: `Graph.weights_are_counts`.
    self_loops : int
        Edges whose source and target are the same node.
    duplicates : int
        Edges merged into an equal one (before symmetrising, so a pair of opposite edges is
        none); dropped self-loops are none.
    notes : tuple of str
        What was done, a sentence each, for `Graph.notes`.
    """

    adjacency: Csr
    counted: bool
    self_loops: int
    duplicates: int
    notes: tuple[str, ...]


def merge_edges(
    num_nodes: int,
    *,
    sources: object,
    targets: object,
    weights: object | None = None,
    symmetrise: bool = False,
    parallel: Parallel = "sum",
    loops: Loops = "keep",
) -> MergedEdges:
    """Clean an edge list: merge parallel edges, optionally add reverse edges.

    The rule of every reader, which is that of SciPy's COO matrices and of PyTorch Geometric's
    `GCNConv`: parallel edges are summed, and a self-loop is an edge like any other. Edges without
    weights weigh one each, so parallel ones become an entry that says how many they were.

    Parameters
    ----------
    num_nodes : int
    sources, targets : array-like of int, shape (E,)
        Node ``targets[e]`` aggregates from ``sources[e]``.
    weights : array-like, shape (E,), optional
        Edge weights, not negative. An edge of weight 0 is dropped, unless it is a self-loop: that
        keeps a model from adding one of its own.
    symmetrise : bool
        The edges are undirected: add the reverse of each. A list that names both directions of an
        edge does not count it twice: each direction is summed, and where the sums differ both
        directions get the larger. An already symmetric list stays as it is.
    parallel : "sum" or "once"
        ``once``: parallel edges count once (of weights the largest stays), as the publications of
        some data sets say.
    loops : "keep" or "drop"
        ``drop``: self-loops go, for the same reason.

    Returns
    -------
    MergedEdges

    Raises
    ------
    GraphError
        If an array has the wrong shape or type, a node is out of range, or a weight negative.

    Notes
    -----
    Time O(E log E), memory O(E). Parallel weights are added in float64 and in rising order: the
    order of the list changes nothing.

    Examples
    --------
    >>> merged = merge_edges(3, sources=[0, 0, 2], targets=[1, 1, 2])
    >>> merged.adjacency.indices, merged.adjacency.data
    (array([0, 2], dtype=int32), array([2., 1.], dtype=float32))
    >>> merged.self_loops, merged.duplicates
    (1, 1)
    """
    num_nodes = as_count(num_nodes, "num_nodes")
    symmetrise = as_flag(symmetrise, "symmetrise")
    as_choice(parallel, "parallel", get_args(Parallel))
    as_choice(loops, "loops", get_args(Loops))
    source, target = _ends(num_nodes, sources, targets)
    value = None if weights is None else _checked_weights(weights, source.size)
    notes: list[str] = []
    is_loop = source == target
    self_loops = int(np.count_nonzero(is_loop))
    kept = np.full(source.size, fill_value=True)
    if self_loops and loops == "drop":
        kept = ~is_loop
        notes.append(f"{_counted(self_loops, 'self-loop')} dropped: these data go without.")
    elif self_loops:
        notes.append(f"{_counted(self_loops, 'self-loop')} kept.")
    if value is not None and np.any(weightless := kept & ~is_loop & (value == 0)):
        kept &= ~weightless
        notes.append(f"{_counted(np.count_nonzero(weightless), 'edge')} of weight 0 dropped.")
    key = target[kept] * num_nodes + source[kept]
    distinct, total = _merged(key, None if value is None else value[kept], add=parallel == "sum")
    duplicates = key.size - distinct.size
    if duplicates:
        outcome = "each edge counts once"
        if parallel == "sum":
            outcome = "the weights say how many" if value is None else "their weights add up"
        notes.append(f"{_counted(duplicates, 'parallel edge')} merged: {outcome}.")
    if symmetrise:
        distinct, total = _symmetric(num_nodes, distinct, total, notes)
    row, col = np.divmod(distinct, max(num_nodes, 1))
    with np.errstate(over="ignore"):  # Infinity is reported by the graph's own check.
        data = None if total is None else total.astype(np.float32)
    return MergedEdges(
        adjacency=Csr.from_coo((num_nodes, num_nodes), row, col, data),
        counted=value is None and total is not None,
        self_loops=self_loops,
        duplicates=duplicates,
        notes=tuple(notes),
    )


def from_edges(
    num_nodes: int,
    edges: object,
    *,
    symmetrise: bool = False,
    weights: object | None = None,
    parallel: Parallel = "sum",
    loops: Loops = "keep",
    features: object | None = None,
    labels: object | None = None,
    name: str = "graph",
) -> Graph:
    """Make a graph from (source, target) pairs.

    Node ``target`` aggregates from ``source``. Parallel edges are summed and self-loops kept: the
    rules are those of `merge_edges`, the graph's notes say what they did.

    Parameters
    ----------
    num_nodes : int
    edges : array-like of int, shape (E, 2)
    symmetrise : bool
        Add the reverse of every edge: what an undirected edge list needs.
    weights : array-like, shape (E,), optional
    parallel, loops : str
        See `merge_edges`.
    features : array-like, sparse matrix or Csr, shape (n, f), optional
    labels : array-like of int, shape (n,), optional
        -1 where unknown.
    name : str

    Returns
    -------
    Graph

    Raises
    ------
    GraphError
        If a part does not fit.

    Examples
    --------
    >>> from_edges(3, [(0, 1), (1, 2), (2, 2)], symmetrise=True).adjacency.indices
    array([1, 0, 2, 1, 2], dtype=int32)
    """
    pairs = as_integers(edges, "edges")
    if pairs.size == 0:
        pairs = pairs.reshape(0, 2)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise GraphError(f"edges must have shape (E, 2), got {pairs.shape}")
    merged = merge_edges(
        num_nodes,
        sources=pairs[:, 0],
        targets=pairs[:, 1],
        weights=weights,
        symmetrise=symmetrise,
        parallel=parallel,
        loops=loops,
    )
    classes, num_classes = (None, 0) if labels is None else as_classes(labels, "labels")
    return Graph(
        name=name,
        adjacency=merged.adjacency,
        weights_are_counts=merged.counted,
        notes=merged.notes,
        features=None if features is None else to_feature_csr(features),
        labels=classes,
        num_classes=num_classes,
    )


def _ends(num_nodes: int, sources: object, targets: object) -> tuple[Keys, Keys]:
    source = as_integers(sources, "edge sources").ravel()
    target = as_integers(targets, "edge targets").ravel()
    if source.shape != target.shape:
        raise GraphError(
            f"edges must have as many sources as targets, got {source.size} and {target.size}"
        )
    for what, ids in (("sources", source), ("targets", target)):
        if ids.size and (ids.min() < 0 or ids.max() >= num_nodes):
            bad = int(ids.min() if ids.min() < 0 else ids.max())
            raise GraphError(f"edge {what} must lie in 0..{num_nodes - 1}, got {bad}")
    return source, target


def _checked_weights(weights: object, count: int) -> NDArray[np.float64]:
    value = as_array(weights, "edge weights").astype(np.float64).ravel()
    if value.size != count:
        raise GraphError(f"edge weights must have {count} entries, got {value.size}")
    # A sum could hide either.
    if not np.isfinite(value).all():
        raise GraphError("edge weights must be finite, got NaN or infinity")
    if value.size and value.min() < 0:
        raise GraphError(f"edge weights must not be negative, got {value.min():g}")
    return value


def _merged(
    key: Keys, value: NDArray[np.float64] | None, *, add: bool
) -> tuple[Keys, NDArray[np.float64] | None]:
    """Return each key once, rising, with the sum or the largest of its values.

    Without values each weighs one, and None says that all still do.
    """
    if value is None:
        key = np.sort(key)
    else:
        order = np.argsort(key, kind="stable")
        key, value = key[order], value[order]
    # Sorting and comparing neighbours: np.unique hashes, several times slower on 10**6 keys.
    first = np.full(key.size, fill_value=True)
    np.not_equal(key[1:], key[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    if starts.size == key.size:
        return key, value
    if value is None:
        counts = np.diff(starts, append=key.size).astype(np.float64)
        return key[starts], counts if add else None
    value = value[np.lexsort((value, key))]
    return key[starts], (np.add if add else np.maximum).reduceat(value, starts)


def _symmetric(
    num_nodes: int, key: Keys, value: NDArray[np.float64] | None, notes: list[str]
) -> tuple[Keys, NDArray[np.float64] | None]:
    """Return the union of the distinct edges and their reverses, each with its larger value."""
    row, col = np.divmod(key, max(num_nodes, 1))
    both = np.concatenate((key, col * num_nodes + row))
    union, larger = _merged(both, None if value is None else np.tile(value, 2), add=False)
    added = union.size - key.size
    paired = np.count_nonzero(row != col) - added
    if added:
        notes.append(f"{_counted(added, 'edge')} got a reverse: the list is taken as undirected.")
    if added and paired:
        notes.append(f"{_counted(paired // 2, 'edge')} named in both directions: counted once.")
    if value is not None and larger is not None:
        raised = np.count_nonzero(larger[np.searchsorted(union, key)] != value)
        if raised:
            what = "weighed less than the reverse: the larger weight stays"
            notes.append(f"{_counted(raised, 'edge')} {what}.")
    return union, larger


def _counted(count: int | np.intp, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
