# SPDX-License-Identifier: Apache-2.0
"""Text files of numbers: reading them whole, with gzip, and finding the lines of data.

A line ends at a newline, with or without a carriage return before it, and nowhere else. A comment
may hold any byte; in a line of data a carriage return elsewhere is refused.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.file_errors import naming
from hgcn.limits import VARIABLE, allowed, size_of

CHUNK_BYTES = 1024**2
# What may stand before a comment, and between words.
SPACES = b" \t\v\f"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_text(path: Path) -> bytes:
    """Return a text file's bytes, unpacked if they are gzip, each line ended by one newline.

    Raises
    ------
    DatasetError
        If the file is missing, damaged, or unpacks to more than it may (`hgcn.limits`).
    """
    with naming(path):
        packed = size_of(path)
        with path.open("rb") as file:
            content = file.read()
        if content[:2] == b"\x1f\x8b":
            content = _unpacked(content, allowed("bytes of text", packed))
        if content.startswith(BYTE_ORDER_MARK):
            content = content[len(BYTE_ORDER_MARK) :]
        if content and not content.endswith(b"\n"):
            content += b"\n"
        return content.replace(b"\r\n", b"\n")


def _unpacked(packed: bytes, most: int) -> bytes:
    content = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as source:
            while chunk := source.read(CHUNK_BYTES):
                content += chunk
                if len(content) > most:
                    raise GraphError(
                        f"unpacks to more than the {most} bytes of text that a gzip file of "
                        f"{len(packed)} bytes may ({VARIABLE} allows more)"
                    )
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise GraphError(f"damaged gzip: {error}") from error
    return bytes(content)


class DataLines:
    r"""The lines of a text without its comments.

    Parameters
    ----------
    text : bytes
        As `read_text` returns it.
    comments : bytes
        The characters that begin a comment, after white space or not; none by default.
    keep_blank : bool
        Whether blank lines are data.
    first_line : int
        Number of the text's first line in its file.

    Attributes
    ----------
    body : bytes
        The lines of data, each ended by a newline.
    count : int
        How many they are.

    Examples
    --------
    >>> lines = DataLines(b"# two\v\n1 2\n\n 2 3\n", comments=b"#")
    >>> lines.body, lines.count, lines.first
    (b'1 2\n 2 3\n', 2, b'1 2')

    Raises
    ------
    GraphError
        If a line of data holds a zero byte.
    """

    def __init__(
        self, text: bytes, *, comments: bytes = b"", keep_blank: bool = False, first_line: int = 1
    ) -> None:
        self._text = text
        self._first_line = first_line
        self._skipped = comments if keep_blank else comments + b"\n"
        self.body = _without(text, self._skipped)
        self.count = self.body.count(b"\n")
        if b"\0" in self.body:
            raise GraphError("is no text file: a line of data holds a zero byte")

    @property
    def first(self) -> bytes:
        """The first line of data without its newline; empty if there is none."""
        return self.body[: self.body.find(b"\n")] if self.body else b""

    def numbered(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line of data after its number in the file."""
        for number, line in enumerate(io.BytesIO(self._text), start=self._first_line):
            if line.lstrip(SPACES)[:1] not in self._skipped or not self._skipped:
                yield number, line[:-1]


def _without(text: bytes, skipped: bytes) -> bytes:
    """Drop the lines whose first character but white space is one of ``skipped``."""
    array = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(array == ord("\n"))
    if not ends.size or not skipped:
        return text
    begins = np.append(0, ends[:-1] + 1)
    solid = np.flatnonzero(~_table(SPACES)[array])
    kept = ~_table(skipped)[array[solid[np.searchsorted(solid, begins)]]]
    return text if kept.all() else array[np.repeat(kept, ends + 1 - begins)].tobytes()


def _table(marks: bytes) -> NDArray[np.bool_]:
    table = np.zeros(256, dtype=np.bool_)
    table[list(marks)] = True
    return table


def shown(line: bytes) -> str:
    r"""Return the start of a line as an error shows it: quoted, in printable characters.

    Examples
    --------
    >>> shown(b"1\t\xff")
    "'1\\t\\xff'"
    """
    return ascii(line[:60].decode("latin1"))
