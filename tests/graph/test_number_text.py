# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import DatasetError, GraphError
from hgcn.graph.number_text import DataLines, parse_integers, parse_table, read_text, shown
from hgcn.limits import VARIABLE

NUMBER = st.integers(-(2**63), 2**63 - 1)
PAIR = {"source": (0, np.int64), "target": (1, np.int64)}
WEIGHTED = {**PAIR, "weight": (2, np.float64)}
# Every byte that some reader somewhere takes for the end of a line, and a few more.
ODD = [b"\v", b"\f", b"\x1c", b"\x1d", b"\x1e", b"\x85", "\u2028".encode(), b"\r", b"\0", b"\xff"]


@given(st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=20))
def test_whole_numbers_survive_exactly(pairs: list) -> None:
    text = "".join(f"{first}\t {second} rest\n" for first, second in pairs).encode()
    table = parse_table(DataLines(text), PAIR)
    assert table.tolist() == pairs


@given(st.lists(NUMBER, max_size=20), st.sampled_from([b" ", b"\n", b"\t", b"\n\n \v\f"]))
def test_words_are_parsed_whatever_parts_them(numbers: list, space: bytes) -> None:
    text = space.join(str(number).encode() for number in numbers) + b"\n"
    assert parse_integers(text).tolist() == numbers


@pytest.mark.parametrize("word", [b"x", b"1.0", b"1e3", str(2**63).encode(), b"1_0", b"\xd9\xa1"])
def test_other_words_are_named(word: bytes) -> None:
    with pytest.raises(GraphError, match="want whole numbers, got "):
        parse_integers(b"1 2\n" + word + b" 3\n")


def test_columns_are_taken_by_place_and_counted() -> None:
    lines = DataLines(b'n,from,to,w\n"a, b",1,2,0.5\n,2,3,1e3\n')
    columns = {"source": (1, np.int64), "target": (2, np.int64), "weight": (3, np.float64)}
    table = parse_table(lines, columns, skip=1, separator=",", width=4, quotes=True)
    assert table["target"].tolist() == [2, 3]
    assert table["weight"].tolist() == [0.5, 1000.0]


@pytest.mark.parametrize(
    ("text", "columns", "width", "message"),
    [
        (b"1 2\n3\n", PAIR, None, "line 2: want whole numbers as source and target, got '3'"),
        (b"1 2\n\n1.5 2\n", PAIR, None, "line 3: want whole numbers .* got '1.5 2'"),
        (b"# c\n1 2\n9223372036854775808 2\n", PAIR, None, "line 3: want whole numbers"),
        (b"1 2 x\n", WEIGHTED, None, "line 1: want .* and a number as weight, got '1 2 x'"),
        (b"1 2\n", WEIGHTED, None, "line 1: want .* and a number as weight, got '1 2'"),
        (b"1 2 3\n1 2\n", WEIGHTED, 3, "line 2: want .* in 3 fields, got '1 2'"),
        (b"1 2 3\n1 2 3 4\n", WEIGHTED, 3, "line 2: want .* in 3 fields, got '1 2 3 4'"),
        (b"1 2\r3 4\n", PAIR, None, r"line 1: want whole numbers .*, got '1 2\\r3 4'"),
        (b"1 2\n\0 3\n", PAIR, None, "is no text file: a line of data holds a zero byte"),
    ],
)
def test_the_first_bad_line_is_named(text: bytes, columns: dict, width, message: str) -> None:
    with pytest.raises(GraphError, match=message) as caught:
        parse_table(DataLines(text, comments=b"#"), columns, width=width)
    assert str(caught.value).isprintable()


def test_quotes_are_refused_but_where_they_are_wanted() -> None:
    lines = DataLines(b'"1" "2"\n')
    assert parse_table(lines, PAIR, quotes=True).tolist() == [(1, 2)]
    with pytest.raises(GraphError, match="line 1: want whole numbers"):
        parse_table(lines, PAIR)
    with pytest.raises(GraphError, match="line 1: want whole numbers"):
        parse_table(DataLines(b'1 2 "a\n3 4 "\n'), PAIR, quotes=True)


@pytest.mark.parametrize("odd", ODD)
def test_a_comment_may_hold_any_byte_and_ends_at_a_newline(odd: bytes) -> None:
    lines = DataLines(b" # a" + odd + b"7 9\n1 2\n", comments=b"#%")
    assert (lines.body, lines.count, lines.first) == (b"1 2\n", 1, b"1 2")
    assert list(lines.numbered()) == [(2, b"1 2")]


def test_blank_lines_are_data_where_they_are_wanted() -> None:
    text = b"% c\n\n1\n \n"
    assert DataLines(text, comments=b"%").body == b"1\n"
    assert DataLines(text, comments=b"%", keep_blank=True).body == b"\n1\n \n"


def test_texts_are_unpacked_and_their_line_ends_made_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for content in (b"1 2\r\n3 4", b"\xef\xbb\xbf1 2\n3 4\n", gzip.compress(b"1 2\r\n3 4\r\n")):
        path.write_bytes(content)
        assert read_text(path) == b"1 2\n3 4\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(b"1" * 2 * 1024**2, mtime=0), "unpacks to more than the 32768 bytes"),
        (gzip.compress(b"1 2\n", mtime=0)[:-6], "damaged gzip"),
        (b"\x1f\x8bjunk", "damaged gzip"),
    ],
)
def test_bad_gzip_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=f"a.txt: {message}"):
        read_text(path)


def test_a_text_that_is_not_packed_may_have_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    (tmp_path / "a.txt").write_bytes(b"1 2\n" * 10**5)
    assert len(read_text(tmp_path / "a.txt")) == 4 * 10**5


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.txt: cannot be read: No such file"):
        read_text(tmp_path / "none.txt")


def test_lines_are_shown_in_ascii_and_cut() -> None:
    assert shown(b"\x1b[31m" + b"x" * 200).isprintable()
    assert len(shown(b"x" * 200)) < 70
