# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hgcn.datasets import available, load
from hgcn.errors import DatasetError
from hgcn.graph import from_edges, save_npz
from tests.datasets.planetoid_files import hostile_pickle, write_tiny


def test_digits_need_nothing(bare_machine: Path) -> None:
    assert load("digits").num_nodes == load("Digits").num_nodes == 1797
    assert not bare_machine.exists()


def test_offline_says_what_where_and_what_to_do(bare_machine: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        load("cora", tmp_path)
    message = str(caught.value)
    assert message.startswith("cora: no ind.cora.* or cora.npz in ")
    assert str(tmp_path) in message
    assert str(bare_machine / "cora") in message
    assert "https://raw.githubusercontent.com/kimiyoung/planetoid/" in message
    assert "Connection refused" in message
    assert "HGCN_DATA can name a folder of local copies" in message
    assert "\n" not in message


def test_sets_without_download_say_so(bare_machine: Path) -> None:
    with pytest.raises(DatasetError, match=r"debian_bookworm: no .* it has no download; HGCN_DATA"):
        load("debian-bookworm")


def test_unknown_names_list_the_known(bare_machine: Path) -> None:
    with pytest.raises(DatasetError, match=r"no data set 'kora': want .* one of digits, cora, "):
        load("kora")


def test_paths_are_read_as_graphs(tmp_path: Path) -> None:
    file = save_npz(from_edges(2, [(0, 1)], symmetrise=True, name="pair"), tmp_path / "p.npz")
    assert load(file).name == load(str(file)).name == "pair"
    with pytest.raises(DatasetError, match=r"none\.mtx: no such file"):
        load("none.mtx")
    with pytest.raises(DatasetError, match="is a folder, want a graph file"):
        load(tmp_path)


def test_data_dir_comes_before_the_variable(
    bare_machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny(tmp_path / "one", "cora")
    write_tiny(tmp_path / "two" / "planetoid", "cora", graph={0: [1]})
    monkeypatch.setenv("HGCN_DATA", str(tmp_path / "two"))
    assert load("cora").num_edges == 2
    assert load("cora", tmp_path / "one").num_edges == 4
    (tmp_path / "empty").mkdir()
    assert load("cora", tmp_path / "empty").num_edges == 2


def test_cached_files_must_match_their_checksums(bare_machine: Path) -> None:
    write_tiny(bare_machine / "cora", "cora")
    with pytest.raises(DatasetError, match="cannot be downloaded"):
        load("cora")


def test_an_intact_cache_is_used(bare_machine: Path, data_folder: Path) -> None:
    (bare_machine / "cora").mkdir(parents=True)
    for path in (data_folder / "planetoid").glob("ind.cora.*"):
        (bare_machine / "cora" / path.name).write_bytes(path.read_bytes())
    assert load("cora").num_edges == 10556


def test_a_hostile_local_copy_does_not_run(bare_machine: Path, tmp_path: Path) -> None:
    sentinel = tmp_path / "ran"
    write_tiny(tmp_path / "data", "cora", x=hostile_pickle(sentinel))
    with pytest.raises(DatasetError, match=r"ind\.cora\.x: unsafe pickle refused"):
        load("cora", tmp_path / "data")
    assert not sentinel.exists()


def test_labelled_sets_without_a_split_get_one(bare_machine: Path, tmp_path: Path) -> None:
    labels = np.arange(200) % 2
    save_npz(from_edges(200, [(0, 1)], labels=labels), tmp_path / "amazon_computers.npz")
    graph = load("amazon_computers", tmp_path)
    assert graph.name == "amazon_computers"
    masks = (graph.train_mask, graph.val_mask, graph.test_mask)
    assert [int(mask.sum()) for mask in masks] == [40, 60, 100]


@pytest.mark.parametrize("info", available(), ids=lambda info: info.name)
def test_local_copies_have_the_catalogued_counts(
    info, bare_machine: Path, data_folder: Path
) -> None:
    try:
        graph = load(info.name, data_folder)
    except DatasetError as error:
        assert "cannot be downloaded" in str(error)
        pytest.skip(f"no local copy of {info.name}")
    counts = (graph.num_nodes, graph.num_edges, graph.num_features, graph.num_classes)
    assert counts == (info.nodes, info.edges, info.features, info.classes)
    assert graph.name == info.name
