# SPDX-License-Identifier: Apache-2.0
"""A tiny Planetoid data set, pickled the way Python 2 did it."""

from __future__ import annotations

import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse

# 520 known nodes (2 train, 500 validation), tests 524, 521, 522: 520 and 523 are missing.
KNOWN, TRAIN = 520, 2
TEST_INDEX = [524, 521, 522]


def _text(value: str) -> bytes:
    content = value.encode("latin1")
    return b"T" + struct.pack("<i", len(content)) + content


def _int(value: int) -> bytes:
    return b"J" + struct.pack("<i", value)


def _array(array: np.ndarray) -> bytes:
    dtype = b"cnumpy\ndtype\n(" + _text(array.dtype.str[1:]) + b"K\x00K\x01tR"
    dtype += b"(K\x03" + _text("<") + b"NNN" + _int(-1) + _int(-1) + b"K\x00tb"
    made = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00t" + _text("b") + b"tR"
    shape = b"(" + b"".join(map(_int, array.shape)) + b"t"
    return (
        made + b"(K\x01" + shape + dtype + b"\x89" + _text(array.tobytes().decode("latin1")) + b"tb"
    )


def python2_pickle(value: Any) -> bytes:
    """Pickle an array, a CSR matrix or a dict of lists in protocol 2 with Python 2 names."""
    if isinstance(value, np.ndarray):
        return b"\x80\x02" + _array(value) + b"."
    if scipy.sparse.issparse(value):
        body = b"cscipy.sparse.csr\ncsr_matrix\n)\x81}("
        body += _text("_shape") + b"(" + b"".join(map(_int, value.shape)) + b"t"
        for part in ("data", "indices", "indptr"):
            body += _text(part) + _array(getattr(value, part))
        return b"\x80\x02" + body + b"ub."
    body = b"ccollections\ndefaultdict\nc__builtin__\nlist\n\x85R("
    for node, neighbours in value.items():
        body += _int(node) + b"](" + b"".join(map(_int, neighbours)) + b"e"
    return b"\x80\x02" + body + b"u."


def tiny_parts() -> dict[str, Any]:
    """Return the seven pickled values; feature j of test row i is at column i."""
    allx = scipy.sparse.csr_matrix(
        (np.ones(KNOWN, np.float32), (np.arange(KNOWN), np.arange(KNOWN) % 3)), shape=(KNOWN, 3)
    )
    tx = scipy.sparse.csr_matrix(np.diag(np.array([5, 6, 7], dtype=np.float32)))
    ally = np.eye(2, dtype=np.int32)[np.arange(KNOWN) % 2]
    return {
        "x": allx[:TRAIN],
        "y": ally[:TRAIN],
        "tx": tx,
        "ty": np.array([[1, 0], [0, 1], [0, 1]], dtype=np.int32),
        "allx": allx,
        "ally": ally,
        "graph": {0: [1, 1, 0], 1: [0], 524: [2], 523: []},
    }


def write_tiny(folder: Path, name: str, **changed: Any) -> Path:
    """Write the eight files; a keyword replaces a part's value, or its bytes."""
    parts = {**tiny_parts(), **changed}
    index = parts.pop("index", "\n".join(map(str, TEST_INDEX)) + "\n")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"ind.{name}.test.index").write_text(index)
    for part, value in parts.items():
        content = value if isinstance(value, bytes) else python2_pickle(value)
        (folder / f"ind.{name}.{part}").write_bytes(content)
    return folder


def hostile_pickle(sentinel: Path) -> bytes:
    """Return a pickle that makes the file ``sentinel`` when run."""

    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return exec, (f"open({str(sentinel)!r}, 'w').close()",)

    return pickle.dumps(Hostile(), protocol=2)
