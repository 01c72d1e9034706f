# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hgcn.errors import DatasetError
from hgcn.graph.read_npz import read_npz

PAIR = {"indptr": np.array([0, 1, 2]), "indices": np.array([1, 0], dtype=np.int32)}
SHCHUR = {
    "adj_data": np.ones(1, np.float32),
    "adj_indices": np.array([1]),
    "adj_indptr": np.array([0, 1, 1]),
    "adj_shape": np.array([2, 2]),
}
YANDEX = {
    "node_features": np.eye(2, dtype=np.float32),
    "node_labels": np.array([0, 1]),
    "edges": np.array([[0, 1]]),
}


def _save(tmp_path: Path, *layouts: dict, **more: object) -> Path:
    arrays = {key: value for layout in (*layouts, more) for key, value in layout.items()}
    np.savez(tmp_path / "g.npz", **{k: v for k, v in arrays.items() if v is not None})
    return tmp_path / "g.npz"


def test_structure_alone_is_enough(tmp_path: Path) -> None:
    graph = read_npz(_save(tmp_path, PAIR))
    assert (graph.name, graph.num_edges, graph.features, graph.labels) == ("g", 2, None, None)


def test_dense_features_and_labels_without_a_count(tmp_path: Path) -> None:
    graph = read_npz(_save(tmp_path, PAIR, x=np.eye(2), y=np.array([-1, 1])))
    assert (graph.features.nnz, graph.num_classes) == (2, 2)


def test_masks_without_a_true_count_as_absent(tmp_path: Path) -> None:
    masks = {"train_mask": np.array([True, False]), "val_mask": np.zeros(2, bool)}
    graph = read_npz(_save(tmp_path, PAIR, masks))
    assert graph.train_mask.tolist() == [True, False]
    assert graph.val_mask is None


def test_unsorted_rows_get_sorted(tmp_path: Path) -> None:
    file = _save(tmp_path, indptr=np.array([0, 2, 3, 4]), indices=np.array([2, 1, 0, 0]))
    assert read_npz(file).adjacency.indices.tolist() == [1, 2, 0, 0]


def test_gnn_benchmark_is_made_symmetric(tmp_path: Path) -> None:
    attributes = {
        "attr_data": np.array([2.0]),
        "attr_indices": np.array([0]),
        "attr_indptr": np.array([0, 1, 1]),
        "attr_shape": np.array([2, 3]),
    }
    graph = read_npz(_save(tmp_path, SHCHUR, attributes, labels=np.array([0, 4], np.int8)))
    assert (graph.num_edges, graph.num_features, graph.num_classes) == (2, 3, 5)
    dense = read_npz(_save(tmp_path, SHCHUR, attr_matrix=np.eye(2)))
    assert (dense.features.nnz, dense.labels) == (2, None)


def test_heterophilous_takes_the_first_split(tmp_path: Path) -> None:
    masks = np.array([[True, False], [False, True]])
    graph = read_npz(_save(tmp_path, YANDEX, train_masks=masks))
    assert (graph.num_edges, graph.train_mask.tolist()) == (2, [True, False])


