# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from hgcn.errors import DatasetError
from hgcn.graph import read_npz

ADJACENCY = np.array([[0, 2, 0], [0, 0, 3], [0, 0, 1]])
PAIR = {"indptr": np.array([0, 1, 2]), "indices": np.array([1, 0])}
BENCHMARK = {
    "adj_indptr": np.array([0, 1, 1]),
    "adj_indices": np.array([1]),
    "adj_shape": np.array([2, 2]),
    "adj_data": np.ones(1),
}


def _save(tmp_path: Path, *parts: dict) -> Path:
    np.savez(tmp_path / "g.npz", **{k: v for part in parts for k, v in part.items()})
    return tmp_path / "g.npz"


@pytest.mark.parametrize("layout", ["csr", "csc", "coo"])
@pytest.mark.parametrize("kind", [scipy.sparse.csr_matrix, scipy.sparse.csr_array])
@pytest.mark.parametrize("dtype", ["i1", "u1", "f4", "f8", "i8"])
def test_scipy_files_are_read_by_their_format(
    tmp_path: Path, layout: str, kind, dtype: str
) -> None:
    file = tmp_path / "g.npz"
    scipy.sparse.save_npz(file, kind(ADJACENCY.astype(dtype)).asformat(layout))
    assert read_npz(file, weighted=True).adjacency.to_dense().tolist() == ADJACENCY.tolist()
    plain = read_npz(file)
    assert plain.adjacency.to_dense().tolist() == (ADJACENCY != 0).tolist()
    assert any("values were left out" in note for note in plain.notes)
    assert not any("not read" in note for note in plain.notes)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (scipy.sparse.bsr_matrix(ADJACENCY), "format must be csr, csc, coo, got 'bsr'"),
        (scipy.sparse.dia_matrix(ADJACENCY), "format must be csr, csc, coo, got 'dia'"),
        (scipy.sparse.csr_matrix(ADJACENCY * 1j), "'data' must not be of type complex128"),
        (scipy.sparse.csr_matrix((2, 3)), "adjacency must be square, got 2 x 3"),
        (scipy.sparse.coo_matrix((10**7, 10**7)), "makes 10000000 nodes, more than"),
    ],
)
def test_other_scipy_files_are_refused_by_name(tmp_path: Path, matrix, message: str) -> None:
    scipy.sparse.save_npz(tmp_path / "g.npz", matrix)
    with pytest.raises(DatasetError, match=message):
        read_npz(tmp_path / "g.npz")


@pytest.mark.parametrize("part", ["indices", "indptr"])
def test_a_damaged_scipy_file_is_named(tmp_path: Path, part: str) -> None:
    matrix = scipy.sparse.csr_matrix(ADJACENCY)
    parts = {"indices": matrix.indices, "indptr": matrix.indptr, "data": matrix.data}
    parts[part] = parts[part] + 5
    file = _save(tmp_path, parts, {"shape": np.array([3, 3]), "format": np.array(b"csr")})
    with pytest.raises(DatasetError, match="adjacency"):
        read_npz(file)


def test_a_matrix_without_its_format_is_no_graph(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"array 'data' beside .* needs their 'format'"):
        read_npz(_save(tmp_path, PAIR, {"data": np.ones(2)}))


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "u4", "i4", "u8", ">i8"])
def test_indices_and_labels_of_any_integer_type(tmp_path: Path, dtype: str) -> None:
    # 300 entries: row pointers of one byte would fall back to 0.
    n = 20 if dtype in ("u1", "i1") else 300
    ring = {
        "indptr": np.arange(n + 1).astype(dtype),
        "indices": ((np.arange(n) + 1) % n).astype(dtype),
        "y": np.minimum(np.arange(n), 255 if dtype == "u1" else 100).astype(dtype),
    }
    graph = read_npz(_save(tmp_path, ring))
    assert graph.adjacency.indices.tolist() == ((np.arange(n) + 1) % n).tolist()
    assert graph.num_classes == min(n, 101)


def test_labels_of_one_byte_reach_class_255(tmp_path: Path) -> None:
    labels = {"labels": np.array([0, 255], dtype=np.uint8)}
    assert read_npz(_save(tmp_path, BENCHMARK, labels)).num_classes == 256


