# SPDX-License-Identifier: Apache-2.0
"""Text files of numbers: reading them whole, with gzip, and parsing columns fast."""

from __future__ import annotations

import gzip
import io
import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.file_errors import naming

MAX_TEXT_BYTES = 4 * 1024**3
CHUNK_BYTES = 1024**2


def read_lines(path: Path, *, max_bytes: int = MAX_TEXT_BYTES) -> list[str]:
    """Return the lines of a text file, unpacked if its content is gzip.

    Raises
    ------
    DatasetError
        If the file is missing, no text, damaged, or longer than ``max_bytes`` unpacked.
    """
    with naming(path):
        try:
            with path.open("rb") as file:
                packed = file.read(2) == b"\x1f\x8b"
                file.seek(0)
                source: Any = gzip.GzipFile(fileobj=file) if packed else file
                content = bytearray()
                # One read of max_bytes would order them all.
                while len(content) <= max_bytes and (chunk := source.read(CHUNK_BYTES)):
                    content += chunk
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise GraphError(f"damaged gzip: {error}") from error
        if len(content) > max_bytes:
            raise GraphError(f"holds more than {max_bytes} bytes of text")
        if b"\0" in content[:4096]:
            raise GraphError("is no text file")
        try:
            return content.decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise GraphError(f"is no UTF-8 text: byte {error.start}") from error


def parse_edges(
    lines: Sequence[str], *, first_line: int, weighted: bool, separator: str | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64] | None]:
    """Parse lines "i j [weight ...]" into pairs, shape (E, 2), and weights, shape (E,) or None.

    Parameters
    ----------
    lines : sequence of str
        No blank lines and no comments.
    first_line : int
        Line number of ``lines[0]`` in error messages.
    weighted : bool
        Take the third column as weight, which then must be there.
    separator : str, optional
        Default: white space.

    Raises
    ------
    GraphError
        Naming the first line that does not parse.

    Examples
    --------
    >>> parse_edges(["1 2", "2 x"], first_line=5, weighted=False)
    Traceback (most recent call last):
        ...
    hgcn.errors.GraphError: line 6: want two node numbers, got '2 x'
    """
    columns: list[tuple[str, type]] = [("source", np.int64), ("target", np.int64)]
    if weighted:
        columns.append(("weight", np.float64))
    if not lines:
        return np.empty((0, 2), dtype=np.int64), np.empty(0) if weighted else None
    try:
        with warnings.catch_warnings():
            # NumPy would read a node "1.5" as 1 with a DeprecationWarning.
            warnings.simplefilter("error", DeprecationWarning)
            table = np.loadtxt(
                io.StringIO("\n".join(lines)),
                dtype=columns,
                usecols=range(len(columns)),
                delimiter=separator,
                comments=None,
                ndmin=1,
            )
    except (ValueError, OverflowError, DeprecationWarning) as error:
        wanted = "two node numbers" + (" and a weight" if weighted else "")
        for number, line in enumerate(lines, first_line):
            if not _parses(line, weighted, separator):
                raise GraphError(f"line {number}: want {wanted}, got {line[:60]!r}") from error
        raise GraphError(f"want {wanted} in each line: {str(error).splitlines()[0]}") from error
    pairs = np.column_stack((table["source"], table["target"]))
    return pairs, table["weight"] if weighted else None


def _parses(line: str, weighted: bool, separator: str | None) -> bool:
    fields = line.split(separator)
    try:
        fits = all(abs(int(field)) < 2**63 for field in fields[:2])
        return fits and len(fields) >= 2 and (not weighted or float(fields[2]) is not None)
    except (ValueError, IndexError):
        return False
