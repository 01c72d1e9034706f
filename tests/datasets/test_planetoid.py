# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from hgcn.datasets.planetoid import read_planetoid
from hgcn.errors import DatasetError
from hgcn.graph import read_npz
from tests.datasets.planetoid_files import (
    KNOWN,
    TRAIN,
    hostile_pickle,
    python2_pickle,
    tiny_parts,
    write_tiny,
)


def test_test_rows_follow_the_unsorted_index(tmp_path: Path) -> None:
    graph = read_planetoid(write_tiny(tmp_path, "cora"), "cora")
    assert graph.num_nodes == 525
    dense = graph.features.to_dense()
    assert dense[[524, 521, 522]].tolist() == [[5, 0, 0], [0, 6, 0], [0, 0, 7]]
    assert graph.labels[[524, 521, 522]].tolist() == [0, 1, 1]


def test_missing_test_nodes_are_isolated_and_unlabelled(tmp_path: Path) -> None:
    graph = read_planetoid(write_tiny(tmp_path, "cora"), "cora")
    for node in (520, 523):
        assert graph.labels[node] == -1
        assert not graph.features.to_dense()[node].any()
        assert not graph.test_mask[node]


def test_the_split_is_the_public_one(tmp_path: Path) -> None:
    graph = read_planetoid(write_tiny(tmp_path, "cora"), "cora")
    assert np.flatnonzero(graph.train_mask).tolist() == list(range(TRAIN))
    assert np.flatnonzero(graph.val_mask).tolist() == list(range(TRAIN, TRAIN + 500))
    assert np.flatnonzero(graph.test_mask).tolist() == [521, 522, 524]


def test_edges_are_symmetric_without_loops_and_repeats(tmp_path: Path) -> None:
    adjacency = read_planetoid(write_tiny(tmp_path, "cora"), "cora").adjacency
    pairs = list(zip(adjacency.row_ids().tolist(), adjacency.indices.tolist(), strict=True))
    assert pairs == [(0, 1), (1, 0), (2, 524), (524, 2)]


COUNTS = {
    "cora": (2708, 10556, 1433, 49216, 7, 0, 0, (140, 500, 1000)),
    "citeseer": (3327, 9104, 3703, 105165, 6, 48, 15, (120, 500, 1000)),
    "pubmed": (19717, 88648, 500, 988031, 3, 0, 0, (60, 500, 1000)),
}


@pytest.mark.parametrize("name", COUNTS)
def test_published_files_give_the_published_counts(data_folder: Path, name: str) -> None:
    start = time.perf_counter()
    graph = read_planetoid(data_folder / "planetoid", name)
    seconds = time.perf_counter() - start
    masks = (graph.train_mask, graph.val_mask, graph.test_mask)
    assert COUNTS[name] == (
        graph.num_nodes,
        graph.num_edges,
        graph.num_features,
        graph.features.nnz,
        graph.num_classes,
        int((np.diff(graph.adjacency.indptr) == 0).sum()),
        int((graph.labels == -1).sum()),
        tuple(int(mask.sum()) for mask in masks),
    )
    assert seconds < 10, "takes 0.2 s for Pubmed on an idle machine"


@pytest.mark.parametrize("name", COUNTS)
def test_raw_and_converted_files_are_the_same_graph(data_folder: Path, name: str) -> None:
    raw = read_planetoid(data_folder / "planetoid", name)
    converted = read_npz(data_folder / "converted" / f"{name}.npz")
    assert raw.digest() == converted.digest()
    assert any("parallel edges merged: each edge counts once" in note for note in raw.notes)
    for field in ("labels", "train_mask", "val_mask", "test_mask"):
        assert np.array_equal(getattr(raw, field), getattr(converted, field))


def test_a_hostile_part_does_not_run(tmp_path: Path) -> None:
    sentinel = tmp_path / "ran"
    folder = write_tiny(tmp_path / "data", "cora", x=hostile_pickle(sentinel))
    with pytest.raises(DatasetError, match=r"ind\.cora\.x: unsafe pickle refused"):
        read_planetoid(folder, "cora")
    assert not sentinel.exists()


def _with_nan() -> scipy.sparse.csr_matrix:
    tx = tiny_parts()["tx"].copy()
    tx.data[0] = np.nan
    return tx


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"x": np.zeros((2, 2))}, r"cora\.x: want a sparse matrix, got ndarray"),
        ({"ty": tiny_parts()["tx"]}, r"cora\.ty: want a matrix of one-hot labels"),
        ({"graph": np.zeros(2)}, r"cora\.graph: want a dict of neighbour lists, got ndarray"),
        ({"y": np.eye(3, 2, dtype=np.int32)}, r"cora\.x: has 2 rows, ind\.cora\.y 3"),
        (
            {"tx": scipy.sparse.csr_matrix((3, 4), dtype=np.float32)},
            r"cora\.tx: has other columns than ind\.cora\.allx",
        ),
        ({"ty": np.eye(3, dtype=np.int32)}, r"cora\.ty: has other classes than ind\.cora\.ally"),
        ({"index": "521\n522\n"}, r"cora\.test\.index: want 3 test nodes, as ty has rows, got 2"),
        ({"index": "521\n522\nx\n"}, r"cora\.test\.index: want one node number per line"),
        ({"ally": np.ones((KNOWN, 2), np.int32)}, r"cora\.ally: want one-hot labels, got a row"),
        ({"ty": np.diag([1, 2])[[0, 1, 1]]}, r"cora\.ty: want one-hot labels, got a row"),
        ({"index": "521\n522\n522\n"}, r"cora\.test\.index: names a test node twice"),
        ({"index": f"521\n522\n{10**12}\n"}, rf"test nodes must lie in {KNOWN}\.\.{KNOWN + 5}"),
        ({"index": "521\n522\n5\n"}, rf"test nodes must lie in {KNOWN}\.\.{KNOWN + 5}"),
        ({"graph": {0: [600]}}, r"cora\.graph: edge sources must lie in 0\.\.524, got 600"),
        ({"graph": {-1: [0]}}, r"cora\.graph: edge targets must lie in 0\.\.524, got -1"),
        ({"tx": _with_nan()}, r"cora\.allx: cora: features must be finite"),
    ],
)
def test_faults_name_the_file(tmp_path: Path, changed: dict, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        read_planetoid(write_tiny(tmp_path, "cora", **changed), "cora")


def test_truncated_parts_are_named(tmp_path: Path) -> None:
    content = python2_pickle(tiny_parts()["allx"])
    write_tiny(tmp_path, "cora", allx=content[: len(content) // 2])
    with pytest.raises(DatasetError, match=r"ind\.cora\.allx: damaged pickle"):
        read_planetoid(tmp_path, "cora")


def test_too_few_known_nodes_are_named(tmp_path: Path) -> None:
    parts = tiny_parts()
    write_tiny(tmp_path, "cora", allx=parts["allx"][:400], ally=parts["ally"][:400])
    (tmp_path / "ind.cora.test.index").write_text("400\n401\n402\n")
    with pytest.raises(DatasetError, match=r"allx: too few rows for 500 validation nodes"):
        read_planetoid(tmp_path, "cora")


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    write_tiny(tmp_path, "cora")
    (tmp_path / "ind.cora.ty").unlink()
    with pytest.raises(DatasetError, match=r"ind\.cora\.ty: cannot be read: No such file"):
        read_planetoid(tmp_path, "cora")