@pytest.mark.parametrize(
    ("layouts", "message"),
    [
        (({},), r"want arrays indices, indptr or .*; found none"),
        (({"indptr": PAIR["indptr"]},), r"found 'indptr'$"),
        (({"adj": np.array([{}], dtype=object)},), "array 'adj' is a pickled object"),
        ((PAIR, {"indices": np.array([1])}), "adjacency: indices must have 2 entries"),
        ((PAIR, {"indices": np.array([2, 0])}), r"adjacency: column indices .* 0\.\.1, got 2"),
        ((PAIR, {"indices": np.array([-1, 0])}), "got -1"),
        ((PAIR, {"indices": np.array([1.0, 0.0])}), "'indices' must not be of type float64"),
        ((PAIR, {"indptr": np.array([[0, 1]])}), "'indptr' must have 1 dimensions, got 2"),
        ((PAIR, {"indptr": np.array([0, -5, 2])}), "adjacency: indptr must rise from 0"),
        ((PAIR, {"indptr": np.zeros(0, int)}), "array 'indptr' is empty"),
        ((PAIR, {"weights": np.array([1.0, np.nan])}), "edge weights must be finite"),
        ((PAIR, {"weights": np.array([1.0])}), "adjacency: data must have 2 entries"),
        ((PAIR, {"x": np.array([[np.nan], [1]])}), "features must be finite, got NaN"),
        ((PAIR, {"x": np.array([[1e300], [1]])}), "features must be finite"),
        ((PAIR, {"x": np.zeros((3, 1))}), "features must have 2 rows, got 3"),
        ((PAIR, {"x_indptr": np.array([0, 0, 0])}), "has no array 'x_shape'"),
        (
            (PAIR, {"x_indptr": np.array([0, 0, 0]), "x_shape": np.array([2, 1])}),
            "has no array 'x_indices'",
        ),
        (
            (PAIR, {"y": np.array([0, 5]), "num_classes": np.int64(2)}),
            r"labels must lie in -1\.\.1",
        ),
        ((PAIR, {"y": np.array([0])}), r"labels must have shape \(2,\)"),
        ((PAIR, {"train_mask": np.array([2, 0])}), "train_mask must be true or false"),
        ((PAIR, {"train_mask": np.array([True])}), r"train_mask must have shape \(2,\)"),
        ((SHCHUR, {"adj_shape": np.array([2, 3])}), "adjacency must be square, got 2 x 3"),
        ((SHCHUR, {"adj_shape": np.array([10**12] * 2)}), "makes 1000000000000 nodes"),
        ((YANDEX, {"edges": np.array([[0, 2]])}), r"edge targets must lie in 0\.\.1, got 2"),
        ((YANDEX, {"train_masks": np.zeros((0, 2), bool)}), "'train_masks' holds no split"),
    ],
)
def test_faults_name_the_file_and_the_array(tmp_path: Path, layouts: tuple, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"g\.npz: .*({message})") as caught:
        read_npz(_save(tmp_path, *layouts))
    assert "\n" not in str(caught.value)


COUNTS = {
    "converted/cora.npz": (2708, 10556, 49216, 7),
    "converted/citeseer.npz": (3327, 9104, 105165, 6),
    "converted/pubmed.npz": (19717, 88648, 988031, 3),
    "converted/amazon_photo.npz": (7650, 238162, 1979909, 8),
    "converted/debian_bookworm.npz": (63436, 549900, 371456, 58),
    "converted/tolokers.npz": (11758, 1038000, 61101, 2),
    "original/gnn-benchmark/cora.npz": (2708, 10556, 49216, 7),
    "original/heterophilous/tolokers.npz": (11758, 1038000, 61101, 2),
}


@pytest.mark.parametrize("name", COUNTS)
def test_real_files_have_the_published_counts(data_folder: Path, name: str) -> None:
    file = data_folder / name
    if not file.is_file():
        pytest.skip(f"no {file}")
    graph = read_npz(file)
    counts = (graph.num_nodes, graph.num_edges, graph.features.nnz, graph.num_classes)
    assert counts == COUNTS[name]


def test_both_layouts_of_tolokers_are_the_same_graph(data_folder: Path) -> None:
    files = [
        data_folder / place / "tolokers.npz" for place in ("converted", "original/heterophilous")
    ]
    if not all(file.is_file() for file in files):
        pytest.skip(f"not both of {files}")
    first, second = map(read_npz, files)
    assert first.digest() == second.digest()
    assert np.array_equal(first.train_mask, second.train_mask)


def test_structure_only_files_have_no_features(data_folder: Path) -> None:
    graph = read_npz(data_folder / "converted" / "snap_email_enron.npz")
    assert (graph.num_edges, graph.features, graph.labels, graph.train_mask) == (
        367662,
        None,
        None,
        None,
    )
