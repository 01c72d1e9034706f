# SPDX-License-Identifier: Apache-2.0
"""The header of an ``.npy`` array, read as the few words it may hold and not as Python."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from hgcn.errors import GraphError

MAGIC = b"\x93NUMPY"
# What NumPy itself takes for safe.
MAX_HEADER_BYTES = 10_000
MAX_DIMENSIONS = 32

# Layout of the header's length in each version of the format.
_LENGTHS = {(1, 0): "<H", (2, 0): "<I", (3, 0): "<I"}
_VALUES = {
    "descr": r"['\"](?P<descr>[^'\"\\]{1,20})['\"]",
    "fortran_order": r"(?P<fortran_order>True|False)",
    "shape": r"\((?P<shape>[\dL, ]*)\)",
}
_ITEM = re.compile(
    "|".join(rf"['\"]{key}['\"] ?: ?{value}\s*(?:,\s*|(?=\}}))" for key, value in _VALUES.items())
)
_SIMPLE = re.compile(r"[<>|=]?[a-zA-Z]\d{0,6}")


class PickledArrayError(GraphError):
    """An array is a pickled object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NpyHeader:
    """What an array says of itself.

    Attributes
    ----------
    shape : tuple of int
    fortran_order : bool
    dtype : numpy.dtype
        No object, no record.
    """

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]

    @property
    def nbytes(self) -> int:
        """Bytes of the elements; exact however large."""
        total = self.dtype.itemsize
        for side in self.shape:
            total *= side
        return total


def read_header(file: IO[bytes]) -> NpyHeader:
    """Read the header, leaving ``file`` at the first element.

    Raises
    ------
    GraphError
        If there is no header, or one with other words than NumPy writes; `PickledArrayError` if
        it announces a pickled object.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> np.save(file, np.zeros((2, 3), dtype=np.float32))
    >>> _ = file.seek(0)
    >>> read_header(file)
    NpyHeader(shape=(2, 3), fortran_order=False, dtype=dtype('float32'))
    """
    start = file.read(8)
    if len(start) < 8 or start[:6] != MAGIC:
        raise GraphError("is no npy array")
    version = (start[6], start[7])
    if version not in _LENGTHS:
        raise GraphError(f"has npy version {version[0]}.{version[1]}, want 1.0, 2.0 or 3.0")
    layout = _LENGTHS[version]
    length = file.read(struct.calcsize(layout))
    if len(length) != struct.calcsize(layout):
        raise GraphError("ends within its header")
    size = struct.unpack(layout, length)[0]
    if size > MAX_HEADER_BYTES:
        raise GraphError(f"has a header of {size} bytes, want at most {MAX_HEADER_BYTES}")
    header = file.read(size)
    if len(header) != size:
        raise GraphError("ends within its header")
    return _parsed(header.decode("latin1").strip())


def _parsed(text: str) -> NpyHeader:
    found: dict[str, str] = {}
    at = 1
    while at < len(text) - 1 and (item := _ITEM.match(text, at)):
        found.update({key: value for key, value in item.groupdict().items() if value is not None})
        at = item.end()
    if text[:1] + text[at:] != "{}" or found.keys() != _VALUES.keys():
        raise GraphError(f"has a header that NumPy does not write: {text[:60]!a}")
    sides = [side.strip(" L") for side in found["shape"].split(",")]
    is_tuple = len(sides) > 1 or sides == [""]
    if sides[-1] == "":
        sides.pop()
    good = is_tuple and all(re.fullmatch(r"\d{1,18}", side) for side in sides)
    if not good or len(sides) > MAX_DIMENSIONS:
        raise GraphError(f"has a shape that is none: ({found['shape'][:60]})")
    return NpyHeader(
        shape=tuple(map(int, sides)),
        fortran_order=found["fortran_order"] == "True",
        dtype=_dtype(found["descr"]),
    )


def _dtype(code: str) -> np.dtype[Any]:
    if not _SIMPLE.fullmatch(code):
        raise GraphError(f"has elements of type {code!a}")
    try:
        dtype = np.dtype(code)
    except TypeError as error:
        raise GraphError(f"has elements of type {code!a}") from error
    if dtype.hasobject:
        raise PickledArrayError("is a pickled object, which hgcn does not load")
    return dtype
