# SPDX-License-Identifier: Apache-2.0
"""The software's part of an image: a JSON object and named arrays, written and read.

A file may come from anywhere. What it says of itself is checked against its size before anything is
allocated, and what it calls itself prints.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ProgramError
from hgcn.printable import printable

DTYPES = ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f4", "<f8")
"""Types an array may have: a name from a file is looked up here and never parsed."""

MAX_JSON_BYTES = 1 << 20
MAX_DEPTH = 16
"""Objects and lists within each other."""

MAX_TEXT = 1000
"""Characters of a name or a sentence; longer ones are cut."""

_MAX_INTEGER = 1 << 63
_MAX_SIDES = 8


def encode_metadata(metadata: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> bytes:
    """Return the metadata section of an image; texts are made fit to be shown as when read."""
    blobs = b""
    table = {}
    for name, array in arrays.items():
        plain = np.ascontiguousarray(array)
        assert plain.dtype.str in DTYPES
        table[name] = {"dtype": plain.dtype.str, "shape": plain.shape, "offset": len(blobs)}
        blobs += plain.tobytes()
    text = json.dumps({"metadata": _plain(metadata, MAX_DEPTH), "arrays": table}).encode()
    return len(text).to_bytes(4, "little") + text + blobs


def decode_metadata(tail: memoryview) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Read a metadata section.

    Texts come back printable and of bounded length, numbers finite and within 64 bits.

    Raises
    ------
    ProgramError
        If it is not what `encode_metadata` writes: a text over 1 MiB or nested deeper than 16
        levels, an array of another type or beyond the section.
    """
    try:
        metadata, table, blobs = _parts(tail)
        return metadata, {name: _array(name, entry, blobs) for name, entry in table.items()}
    # The JSON reader gives up on what nests a thousand levels deep.
    except (ValueError, RecursionError) as fault:
        raise ProgramError(f"program metadata is malformed: {printable(str(fault))}") from None


def _parts(tail: memoryview) -> tuple[dict[str, Any], dict[str, Any], memoryview]:
    size = int.from_bytes(tail[:4], "little")
    if size > min(len(tail) - 4, MAX_JSON_BYTES):
        raise ValueError(
            f"its text claims {size} bytes, at most {MAX_JSON_BYTES} and what is there"
        )
    parsed = json.loads(bytes(tail[4 : 4 + size]), parse_constant=_no_constant, parse_int=_integer)
    plain = _plain(parsed, MAX_DEPTH)
    if not isinstance(plain, dict):
        raise ValueError("it must be an object")
    for key in ("metadata", "arrays"):
        if not isinstance(plain.get(key), dict):
            raise ValueError(f"{key} must be an object")
    return plain["metadata"], plain["arrays"], tail[4 + size :]


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _integer(text: str) -> int:
    # Without a bound on its digits the conversion takes quadratic time on Python 3.10.
    if len(text) > 20 or not -_MAX_INTEGER <= int(text) < _MAX_INTEGER:
        raise ValueError("an integer has more than 64 bits")
    return int(text)


def _plain(value: Any, depth: int) -> Any:
    """Return a JSON value with its texts fit to be shown."""
    if isinstance(value, str):
        # An escape is up to ten characters: what is cut first need not be printable.
        return printable(value[:MAX_TEXT])[:MAX_TEXT]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is beyond every float")
    if isinstance(value, dict | list) and depth == 0:
        raise ValueError(f"it nests deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return {_plain(key, 0): _plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, depth - 1) for item in value]
    return value


def _array(name: str, entry: Any, blobs: memoryview) -> NDArray[Any]:
    if not isinstance(entry, dict):
        raise ValueError(f"array {name} must be an object")
    dtype, shape = entry.get("dtype"), entry.get("shape")
    offset: Any = entry.get("offset")
    if dtype not in DTYPES:
        raise ValueError(f"array {name} has type {dtype!r}, none of {', '.join(DTYPES)}")
    if not isinstance(shape, list) or len(shape) > _MAX_SIDES or not all(map(_is_count, shape)):
        raise ValueError(f"array {name} has an illegal shape")
    count = math.prod(shape)
    if not _is_count(offset) or offset + count * np.dtype(dtype).itemsize > len(blobs):
        raise ValueError(f"array {name} does not lie within the program")
    return np.frombuffer(blobs, dtype=dtype, count=count, offset=offset).reshape(shape)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 31
