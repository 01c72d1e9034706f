# SPDX-License-Identifier: Apache-2.0
"""``.npz`` files read by us and, array by array, with NumPy and SciPy: the same, or a refusal."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from hgcn.errors import DatasetError
from hgcn.graph import Graph, read_npz
from tests.readers import npz_files

FILES = 300


def _dense(
    arrays: dict, names: tuple[str, str], values: str | None, shape: tuple[int, int]
) -> np.ndarray:
    """The dense matrix of CSR arrays, entry by entry in Python's own numbers."""
    indptr, indices = (arrays[name].tolist() for name in names)
    data = [1] * len(indices) if values not in arrays else arrays[values].tolist()
    dense = np.zeros(shape)
    for row in range(shape[0]):
        for place in range(indptr[row], indptr[row + 1]):
            dense[row, indices[place]] += data[place]
    return dense


def _own(arrays: dict) -> dict:
    n = len(arrays["indptr"]) - 1
    want = {"adjacency": _dense(arrays, ("indptr", "indices"), "weights", (n, n))}
    if "x" in arrays:
        want["features"] = arrays["x"].astype(np.float64)
    if "x_shape" in arrays:
        shape = tuple(arrays["x_shape"].tolist())
        want["features"] = _dense(arrays, ("x_indptr", "x_indices"), "x_data", shape)
    if "y" in arrays:
        labels = arrays["y"].tolist()
        classes = int(arrays["num_classes"]) if "num_classes" in arrays else max(labels) + 1
        want["labels"], want["num_classes"] = (labels if classes else None), classes
    return want


def _made_simple(dense: np.ndarray) -> np.ndarray:
    return ((dense + dense.T) > 0) * (1.0 - np.eye(len(dense)))


def _benchmark(arrays: dict) -> dict:
    n = int(arrays["adj_shape"][0])
    directed = _dense(arrays, ("adj_indptr", "adj_indices"), "adj_data", (n, n))
    labels = arrays["labels"].tolist()
    if "attr_matrix" in arrays:
        features = arrays["attr_matrix"].astype(np.float64)
    else:
        shape = tuple(arrays["attr_shape"].tolist())
        features = _dense(arrays, ("attr_indptr", "attr_indices"), "attr_data", shape)
    return {
        "adjacency": _made_simple(directed),
        "features": features,
        "labels": labels,
        "num_classes": max(labels) + 1,
    }


def _heterophilous(arrays: dict) -> dict:
    n = len(arrays["node_features"])
    dense = np.zeros((n, n))
    for source, target in arrays["edges"].tolist():
        dense[source, target] = dense[target, source] = 1
    labels = arrays["node_labels"].tolist()
    mask = arrays["train_masks"][0]
    return {
        "adjacency": dense,
        "features": arrays["node_features"].astype(np.float64),
        "labels": labels,
        "num_classes": max(labels) + 1,
        "train_mask": mask if mask.any() else None,
    }


def _same(graph: Graph, want: dict) -> None:
    assert np.array_equal(graph.adjacency.to_dense(), want["adjacency"].astype(np.float32))
    if "features" in want:
        assert graph.features is not None
        assert np.array_equal(graph.features.to_dense(), want["features"].astype(np.float32))
    for field in ("labels", "train_mask"):
        if field in want:
            got = getattr(graph, field)
            assert (got is None) == (want[field] is None)
            assert got is None or got.tolist() == list(want[field])
    if "num_classes" in want and want["labels"] is not None:
        assert graph.num_classes == max(want["num_classes"], 0) or graph.labels is None


@pytest.mark.parametrize(
    ("layout", "reference"),
    [("own", _own), ("benchmark", _benchmark), ("heterophilous", _heterophilous)],
)
def test_arrays_mean_what_numpy_reads(tmp_path: Path, layout: str, reference) -> None:
    seen: Counter[str] = Counter()
    for seed in range(FILES):
        rng = random.Random(f"{layout} {seed}")
        arrays = npz_files.LAYOUTS[layout](rng)
        path = tmp_path / f"{seed}.npz"
        (np.savez if rng.random() < 0.5 else np.savez_compressed)(path, **arrays)
        with np.load(path) as loaded:
            want = reference(dict(loaded))
        try:
            graph = read_npz(path)
        except DatasetError as error:
            assert "labels must lie in" in str(error), f"seed {seed}: {error}"
            seen["refused"] += 1
            continue
        _same(graph, want)
        seen["read"] += 1
    # Labels beyond a stated number of classes are refused, everything else is read.
    assert seen["read"] > FILES * 0.8


@pytest.mark.parametrize("weighted", [False, True])
def test_saved_matrices_are_what_scipy_loads(tmp_path: Path, weighted: bool) -> None:
    seen: Counter[str] = Counter()
    for seed in range(FILES):
        path = tmp_path / f"{seed}.npz"
        scipy.sparse.save_npz(path, npz_files.saved_by_scipy(random.Random(f"scipy {seed}")))
        matrix = scipy.sparse.load_npz(path)
        try:
            got = read_npz(path, weighted=weighted).adjacency.to_dense()
        except DatasetError as error:
            reason = next(
                reason
                for reason in ("square", "format must be", "complex64", "must not be negative")
                if reason in str(error)
            )
            seen[reason] += 1
            continue
        # In a type wide enough; SciPy adds int8 up in int8.
        if matrix.dtype == bool:
            want = matrix.toarray().astype(np.float64)
        else:
            want = matrix.astype(np.float64).toarray()
        want = want if weighted else want != 0
        assert np.array_equal(got, want.astype(np.float32)), f"seed {seed}"
        seen["read"] += 1
    assert seen["read"] > FILES * (0.2 if weighted else 0.4)
    assert min(seen[reason] for reason in ("square", "format must be", "complex64")) > 5
