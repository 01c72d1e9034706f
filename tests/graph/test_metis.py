# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import pytest

from hgcn.errors import DatasetError
from hgcn.graph.metis import read_metis


def test_a_mesh_as_published(data_folder: Path) -> None:
    file = data_folder / "original" / "metis" / "4elt.graph"
    if not file.is_file():
        pytest.skip(f"no {file}")
    graph = read_metis(file)
    assert (graph.name, graph.num_nodes, graph.num_edges) == ("4elt", 15606, 2 * 45878)


def test_sizes_and_vertex_weights_are_skipped(tmp_path: Path) -> None:
    file = tmp_path / "w.graph"
    file.write_text("% size, two weights, then neighbour and edge weight\n3 1 111 2\n")
    with file.open("a") as lines:
        lines.write("9 8 8 2 5\n9 8 8 1 5\n9 8 8\n")
    assert read_metis(file, weighted=True).adjacency.to_dense().tolist() == [
        [0, 5, 0],
        [5, 0, 0],
        [0, 0, 0],
    ]
    assert read_metis(file).adjacency.data is None


def test_a_blank_line_is_a_node_without_neighbours(tmp_path: Path) -> None:
    file = tmp_path / "b.graph"
    file.write_text("3 1\n3\n\n1\n\n\n")
    assert read_metis(file).adjacency.row_ids().tolist() == [0, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"header must be nodes, edges, \[format, \[weights\]\], got ''"),
        ("2 x\n", "header must be nodes, edges"),
        ("2 1 200\n2\n1\n", "header format must be three digits 0 or 1, got '200'"),
        (f"{10**20} 1\n", "header holds absurd sizes"),
        (f"{10**12} 1\n", "makes 1000000000000 nodes, more than"),
        ("3 1\n2\n1", "header says 3 nodes, the file has 2 node lines"),
        ("2 5\n2\n1\n", "header says 5 edges, so 10 neighbours; the lines hold 2"),
        ("2 1\n3\n1\n", r"neighbours must lie in 1\.\.2, got 3"),
        ("2 1\nb\n1\n", "want whole numbers, got 'b'"),
        ("2 1 1\n2\n1 3\n", "node 1 has a neighbour without its edge weight"),
    ],
)
def test_faults_name_the_file(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "g.graph"
    file.write_text(text)
    with pytest.raises(DatasetError, match=rf"g\.graph: {message}"):
        read_metis(file)


def test_weights_must_be_announced(tmp_path: Path) -> None:
    file = tmp_path / "g.graph"
    file.write_text("2 1\n2\n1\n")
    with pytest.raises(DatasetError, match="header announces no edge weights"):
        read_metis(file, weighted=True)


@pytest.mark.parametrize("odd", [b"\x1c", b"\x1f", b"\x85", b"\xa0"])
def test_a_separator_of_another_kind_is_no_neighbour(tmp_path: Path, odd: bytes) -> None:
    file = tmp_path / "odd.graph"
    file.write_bytes(b"3 1\n2\n1\n" + odd + b"\n")
    with pytest.raises(DatasetError, match="number"):
        read_metis(file)
