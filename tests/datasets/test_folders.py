# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest

from hgcn.datasets.catalogue import CATALOGUE
from hgcn.datasets.folders import cache_folder, data_folders, find_local
from hgcn.errors import DatasetError
from tests.datasets.planetoid_files import write_tiny


def test_cache_follows_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HGCN_CACHE", "/one")
    monkeypatch.setenv("XDG_CACHE_HOME", "/two")
    assert cache_folder() == Path("/one")
    monkeypatch.delenv("HGCN_CACHE")
    assert cache_folder() == Path("/two/hgcn")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "hgcn"


def test_the_argument_comes_before_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HGCN_DATA", "/data")
    assert data_folders(tmp_path) == [tmp_path, Path("/data")]
    monkeypatch.delenv("HGCN_DATA")
    assert data_folders(None) == []
    with pytest.raises(DatasetError, match="none: data_dir is no folder"):
        data_folders(tmp_path / "none")


@pytest.mark.parametrize("sub", ["", "planetoid", "converted", "cora"])
def test_raw_files_are_found_in_each_place(tmp_path: Path, sub: str) -> None:
    write_tiny(tmp_path / sub, "cora")
    assert find_local(CATALOGUE["cora"], tmp_path) == tmp_path / sub
    assert find_local(CATALOGUE["pubmed"], tmp_path) is None


def test_an_incomplete_set_of_raw_files_is_none(tmp_path: Path) -> None:
    write_tiny(tmp_path, "cora")
    (tmp_path / "ind.cora.ty").unlink()
    assert find_local(CATALOGUE["cora"], tmp_path) is None
    (tmp_path / "converted").mkdir()
    (tmp_path / "converted" / "cora.npz").touch()
    assert find_local(CATALOGUE["cora"], tmp_path) == tmp_path / "converted" / "cora.npz"


def test_other_names_of_a_file_are_known(tmp_path: Path) -> None:
    (tmp_path / "amazon_electronics_photo.npz").touch()
    found = find_local(CATALOGUE["amazon_photo"], tmp_path)
    assert found == tmp_path / "amazon_electronics_photo.npz"
