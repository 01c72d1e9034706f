# SPDX-License-Identifier: Apache-2.0
"""Cora, Citeseer and Pubmed from the eight files of the Planetoid publication."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from hgcn.datasets.restricted_pickle import read_pickle
from hgcn.errors import DatasetError, GraphError
from hgcn.graph.edges import merge_edges
from hgcn.graph.features import to_feature_csr
from hgcn.graph.file_errors import naming
from hgcn.graph.graph import Graph
from hgcn.graph.number_table import parse_integers
from hgcn.graph.number_text import read_text

PARTS = ("x", "y", "tx", "ty", "allx", "ally", "graph", "test.index")
VAL_NODES = 500


def file_name(name: str, part: str) -> str:
    """Return the published name of one of the eight files."""
    return f"ind.{name}.{part}"


def read_planetoid(folder: Path, name: str) -> Graph:
    """Read one of the data sets, with its public split.

    Training nodes are the first, as many as ``y`` has rows; the next 500 are for validation;
    ``test.index`` lists the test nodes, in the order of the rows of ``tx``. Numbers missing
    from it (15 in Citeseer) are nodes without edges: features zero, label -1. Edges listed twice
    count once and self-loops go, as in every published use of these sets; the notes say how many.

    Parameters
    ----------
    folder : Path
        Holds ``ind.NAME.x`` and the other seven.
    name : str
        ``cora``, ``citeseer`` or ``pubmed``.

    Returns
    -------
    Graph

    Raises
    ------
    DatasetError
        Naming the file that is missing, unsafe or damaged.

    References
    ----------
    .. [1] Z. Yang, W. Cohen and R. Salakhutdinov, "Revisiting Semi-Supervised Learning with
       Graph Embeddings", ICML 2016, arXiv:1603.08861.
    """
    paths = {part: folder / file_name(name, part) for part in PARTS}
    features = {part: _matrix(paths[part]) for part in ("x", "tx", "allx")}
    one_hot = {part: _one_hot(paths[part]) for part in ("y", "ty", "ally")}
    for part in ("x", "tx", "allx"):
        labels = part.replace("x", "y")
        if features[part].shape[0] != len(one_hot[labels]):
            raise DatasetError(
                f"{paths[part]}: has {features[part].shape[0]} rows, "
                f"{paths[labels].name} {len(one_hot[labels])}"
            )
        if features[part].shape[1] != features["allx"].shape[1]:
            raise DatasetError(f"{paths[part]}: has other columns than {paths['allx'].name}")
        if one_hot[labels].shape[1] != one_hot["ally"].shape[1]:
            raise DatasetError(f"{paths[labels]}: has other classes than {paths['ally'].name}")
    num_known, num_train = features["allx"].shape[0], len(one_hot["y"])
    test = _test_nodes(paths["test.index"], first=num_known, count=len(one_hot["ty"]))
    n = int(test.max()) + 1
    if num_train + VAL_NODES > num_known:
        raise DatasetError(f"{paths['allx']}: too few rows for {VAL_NODES} validation nodes")

    row_of = np.concatenate((np.arange(num_known), test))
    stacked = scipy.sparse.vstack((features["allx"], features["tx"])).tocoo()
    x = scipy.sparse.csr_matrix(
        (stacked.data, (row_of[stacked.row], stacked.col)), shape=(n, stacked.shape[1])
    )
    classes = np.concatenate((one_hot["ally"], one_hot["ty"]))
    y = np.full(n, -1, dtype=np.int64)
    y[row_of] = np.where(classes.any(axis=1), classes.argmax(axis=1), -1)

    sources, targets = _edges(paths["graph"])
    with naming(paths["graph"]):
        merged = merge_edges(
            n,
            sources=sources,
            targets=targets,
            symmetrise=True,
            parallel="once",
            loops="drop",
        )
    nodes = np.arange(n)
    with naming(paths["allx"]):
        return Graph(
            name=name,
            adjacency=merged.adjacency,
            notes=merged.notes,
            features=to_feature_csr(x),
            labels=y,
            num_classes=classes.shape[1],
            train_mask=nodes < num_train,
            val_mask=(nodes >= num_train) & (nodes < num_train + VAL_NODES),
            test_mask=np.isin(nodes, test),
        )


def _matrix(path: Path) -> Any:
    matrix = read_pickle(path)
    if not scipy.sparse.issparse(matrix):
        raise DatasetError(f"{path}: want a sparse matrix, got {type(matrix).__name__}")
    return matrix


def _one_hot(path: Path) -> NDArray[Any]:
    array = read_pickle(path)
    if not isinstance(array, np.ndarray) or array.ndim != 2 or not array.size:
        raise DatasetError(f"{path}: want a matrix of one-hot labels")
    if np.any((array != 0) & (array != 1)) or np.any(np.count_nonzero(array, axis=1) > 1):
        raise DatasetError(f"{path}: want one-hot labels, got a row with more than a single 1")
    return array


def _test_nodes(path: Path, *, first: int, count: int) -> NDArray[np.int64]:
    with naming(path):
        try:
            nodes = parse_integers(read_text(path))
        except GraphError as error:
            raise GraphError(f"want one node number per line: {error}") from error
        if nodes.size != count or not count:
            raise GraphError(f"want {count} test nodes, as ty has rows, got {nodes.size}")
        # The gaps of Citeseer are 15 of 1015; far beyond that the file is not one of these.
        if nodes.min() < first or nodes.max() >= first + 2 * count:
            raise GraphError(f"test nodes must lie in {first}..{first + 2 * count - 1}")
        if np.unique(nodes).size != count:
            raise GraphError("names a test node twice")
        return nodes


def _edges(path: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    lists = read_pickle(path)
    if not isinstance(lists, dict):
        raise DatasetError(f"{path}: want a dict of neighbour lists, got {type(lists).__name__}")
    with naming(path):
        try:
            nodes = np.fromiter(lists, dtype=np.int64, count=len(lists))
            counts = np.fromiter(map(len, lists.values()), dtype=np.int64, count=len(lists))
            flat = (other for neighbours in lists.values() for other in neighbours)
            sources = np.fromiter(flat, dtype=np.int64, count=int(counts.sum()))
        except OverflowError as error:
            raise GraphError("node numbers must fit int64") from error
    return sources, np.repeat(nodes, counts)
