# SPDX-License-Identifier: Apache-2.0
"""Reading the Python 2 pickles of the Planetoid files without running what they name.

A pickle is a program: it may call whatever it names. Here every name maps to a stand-in of
this file, which only keeps what it is given; any other name, and any opcode the real files do
not use, is refused before the program runs. Arrays are built from the kept bytes afterwards.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from hgcn.errors import DatasetError

MAX_FILE_BYTES = 256 * 1024**2

# What protocol 2 emits for arrays, dicts and lists; calls by other means (INST, OBJ, EXT,
# STACK_GLOBAL, PERSID) and out-of-band data stay out.
OPCODES = frozenset(
    (
        *("PROTO", "STOP", "MARK", "GLOBAL", "REDUCE", "NEWOBJ", "BUILD"),
        *("NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
        *("BINSTRING", "SHORT_BINSTRING", "BINUNICODE"),
        *("BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET"),
        *("EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"),
        *("EMPTY_LIST", "APPEND", "APPENDS", "EMPTY_DICT", "SETITEM", "SETITEMS"),
    )
)


class ArrayState:
    """Stands for an ndarray: shape, element type, order and bytes, not yet an array."""

    __slots__ = ("content", "dtype", "fortran", "shape")

    def __init__(self, *made_from: object) -> None:
        self.shape: Any = None

    def __setstate__(self, state: Any) -> None:
        _, self.shape, self.dtype, self.fortran, self.content = state


class DtypeState:
    """Stands for a dtype: its code and byte order."""

    __slots__ = ("code", "order")

    def __init__(self, code: Any, *flags: object) -> None:
        self.code = code
        self.order = "|"

    def __setstate__(self, state: Any) -> None:
        self.order = state[1]


class CsrState:
    """Stands for a SciPy CSR matrix: its attributes, not yet a matrix."""

    __slots__ = ("parts",)

    def __setstate__(self, state: Any) -> None:
        self.parts = state


class Neighbours(dict):  # type: ignore[type-arg]
    """Stands for a defaultdict; ignores the factory."""

    __slots__ = ()

    def __init__(self, *factory: object) -> None:
        super().__init__()

    def __setstate__(self, state: object) -> None:
        raise ValueError("a dict takes no state")


# Names that are only passed on map to text, which cannot be called.
STAND_INS: dict[str, Any] = {
    "scipy.sparse.csr.csr_matrix": CsrState,
    "scipy.sparse._csr.csr_matrix": CsrState,
    "numpy.core.multiarray._reconstruct": ArrayState,
    "numpy.ndarray": "ndarray",
    "numpy.dtype": DtypeState,
    "collections.defaultdict": Neighbours,
    "__builtin__.list": "list",
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return STAND_INS[f"{module}.{name}"]


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
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DatasetError(f"{path}: is larger than {MAX_FILE_BYTES} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror or error}") from error
    _check_program(path, content)
    try:
        value = _Reader(io.BytesIO(content), encoding="latin1").load()
        return _build(value, len(content))
    except Exception as error:  # A damaged pickle can raise anything its stand-ins let through.
        line = (str(error).splitlines() or [""])[0]
        raise DatasetError(f"{path}: damaged pickle: {type(error).__name__} {line}") from error


def _check_program(path: Path, content: bytes) -> None:
    """Refuse foreign names and opcodes without running anything."""
    refused = None
    try:
        for opcode, argument, _ in pickletools.genops(content):
            if opcode.name not in OPCODES:
                refused = f"opcode {opcode.name}"
            elif opcode.name == "GLOBAL":
                name = str(argument).replace(" ", ".", 1)
                refused = None if name in STAND_INS else f"name {name!r}"
            elif opcode.name == "LONG_BINPUT" and int(argument or 0) > len(content):
                # The memo is an array: a large index alone would order gigabytes.
                refused = f"memo index {argument}"
            if refused is not None:
                break
    except Exception as error:
        line = (str(error).splitlines() or [""])[0]
        raise DatasetError(f"{path}: damaged pickle: {line}") from error
    if refused is not None:
        raise DatasetError(f"{path}: unsafe pickle refused because of {refused}")


def _build(value: Any, file_bytes: int) -> Any:
    if isinstance(value, ArrayState):
        return _array(value)
    if isinstance(value, CsrState):
        return _matrix(value)
    if isinstance(value, dict):
        return _adjacency_lists(value, file_bytes)
    raise ValueError(f"want an array, a sparse matrix or a dict, got {type(value).__name__}")


def _array(state: ArrayState) -> NDArray[Any]:
    kind = state.dtype
    if not isinstance(kind, DtypeState) or not isinstance(state.content, str):
        raise ValueError("array without element type or bytes")
    dtype = np.dtype(f"{'<' if kind.order == '|' else kind.order}{kind.code}")
    if dtype.kind not in "biuf":
        raise ValueError(f"array of {dtype}")
    content = state.content.encode("latin1")
    shape = tuple(int(side) for side in state.shape)
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != len(content):
        raise ValueError(f"array of shape {shape} and {dtype} in {len(content)} bytes")
    array = np.frombuffer(content, dtype=dtype)
    array = array.reshape(shape, order="F" if state.fortran else "C")
    return array.astype(dtype.newbyteorder("="))


def _matrix(state: CsrState) -> Any:
    parts = state.parts
    shape = tuple(int(side) for side in parts["_shape"])
    data, indices, indptr = (_array(parts[part]) for part in ("data", "indices", "indptr"))
    if len(shape) != 2 or indptr.shape != (shape[0] + 1,):
        raise ValueError(f"sparse matrix of shape {shape} with {len(indptr)} row pointers")
    if indices.dtype.kind not in "iu" or indptr.dtype.kind not in "iu":
        raise ValueError("sparse matrix whose indices are no integers")
    matrix = scipy.sparse.csr_matrix((data, indices, indptr), shape=shape)
    matrix.check_format(full_check=True)
    return matrix


def _adjacency_lists(value: dict[Any, Any], file_bytes: int) -> dict[int, list[int]]:
    total = 0
    for node, neighbours in value.items():
        if type(node) is not int or type(neighbours) is not list:
            raise ValueError("want a dict of node to list of nodes")
        # A pickle may repeat one long list under many keys; real entries take 2 bytes each.
        total += len(neighbours)
        if total > file_bytes:
            raise ValueError("more neighbours than bytes")
        if any(type(other) is not int for other in neighbours):
            raise ValueError(f"node {node} has a neighbour that is no integer")
    return dict(value)
