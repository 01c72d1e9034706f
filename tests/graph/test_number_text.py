# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import DatasetError, GraphError
from hgcn.graph.number_text import parse_edges, read_lines

NUMBER = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=20))
def test_whole_numbers_survive_exactly(pairs: list) -> None:
    lines = [f"{first}\t {second} rest" for first, second in pairs]
    parsed, weights = parse_edges(lines, first_line=1, weighted=False)
    assert [tuple(row) for row in parsed.tolist()] == pairs
    assert weights is None


def test_weights_are_the_third_column() -> None:
    _, weights = parse_edges(["1,2,0.5", "2,3,1e3"], first_line=1, weighted=True, separator=",")
    assert weights is not None
    assert weights.tolist() == [0.5, 1000.0]


@pytest.mark.parametrize(
    ("lines", "weighted", "message"),
    [
        (["1 2", "3"], False, "line 8: want two node numbers, got '3'"),
        (["1 2", "1.5 2"], False, "line 8: want two node numbers, got '1.5 2'"),
        (["1 2", f"{2**63} 2"], False, "line 8: want two node numbers"),
        (["1 2 x"], True, "line 7: want two node numbers and a weight, got '1 2 x'"),
        (["1 2"], True, "line 7: want two node numbers and a weight, got '1 2'"),
    ],
)
def test_the_first_bad_line_is_named(lines: list[str], weighted: bool, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        parse_edges(lines, first_line=7, weighted=weighted)


def test_gzip_is_told_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(gzip.compress(b"1 2\n"))
    assert read_lines(tmp_path / "a.txt") == ["1 2"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\x01", "is no text file"),
        (b"1 2\n\xff\xfe", "is no UTF-8 text: byte 4"),
        (b"1" * 101, "holds more than 100 bytes of text"),
        (gzip.compress(b"1" * 10**6, mtime=0), "holds more than 100 bytes of text"),
        (gzip.compress(b"1 2\n", mtime=0)[:-6], "damaged gzip"),
        (b"\x1f\x8bjunk", "damaged gzip"),
    ],
)
def test_bad_text_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=f"a.txt: {message}"):
        read_lines(path, max_bytes=100)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.txt: cannot be read: No such file"):
        read_lines(tmp_path / "none.txt")
