# SPDX-License-Identifier: Apache-2.0
"""What a file may cost: one rule for every reader.

Reading a file of s bytes takes at most ``FREE_BYTES + BYTES_PER_FILE_BYTE * s`` bytes of memory,
and time in proportion. Sizes a file states, and what it unpacks to, are only claims: each is
checked against this before anything is made of it. ``HGCN_FILE_MIB`` in the environment replaces
the whole allowance of a file, in MiB, for those who trust theirs.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from hgcn.errors import GraphError, SpecError

FREE_BYTES = 128 * 1024**2
BYTES_PER_FILE_BYTE = 1024
VARIABLE = "HGCN_FILE_MIB"

COSTS = {
    # Shortest lines: "0 1" becomes two int64, sorted both ways round with their copies.
    "bytes of text": 32,
    "bytes of arrays": 4,
    "nodes": 64,
    # Columns of features: a model has a row of weights for each.
    "features": 64,
    # Of a matrix stored dense: its coordinates as int64, then as CSR.
    "nonzeros": 48,
}
"""Most memory that one of each takes while it is read, in bytes."""


def allowed(what: str, file_bytes: int) -> int:
    """Return how many of a kind of `COSTS` a file of ``file_bytes`` may make.

    Raises
    ------
    SpecError
        If HGCN_FILE_MIB is set and no whole number.

    Examples
    --------
    >>> allowed("nodes", 0)
    2097152
    """
    memory = FREE_BYTES + BYTES_PER_FILE_BYTE * file_bytes
    stated = os.environ.get(VARIABLE)
    if stated:
        if not (stated.isascii() and stated.isdecimal() and len(stated) < 10):
            raise SpecError(f"{VARIABLE} must be a whole number of MiB, got {stated!r}")
        memory = int(stated) * 1024**2
    return memory // COSTS[what]


def check_allowed(what: str, count: int, file_bytes: int) -> None:
    """Raise `GraphError` if ``count`` of a kind are more than such a file may make.

    Examples
    --------
    >>> check_allowed("nodes", 10**12, file_bytes=40)
    Traceback (most recent call last):
        ...
    hgcn.errors.GraphError: makes 1000000000000 nodes, more than the 2097792 that a file of 40
    bytes may (HGCN_FILE_MIB allows more)
    """
    most = allowed(what, file_bytes)
    if count > most:
        raise GraphError(
            f"makes {count} {what}, more than the {most} that a file of {file_bytes} bytes may "
            f"({VARIABLE} allows more)"
        )


def size_of(path: Path) -> int:
    """Return the size of a file, by which what it may make is measured.

    Raises
    ------
    GraphError
        If it is a device, a pipe or a folder: those have no size, and may have no end.
    OSError
        If there is none.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise GraphError("is no regular file")
    return status.st_size
