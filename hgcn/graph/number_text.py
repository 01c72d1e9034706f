# SPDX-License-Identifier: Apache-2.0
"""Text files of numbers: reading them whole, with gzip, and parsing columns fast.

A line ends at a newline, with or without a carriage return before it, and nowhere else. A comment
may hold any byte; in a line of data a carriage return elsewhere is refused.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.file_errors import naming
from hgcn.limits import VARIABLE, allowed, size_of

CHUNK_BYTES = 1024**2
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# A column: its place in the line, and the type of its numbers.
Columns = Mapping[str, tuple[int, type[np.generic]]]


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
        comment = rb"[%s][^\n]*" % re.escape(comments) if comments else rb"(?!)"
        self._skipped = re.compile(
            rb"^[ \t\v\f]*" + (comment if keep_blank else rb"(?:%s)?" % comment) + rb"\n",
            re.MULTILINE,
        )
        self.body = self._skipped.sub(b"", text)
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
            if not self._skipped.match(line):
                yield number, line[:-1]


def parse_table(
    lines: DataLines,
    columns: Columns,
    *,
    skip: int = 0,
    separator: str | None = None,
    width: int | None = None,
    quotes: bool = False,
) -> NDArray[Any]:
    r"""Parse lines of fields into a structured array with a field for each of ``columns``.

    Parameters
    ----------
    lines : DataLines
    columns : mapping of name to (place, type)
        Integer columns take whole numbers only.
    skip : int
        Leading lines of data to leave out.
    separator : str, optional
        Default: white space.
    width : int, optional
        The number of fields of each line; by default a line may have more than are parsed.
    quotes : bool
        Fields may stand in double quotes, which hide separators.

    Returns
    -------
    structured ndarray, one record a line

    Raises
    ------
    GraphError
        Naming the first line that does not parse.

    Examples
    --------
    >>> lines = DataLines(b"# pairs\n1 2\n2 x\n", comments=b"#")
    >>> parse_table(lines, {"source": (0, np.int64), "target": (1, np.int64)})
    Traceback (most recent call last):
        ...
    hgcn.errors.GraphError: line 3: want whole numbers as source and target, got '2 x'
    """
    names = {place: name for name, (place, _) in columns.items()}
    places = sorted(names) if width is None else range(width)
    # With a name for every column NumPy counts the fields of every line.
    dtype = np.dtype(
        [(names[p], columns[names[p]][1]) if p in names else (f"#{p}", "S1") for p in places]
    )
    if lines.count <= skip:
        return np.empty(0, dtype=dtype)
    quoted = quotes and b'"' in lines.body
    try:
        if quoted and not all(line.count(b'"') % 2 == 0 for _, line in lines.numbered()):
            raise ValueError("a quotation that does not end in its line")
        table: NDArray[Any] = np.loadtxt(
            io.BytesIO(lines.body),
            dtype=dtype,
            usecols=places if width is None else None,
            delimiter=separator,
            quotechar='"' if quoted else None,
            comments=None,
            skiprows=skip,
            ndmin=1,
            encoding="latin1",
        )
    # NumPy would read a node "1.5" as 1 with a DeprecationWarning where those are no errors.
    except (ValueError, OverflowError, DeprecationWarning) as error:
        for place, (number, line) in enumerate(lines.numbered()):
            if place >= skip and not _parses(line, columns, separator, width, quoted):
                raise GraphError(
                    f"line {number}: want {_wanted(columns, width)}, got {shown(line)}"
                ) from error
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise GraphError(f"want {_wanted(columns, width)} in each line: {reason}") from error
    return table


def parse_integers(text: bytes) -> NDArray[np.int64]:
    r"""Parse whole numbers between any white space.

    Raises
    ------
    GraphError
        Naming the first word that is none, or does not fit int64.

    Examples
    --------
    >>> parse_integers(b"1 2\n3\n")
    array([1, 2, 3])
    """
    lines = DataLines(text.translate(_SPACE_TO_NEWLINE))
    try:
        return np.asarray(parse_table(lines, {"number": (0, np.int64)}, width=1)["number"])
    except GraphError:
        words = (word[0] for word in re.finditer(rb"[^ \t\v\f\n]+", text))
        bad = next(word for word in words if not _is_integer(word))
        raise GraphError(f"want whole numbers, got {shown(bad)}") from None


def shown(line: bytes) -> str:
    r"""Return the start of a line as an error shows it: quoted, in printable characters.

    Examples
    --------
    >>> shown(b"1\t\xff")
    "'1\\t\\xff'"
    """
    return ascii(line[:60].decode("latin1"))


_SPACE_TO_NEWLINE = bytes.maketrans(b" \t\v\f", b"\n\n\n\n")


def _wanted(columns: Columns, width: int | None) -> str:
    whole = [name for name, (_, kind) in columns.items() if issubclass(kind, np.integer)]
    real = [name for name in columns if name not in whole]
    parts = [f"whole numbers as {' and '.join(whole)}"] if whole else []
    parts += [f"a number as {name}" for name in real]
    fields = "" if width is None else f" in {width} fields"
    return " and ".join(parts) + fields


def _parses(
    line: bytes, columns: Columns, separator: str | None, width: int | None, quoted: bool
) -> bool:
    if b"\r" in line or (quoted and line.count(b'"') % 2):
        return False
    edge = b' \t"' if quoted else b" \t"
    fields = line.split(None if separator is None else separator.encode())
    if width is not None and len(fields) != width:
        return False
    try:
        return all(
            _is_integer(fields[place].strip(edge))
            if issubclass(kind, np.integer)
            else float(fields[place].strip(edge)) is not None
            for place, kind in columns.values()
        )
    except (ValueError, IndexError):
        return False


def _is_integer(word: bytes) -> bool:
    return re.fullmatch(rb"[+-]?\d{1,19}", word) is not None and -(2**63) <= int(word) < 2**63
