# SPDX-License-Identifier: Apache-2.0
"""Reading the Python 2 pickles of the Planetoid files without running what they name.

`PickleMachine` keeps what a pickle says it is made of; arrays are built here from the kept bytes,
each size checked against them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from hgcn.datasets.pickle_machine import (
    Made,
    Name,
    PickleError,
    PickleMachine,
    UnsafePickleError,
)
from hgcn.errors import DatasetError
from hgcn.graph.file_errors import naming
from hgcn.limits import check_allowed, size_of

MATRICES = ("scipy.sparse.csr.csr_matrix", "scipy.sparse._csr.csr_matrix")
ARRAY = "numpy.core.multiarray._reconstruct"
DTYPE = "numpy.dtype"
DICT = "collections.defaultdict"
NAMES = frozenset((*MATRICES, ARRAY, "numpy.ndarray", DTYPE, DICT, "__builtin__.list"))

ORDERS = {b"<": "<", b">": ">", b"=": "=", b"|": "<"}
MAX_DIMENSIONS = 2


def read_pickle(path: Path) -> Any:
    """Return the array, sparse matrix or dict of lists that a Planetoid file holds.

    Parameters
    ----------
    path : Path

    Returns
    -------
    ndarray, scipy.sparse.csr_matrix or dict

    Raises
    ------
    DatasetError
        Naming the file and the refused name, opcode or part.
    """
    with naming(path):
        size_of(path)
        content = path.read_bytes()
        try:
            return _build(PickleMachine(content, NAMES).run(), len(content))
        except UnsafePickleError as error:
            raise DatasetError(f"{path}: unsafe pickle refused because of {error}") from error
        except PickleError as error:
            raise DatasetError(f"{path}: damaged pickle: {error}") from error


def _build(value: Any, file_bytes: int) -> Any:
    if type(value) is Made and value.name == ARRAY:
        return _array(value)
    if type(value) is Made and value.name in MATRICES:
        return _matrix(value, file_bytes)
    if type(value) is Made and value.name == DICT and type(value.state) in (dict, type(None)):
        return _adjacency_lists(value.state or {}, file_bytes)
    if type(value) is dict:
        return _adjacency_lists(value, file_bytes)
    got = value.name if type(value) in (Made, Name) else type(value).__name__
    raise PickleError(f"want an array, a sparse matrix or a dict, got {got}")


def _array(value: Any) -> NDArray[Any]:
    """Return the array of a state of version, shape, element type, order and bytes."""
    state = value.state if type(value) is Made and value.name == ARRAY else None
    if type(state) is not tuple or len(state) != 5 or type(state[4]) is not bytes:
        raise PickleError("an array without shape, element type or bytes")
    _, shape, kind, is_fortran, content = state
    dtype = _dtype(kind)
    sides = _shape(shape)
    stated = dtype.itemsize
    for side in sides:
        stated *= side
    if stated != len(content):
        raise PickleError(f"an array of shape {sides} and {dtype} in {len(content)} bytes")
    array = np.frombuffer(content, dtype=dtype).reshape(sides, order="F" if is_fortran else "C")
    return array.astype(dtype.newbyteorder("="))


def _dtype(value: Any) -> np.dtype[Any]:
    """Return the element type of a code such as ``i4`` and a byte order."""
    if type(value) is not Made or value.name != DTYPE:
        raise PickleError("an array without element type")
    code: Any = value.arguments[0] if value.arguments else None
    order: Any = value.state[1] if type(value.state) is tuple and len(value.state) > 1 else b"|"
    known = type(code) is bytes and type(order) is bytes and order in ORDERS
    if not known or not re.fullmatch(rb"[biuf][1248]", code):
        raise PickleError("an array of other elements than numbers")
    try:
        dtype: np.dtype[Any] = np.dtype(ORDERS[order] + code.decode("ascii"))
    except TypeError as error:
        raise PickleError("an array of other elements than numbers") from error
    return dtype


def _shape(value: Any) -> tuple[int, ...]:
    good = type(value) is tuple and len(value) <= MAX_DIMENSIONS
    if not good or not all(type(side) is int and side >= 0 for side in value):
        raise PickleError(f"an array whose shape is not up to {MAX_DIMENSIONS} sizes")
    return tuple(value)


def _matrix(value: Made, file_bytes: int) -> Any:
    parts = value.state
    if type(parts) is not dict:
        raise PickleError("a sparse matrix without parts")
    shape = _shape(parts.get(b"_shape"))
    data, indices, indptr = (_array(parts.get(part)) for part in (b"data", b"indices", b"indptr"))
    if len(shape) != 2 or indptr.shape != (shape[0] + 1,) or indices.shape != data.shape:
        raise PickleError(f"a sparse matrix of shape {shape} with {len(indptr)} row pointers")
    if indices.dtype.kind not in "iu" or indptr.dtype.kind not in "iu" or data.ndim != 1:
        raise PickleError("a sparse matrix whose indices are no integers")
    check_allowed("features", shape[1], file_bytes)
    try:
        matrix = scipy.sparse.csr_matrix((data, indices, indptr), shape=shape)
        matrix.check_format(full_check=True)
    except (ValueError, TypeError, OverflowError) as error:
        raise PickleError(f"a sparse matrix of shape {shape}: {error}") from error
    return matrix


def _adjacency_lists(value: dict[Any, Any], file_bytes: int) -> dict[int, list[int]]:
    total = 0
    for node, neighbours in value.items():
        if type(node) is not int or type(neighbours) is not list:
            raise PickleError("want a dict of node to list of nodes")
        # A pickle may repeat one long list under many keys; real entries take 2 bytes each.
        total += len(neighbours)
        if total > file_bytes:
            raise PickleError("more neighbours than bytes")
    return dict(value)
