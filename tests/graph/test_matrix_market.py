# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from hgcn.errors import DatasetError
from hgcn.graph.matrix_market import read_matrix_market

BANNER = "%%MatrixMarket matrix coordinate pattern general\n"


@pytest.mark.parametrize("symmetry", ["general", "symmetric"])
def test_what_scipy_writes_comes_back(tmp_path: Path, symmetry: str) -> None:
    dense = np.triu(np.arange(16.0).reshape(4, 4) % 3)
    dense = dense + dense.T if symmetry == "symmetric" else dense
    file = tmp_path / "m.mtx"
    scipy.io.mmwrite(str(file), scipy.sparse.coo_matrix(dense), symmetry=symmetry)
    graph = read_matrix_market(file, weighted=True)
    assert np.array_equal(graph.adjacency.to_dense(), dense)


def test_entries_are_row_then_column_and_comments_are_skipped(tmp_path: Path) -> None:
    file = tmp_path / "m.mtx.gz"
    file.write_bytes(gzip.compress((BANNER + "% note\n\n3 3 3\n1 3\n2 2\n1 3\n").encode()))
    graph = read_matrix_market(file)
    assert graph.name == "m"
    assert graph.adjacency.to_dense().tolist() == [[0, 0, 2], [0, 1, 0], [0, 0, 0]]
    assert read_matrix_market(file, symmetrise=True).num_edges == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "first line must be a %%MatrixMarket matrix banner, got ''"),
        ("%%MatrixMarket matrix list real general\n", "layout must be .* array, got 'list'"),
        (
            "%%MatrixMarket matrix array pattern general\n",
            "field must be integer .*, got 'pattern'",
        ),
        (
            "%%MatrixMarket matrix coordinate complex general\n",
            "field must be pattern or integer .*, got 'complex'",
        ),
        (
            "%%MatrixMarket matrix coordinate real odd\n",
            "symmetry must be general or symmetric .*, got 'odd'",
        ),
        (BANNER, "size line must hold rows, columns, entries, got ''"),
        (BANNER + "3 3\n", "size line must hold rows, columns, entries, got '3 3'"),
        (BANNER + f"{10**30} 3 1\n", "size line holds absurd sizes"),
        (BANNER + f"{10**12} {10**12} 1\n1 1\n", "makes 1000000000000 nodes, more than"),
        (BANNER + "2 3 1\n1 2\n", "matrix must be square, got 2 x 3"),
        (BANNER + "2 2 9999999\n1 2\n", "header says 9999999 entries, the file holds 1"),
        (BANNER + "2 2 1\n1 2\n2 1\n", "header says 1 entries, the file holds 2"),
        (BANNER + "2 2 1\n0 2\n", r"indices must lie in 1\.\.2, got 0"),
        (BANNER + "2 2 1\n1 3\n", r"indices must lie in 1\.\.2, got 3"),
        (
            BANNER + "2 2 1\n1 b\n",
            "line 3: want whole numbers as row and column in 2 fields, got '1 b'",
        ),
        (BANNER + "0 0 0\n", "graph needs at least one node"),
    ],
)
def test_faults_name_the_file(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "m.mtx"
    file.write_text(text)
    with pytest.raises(DatasetError, match=rf"m\.mtx: .*{message}") as caught:
        read_matrix_market(file)
    assert "\n" not in str(caught.value)


def test_a_pattern_has_no_weights(tmp_path: Path) -> None:
    file = tmp_path / "m.mtx"
    file.write_text(BANNER + "2 2 1\n1 2\n")
    with pytest.raises(DatasetError, match="a pattern matrix holds no weights"):
        read_matrix_market(file, weighted=True)