def test_a_number_beyond_int64_is_named(tmp_path: Path) -> None:
    huge = {"indptr": np.array([0, 1, 2**63], dtype=np.uint64)}
    with pytest.raises(
        DatasetError, match="array 'indptr' must fit int64, got 9223372036854775808"
    ):
        read_npz(_save(tmp_path, PAIR, huge))


def test_integer_weights_are_weights(tmp_path: Path) -> None:
    graph = read_npz(_save(tmp_path, PAIR, {"weights": np.array([200, 3], dtype=np.uint8)}))
    assert graph.adjacency.data.tolist() == [200, 3]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"x": np.ones((2, 4), dtype=complex)}, "'x' must not be of type complex128"),
        ({"x": np.ones((2, 2, 2))}, "'x' must have 2 dimensions, got 3"),
        ({"x": np.array([["a"], ["b"]])}, "'x' must not be of type <U1"),
        ({"y": np.eye(2, dtype=int)}, "'y' must have 1 dimensions, got 2"),
        ({"y": np.array([5, 10**9])}, "at most 4096; got 1000000000: is that an id"),
        ({"y": np.array([0, 1]), "num_classes": np.int64(0)}, "labels must lie in"),
        ({"y": np.array([0, 1]), "num_classes": np.int64(10**12)}, "labels must lie in"),
        ({"name": np.array(3)}, "'name' must not be of type int64"),
        (
            {
                "x_indptr": np.zeros(3, int),
                "x_indices": np.zeros(0, int),
                "x_shape": np.array([2, 2**31 - 1]),
            },
            "makes 2147483647 features, more than",
        ),
        ({"train_mask": np.array([1, 2])}, "train_mask must be true or false"),
    ],
)
def test_other_arrays_are_refused_by_name(tmp_path: Path, part: dict, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        read_npz(_save(tmp_path, PAIR, part))


def test_column_major_arrays_are_read_as_numpy_reads_them(tmp_path: Path) -> None:
    x = np.asfortranarray([[1.0, 2, 3], [4, 5, 6]])
    assert read_npz(_save(tmp_path, PAIR, {"x": x})).features.to_dense().tolist() == x.tolist()


def test_a_constant_matrix_is_counted_before_it_is_unfolded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HGCN_FILE_MIB", "1")
    np.savez_compressed(tmp_path / "g.npz", **PAIR, x=np.ones((2, 20_000), dtype=np.uint8))
    with pytest.raises(DatasetError, match="makes 40000 nonzeros, more than the 21845 that a"):
        read_npz(tmp_path / "g.npz")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\x1b[31m\nb", r"a\x1b[31m\nb"), ("\u202ea", r"\u202ea"), ("x" * 999, "x" * 100), ("", "g")],
)
def test_a_name_from_inside_is_made_readable(tmp_path: Path, name: str, shown: str) -> None:
    graph = read_npz(_save(tmp_path, PAIR, {"name": np.array(name)}))
    assert graph.name == shown
    assert len(graph.notes) == 1
    assert read_npz(_save(tmp_path, PAIR, {"name": np.array("net[/v2]")})).notes == ()


def test_arrays_that_are_not_read_are_noted(tmp_path: Path) -> None:
    graph = read_npz(
        _save(tmp_path, BENCHMARK, {"class_names": np.array(["a"]), "z\n": np.ones(1)})
    )
    assert graph.notes[-1] == "Arrays not read: 'class_names', 'z\\n'."
    values = {"adj_data": np.array([2.0])}
    assert "adj_data were left out" in read_npz(_save(tmp_path, BENCHMARK, values)).notes[-1]


def test_of_many_splits_the_first_is_taken_and_noted(tmp_path: Path) -> None:
    arrays = {
        "node_features": np.eye(2),
        "node_labels": np.array([0, 1], np.uint8),
        "edges": np.array([[0, 1]], np.uint8),
        "train_masks": np.array([[True, False], [False, True]]),
    }
    graph = read_npz(_save(tmp_path, arrays))
    assert graph.train_mask.tolist() == [True, False]
    assert "Of 2 splits the first is taken." in graph.notes
