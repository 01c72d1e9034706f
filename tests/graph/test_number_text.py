# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from hgcn.errors import DatasetError
from hgcn.graph.number_text import DataLines, read_text, shown
from hgcn.limits import VARIABLE

# Every byte that some reader somewhere takes for the end of a line, and a few more.
ODD = [b"\v", b"\f", b"\x1c", b"\x1d", b"\x1e", b"\x85", "\u2028".encode(), b"\r", b"\0", b"\xff"]


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
