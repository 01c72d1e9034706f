# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import DatasetError
from hgcn.graph.edge_list import read_edge_list


@pytest.mark.parametrize(
    "text",
    [
        "0 1\n1 2\n",
        "# SNAP\n# Nodes: 3\n0\t1\n1\t2\n2\t1\n1\t0\n",
        "% Konect\n\n0 1 1 9\r\n\n1 2 7 9\r\n",
        "source,target\n0,1\n1,2",
        "0;1\n1;2\n",
        "\ufeff0, 1\n1, 2\n",
    ],
)
def test_common_writings_give_the_same_path(tmp_path: Path, text: str) -> None:
    file = tmp_path / "path.txt"
    file.write_text(text, encoding="utf-8")
    graph = read_edge_list(file)
    assert graph.name == "path"
    assert graph.adjacency.to_dense().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


@given(edges=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30))
def test_every_edge_comes_back(edges: list, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("edges") / "g.edges"
    file.write_text("".join(f"{s} {t}\n" for s, t in edges))
    adjacency = read_edge_list(file, symmetrise=False).adjacency
    wanted = np.zeros(adjacency.shape)
    for source, target in edges:
        wanted[target, source] += 1
    assert np.array_equal(adjacency.to_dense(), wanted)


@pytest.mark.parametrize(
    ("text", "weights"),
    [("0 1 0.5\n", [0.5]), ("w,src,dst\n0.5,0,1\n", [0.5]), ("a,b,weight\n0,1,0.5\n", [0.5])],
)
def test_weights_are_kept_or_their_loss_is_noted(tmp_path: Path, text: str, weights: list) -> None:
    file = tmp_path / "w.csv"
    file.write_text(text)
    kept = read_edge_list(file, weighted=True, symmetrise=False)
    assert kept.adjacency.data.tolist() == weights
    assert not any("Weights" in note for note in kept.notes)
    lost = read_edge_list(file, symmetrise=False)
    assert lost.adjacency.data is None
    assert "Weights are left out: weighted=True keeps them." in lost.notes


@pytest.mark.parametrize("text", ["0 1\n", "src,dst\n0,1\n"])
def test_weights_that_are_not_there_are_missed(tmp_path: Path, text: str) -> None:
    (tmp_path / "g.txt").write_text(text)
    with pytest.raises(DatasetError, match="no column holds weights"):
        read_edge_list(tmp_path / "g.txt", weighted=True)


def test_nodes_below_the_first_named_are_noted(tmp_path: Path) -> None:
    (tmp_path / "g.txt").write_text("1 2\n")
    assert (
        "No edge names the nodes below 1: they stand alone."
        in read_edge_list(tmp_path / "g.txt").notes
    )


def test_gzip_weights_and_relabelling(tmp_path: Path) -> None:
    file = tmp_path / "w.txt.gz"
    file.write_bytes(gzip.compress(b"100 900 0.5\n900 500 2\n"))
    graph = read_edge_list(file, weighted=True, relabel=True, symmetrise=False)
    assert (graph.name, graph.num_nodes) == ("w", 3)
    assert graph.adjacency.to_dense().tolist() == [[0, 0, 0], [0, 0, 2], [0.5, 0, 0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "holds no edges"),
        ("# only\n", "holds no edges"),
        ("0 1\n0 x\n", "line 2: want whole numbers as source and target in 2 fields, got '0 x'"),
        # Lists of neighbours, and what lost a column on its way.
        ("0 1\n1 2 3\n", "line 2: want .* in 2 fields, got '1 2 3'"),
        ("0,1,5\n1,2\n", "line 2: want .* in 3 fields, got '1,2'"),
        (
            "# c\nfrom,to\n0,1\n0\n",
            "line 4: want whole numbers as source and target in 2 fields, got '0'",
        ),
        ("0 1\n-1 2\n", "node numbers must be at least 0, got -1"),
        ("0 1\n2 1000000000000\n", "makes 1000000000001 nodes, more than"),
    ],
)
def test_faults_name_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "g.txt"
    file.write_text(text)
    with pytest.raises(DatasetError, match=f"g.txt: {message}") as caught:
        read_edge_list(file)
    assert "\n" not in str(caught.value)
