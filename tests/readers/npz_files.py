# SPDX-License-Identifier: Apache-2.0
"""Random small ``.npz`` files in every layout, their arrays of any type that may hold them."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse

INTEGERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", ">i4", ">u2"]
FLOATS = ["f2", "f4", "f8", ">f4", ">f8"]

Arrays = dict[str, Any]


def own(rng: random.Random) -> Arrays:
    """hgcn's own layout, features sparse or dense or absent."""
    n = rng.randint(1, 12)
    matrix = _matrix(rng, n, n, rng.choice(FLOATS + INTEGERS))
    arrays: Arrays = {
        "indptr": _narrow(rng, matrix.indptr),
        "indices": _narrow(rng, matrix.indices),
    }
    if rng.random() < 0.5:
        arrays["weights"] = np.abs(matrix.data)
    kind = rng.choice(["dense", "sparse", "none"])
    x = _matrix(rng, n, rng.randint(1, 6), rng.choice([*FLOATS, *INTEGERS, "?"]))
    if kind == "dense":
        dense = x.toarray() if x.dtype.kind != "f" else x.astype(np.float64).toarray()
        arrays["x"] = np.asfortranarray(dense) if rng.random() < 0.3 else dense
    elif kind == "sparse":
        arrays["x_indptr"], arrays["x_indices"] = x.indptr, _narrow(rng, x.indices)
        arrays["x_shape"] = np.array(x.shape)
        if rng.random() < 0.7:
            arrays["x_data"] = x.data
    if rng.random() < 0.7:
        arrays["y"] = _labels(rng, n)
    if rng.random() < 0.3:
        arrays["num_classes"] = np.int64(rng.choice([0, 5, 300]))
    if rng.random() < 0.4:
        arrays["train_mask"] = np.array([rng.random() < 0.5 for _ in range(n)])
    if rng.random() < 0.3:
        arrays["name"] = np.array(rng.choice(["net", "two words", "gráf[1]"]))
    return arrays


def benchmark(rng: random.Random) -> Arrays:
    """The layout of gnn-benchmark: a directed adjacency, attributes sparse or dense."""
    n = rng.randint(1, 12)
    matrix = _matrix(rng, n, n, rng.choice(["f4", "i1"]))
    arrays: Arrays = {
        "adj_data": np.ones(matrix.nnz, rng.choice(["f4", "u1"])),
        "adj_indices": _narrow(rng, matrix.indices),
        "adj_indptr": _narrow(rng, matrix.indptr),
        "adj_shape": np.array(matrix.shape, dtype=rng.choice(["i8", "u1"])),
        "labels": _labels(rng, n),
        "node_names": np.array([f"node {i}" for i in range(n)]),
    }
    x = _matrix(rng, n, rng.randint(1, 6), rng.choice(["f4", "i1", "u1"]))
    if rng.random() < 0.5:
        arrays.update(attr_data=x.data, attr_indices=_narrow(rng, x.indices))
        arrays.update(attr_indptr=_narrow(rng, x.indptr), attr_shape=np.array(x.shape))
    else:
        arrays["attr_matrix"] = x.toarray()
    return arrays


def heterophilous(rng: random.Random) -> Arrays:
    """The layout of the heterophilous graphs: each edge once, ten splits or fewer."""
    n = rng.randint(1, 12)
    edges = [(rng.randrange(n), rng.randrange(n)) for _ in range(rng.randint(0, 20))]
    masks = np.array([[rng.random() < 0.5 for _ in range(n)] for _ in range(rng.randint(1, 3))])
    return {
        "node_features": _matrix(rng, n, 4, "f4").toarray().astype(rng.choice(["f2", "f4", "f8"])),
        "node_labels": _labels(rng, n),
        "edges": _narrow(rng, np.array(edges, dtype=np.int64).reshape(-1, 2)),
        "train_masks": masks,
    }


def saved_by_scipy(rng: random.Random) -> Any:
    """A sparse matrix to save: any format, perhaps unsorted, with duplicates, not square."""
    n = rng.randint(1, 10)
    cols = n if rng.random() < 0.9 else n + 1
    dtype = rng.choice([*INTEGERS[:8], "f4", "f8", "?", "c8"])
    count = rng.randint(0, 25)
    rows = np.array([rng.randrange(n) for _ in range(count)], dtype=np.int64)
    columns = np.array([rng.randrange(cols) for _ in range(count)], dtype=np.int64)
    values = np.array([rng.choice([0, 1, 1, 2, 100, -3]) for _ in range(count)])
    data = values.astype(np.complex64 if dtype == "c8" else np.int64).astype(dtype)
    kind = rng.choice([scipy.sparse.coo_matrix, scipy.sparse.coo_array])
    coo = kind((data, (rows, columns)), shape=(n, cols))
    layout = rng.choice(["coo", "coo", "csr", "csc", "bsr", "dia"])
    return coo if layout == "coo" else coo.asformat(layout)


LAYOUTS = {"own": own, "benchmark": benchmark, "heterophilous": heterophilous}


def _matrix(rng: random.Random, rows: int, cols: int, dtype: str) -> Any:
    """A CSR matrix whose rows may be out of order, without duplicates and zeros."""
    cells = rng.sample(range(rows * cols), rng.randint(0, min(rows * cols, 25)))
    row, col = np.divmod(np.array(sorted(cells), dtype=np.int64), cols)
    data = np.array([rng.choice([1, 2, 3, 100]) for _ in cells]).astype(dtype)
    counts = np.bincount(row, minlength=rows)
    indptr = np.concatenate(([0], np.cumsum(counts)))
    if rng.random() < 0.3:
        for start, stop in pairwise(indptr.tolist()):
            col[start:stop] = col[start:stop][::-1].copy()
    matrix = scipy.sparse.csr_matrix((rows, cols), dtype=np.float32)
    # Set one by one: SciPy itself has no half floats and no foreign byte order.
    matrix.data, matrix.indices, matrix.indptr = data, col, indptr
    return matrix


def _labels(rng: random.Random, n: int) -> Any:
    dtype = rng.choice(INTEGERS)
    top = rng.choice([1, 6, 127 if dtype == "i1" else 255])
    low = 0 if "u" in dtype else -1
    return np.array([rng.randint(low, top) for _ in range(n)]).astype(dtype)


def _narrow(rng: random.Random, values: Any) -> Any:
    """The same whole numbers in a type that holds them."""
    top = int(values.max(initial=0))
    fitting = [kind for kind in INTEGERS if np.iinfo(np.dtype(kind)).max >= top]
    return values.astype(rng.choice(fitting))
