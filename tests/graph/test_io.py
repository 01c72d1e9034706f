# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from hgcn.errors import DatasetError
from hgcn.graph import Graph
from hgcn.graph.io import READERS, read_graph, save_npz

TEXTS = {
    ".mtx": "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 1\n2 1\n",
    ".graph": "2 1\n2\n1\n",
    ".txt": "0 1\n",
    ".edges": "0 1\n",
    ".csv": "0,1\n",
    ".tsv": "0\t1\n",
}


@pytest.mark.parametrize("suffix", READERS)
def test_every_suffix_has_its_reader(tmp_path: Path, small: Graph, suffix: str) -> None:
    file = tmp_path / f"g{suffix.upper()}"
    if suffix == ".npz":
        save_npz(small, tmp_path / "g.npz")
        (tmp_path / "g.npz").rename(file)
        assert read_graph(str(file)).digest() == small.digest()
        return
    file.write_text(TEXTS[suffix])
    assert (read_graph(file).name, read_graph(file).num_edges) == ("g", 2)
    packed = tmp_path / f"g{suffix}.gz"
    packed.write_bytes(gzip.compress(TEXTS[suffix].encode()))
    assert (read_graph(packed).name, read_graph(packed).num_edges) == ("g", 2)


@pytest.mark.parametrize(
    ("name", "got"), [("g.xls", ".xls"), ("g", "none"), ("g.npz.gz", ".npz.gz"), ("g.gz", ".gz")]
)
def test_unknown_suffixes_list_the_known(tmp_path: Path, name: str, got: str) -> None:
    (tmp_path / name).write_text("0 1\n")
    known = r"\.npz, \.mtx, \.graph, \.txt, \.edges, \.csv, \.tsv"
    with pytest.raises(DatasetError, match=f"suffix must be one of {known}, got {got}"):
        read_graph(tmp_path / name)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.mtx: no such file"):
        read_graph(tmp_path / "none.mtx")
    with pytest.raises(DatasetError, match="is a folder, want a graph file"):
        read_graph(tmp_path)
