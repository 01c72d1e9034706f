# SPDX-License-Identifier: Apache-2.0
"""The immutable graph every stage starts from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_flag, as_text, as_whole
from hgcn.errors import GraphError, shown
from hgcn.graph.csr import Csr, frozen
from hgcn.graph.foreign_arrays import as_integers, as_truths
from hgcn.graph.labels import MAX_CLASSES
from hgcn.printable import one_line


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graph:
    """A graph with optional node features, labels and masks. Immutable.

    Attributes
    ----------
    name : str
    adjacency : Csr, shape (n, n)
        Row i holds the neighbours node i aggregates from; entry (i, i) is a self-loop. Symmetric
        for undirected graphs. ``data`` is None (every edge weighs one) or float32 edge weights,
        finite and not negative.
    weights_are_counts : bool
        The edges came without weights, and some of them in parallel: ``data`` says how many each
        entry stands for. A model tells such a graph from one with edge weights where
        PyTorch Geometric does (`hgcn.model.normalise`).
    features : Csr, shape (n, f), or None
        float32 features as in the source, not normalised; None if the graph has none. A dense
        matrix is stored as CSR too: only its nonzeros.
    labels : ndarray of int64, shape (n,), or None
        Class of each node, -1 where unknown.
    num_classes : int
    train_mask, val_mask, test_mask : ndarray of bool, shape (n,), or None
    notes : tuple of str
        What a reader merged, dropped or assumed to make this graph, a plain sentence each. No part
        of the digest.

    Examples
    --------
    >>> path = Csr(shape=(3, 3), indptr=[0, 1, 3, 4], indices=[1, 0, 2, 1])
    >>> graph = Graph(name="path", adjacency=path)
    >>> graph.num_nodes, graph.num_edges, graph.num_features
    (3, 4, 0)
    """

    name: str
    adjacency: Csr
    weights_are_counts: bool = False
    features: Csr | None = None
    labels: NDArray[np.int64] | None = None
    num_classes: int = 0
    train_mask: NDArray[np.bool_] | None = None
    val_mask: NDArray[np.bool_] | None = None
    test_mask: NDArray[np.bool_] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        as_text(self.name, "name")
        for field in ("adjacency", "features"):
            value = getattr(self, field)
            if not isinstance(value, Csr) and (value is not None or field == "adjacency"):
                raise GraphError(
                    f"{field} must be a Csr, got {shown(value)}: hgcn.graph.from_edges and "
                    "from_scipy take what other libraries have, to_feature_csr features"
                )
        as_flag(self.weights_are_counts, "weights_are_counts")
        for field in ("labels", "train_mask", "val_mask", "test_mask"):
            value = getattr(self, field)
            if value is not None:
                # A plain cast would make 0 of a label 0.5, and True of a mask of node numbers.
                kept = as_integers(value, field) if field == "labels" else as_truths(value, field)
                object.__setattr__(self, field, frozen(kept))
        classes = as_whole(self.num_classes, "num_classes", most=MAX_CLASSES)
        object.__setattr__(self, "num_classes", classes)
        listed = isinstance(self.notes, (tuple, list))
        if not listed or not all(isinstance(note, str) for note in self.notes):
            raise GraphError(f"notes must be a tuple of texts, got {shown(self.notes)}")
        object.__setattr__(self, "notes", tuple(self.notes))
        self.check()

    def __repr__(self) -> str:
        """Fit a line."""
        facts = [f"{self.num_nodes:,} nodes", f"{self.num_edges:,} edges"]
        if self.features is not None:
            facts.append(f"{self.num_features:,} features")
        if self.labels is not None:
            facts.append(f"{self.num_classes:,} classes")
        return one_line("Graph", self.name, *facts)

    @property
    def num_nodes(self) -> int:
        """Nodes."""
        return self.adjacency.shape[0]

    @property
    def num_edges(self) -> int:
        """Stored adjacency entries: both directions of an undirected edge, a self-loop once."""
        return self.adjacency.nnz

    @property
    def num_features(self) -> int:
        """Width of the features, 0 without features."""
        return 0 if self.features is None else self.features.shape[1]

    def check(self) -> None:
        """Raise `GraphError`, naming the field, if the parts do not fit each other."""
        n, columns = self.adjacency.shape
        if n != columns:
            raise GraphError(f"{self.name}: adjacency must be square, got {n} x {columns}")
        if n == 0:
            raise GraphError(f"{self.name}: a graph needs at least one node")
        for what, matrix in (("edge weights", self.adjacency), ("features", self.features)):
            values = None if matrix is None else matrix.data
            if values is None:
                continue
            if values.dtype.kind not in "fiub":
                raise GraphError(f"{self.name}: {what} must be real numbers, got {values.dtype}")
            if not np.isfinite(cast("NDArray[np.float32]", values)).all():
                raise GraphError(f"{self.name}: {what} must be finite, got NaN or infinity")
        weights = cast("NDArray[np.float32] | None", self.adjacency.data)
        if weights is not None and weights.size and weights.min() < 0:
            raise GraphError(
                f"{self.name}: edge weights must not be negative, got {float(weights.min()):g}"
            )
        if self.weights_are_counts and (weights is None or np.any(weights != np.rint(weights))):
            raise GraphError(f"{self.name}: weights_are_counts wants whole numbers as edge weights")
        if self.features is not None and self.features.shape[0] != n:
            raise GraphError(
                f"{self.name}: features must have {n} rows, got {self.features.shape[0]}"
            )
        for field in ("labels", "train_mask", "val_mask", "test_mask"):
            value = getattr(self, field)
            if value is not None and value.shape != (n,):
                raise GraphError(f"{self.name}: {field} must have shape ({n},), got {value.shape}")
        if self.labels is not None:
            low, high = int(self.labels.min()), int(self.labels.max())
            if low < -1 or high >= self.num_classes:
                raise GraphError(
                    f"{self.name}: labels must lie in -1..{self.num_classes - 1}, got {low}..{high}"
                )

    def digest(self) -> bytes:
        """SHA-256 of structure and features, as a program records of the graph it is made from."""
        sha = hashlib.sha256()
        for matrix in (self.adjacency, self.features):
            if matrix is None:
                sha.update(b"none")
                continue
            sha.update(repr(matrix.shape).encode())
            for part in (matrix.indptr, matrix.indices, matrix.data):
                sha.update(b"-" if part is None else part.tobytes())
        if self.weights_are_counts:
            sha.update(b"counts")
        return sha.digest()
