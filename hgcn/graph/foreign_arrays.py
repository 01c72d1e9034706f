# SPDX-License-Identifier: Apache-2.0
"""Arrays of other libraries as NumPy arrays, without importing those libraries."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError, shown

MAX_SIZE = 2**31 - 1
"""Most rows, columns and nodes: indices are int32."""


def as_array(values: object, what: str) -> NDArray[Any]:
    """Return ``values`` as an ndarray; torch-like tensors leave their graph and device first.

    Parameters
    ----------
    values : array-like or tensor
        Anything `numpy.asarray` takes, or an object with ``detach``, ``cpu`` and ``numpy``.
    what : str
        Name of the value in error messages.

    Returns
    -------
    ndarray
        A view where the library allows one.

    Raises
    ------
    GraphError
        If the value does not become an array of numbers.

    Examples
    --------
    >>> as_array([[0, 1], [1, 2]], "edge_index").shape
    (2, 2)
    """
    array = as_plain(values, what)
    if array.dtype.kind not in "biuf":
        raise GraphError(f"{what} must be an array of numbers, got {array.dtype}")
    return array


def as_plain(values: object, what: str) -> NDArray[Any]:
    """Return ``values`` as an ndarray of whatever type, as `as_array` does.

    Raises
    ------
    GraphError
        If the value does not become an array, or has masked entries.
    """
    _refuse_masked(values, what)
    try:
        for step in ("detach", "cpu", "numpy"):
            if callable(getattr(values, step, None)):
                values = getattr(values, step)()
        return np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise GraphError(f"{what} must be an array of numbers: {_first_line(error)}") from error


def as_count(value: object, what: str) -> int:
    """Return a number of things as int; a float is none, however round.

    Examples
    --------
    >>> as_count(3.0, "num_nodes")
    Traceback (most recent call last):
        ...
    hgcn.errors.GraphError: num_nodes must be a whole number in 0..2**31 - 1, got 3.0
    """
    try:
        count = -1 if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, RuntimeError):
        count = -1
    if not 0 <= count <= MAX_SIZE:
        got = shown(value) if isinstance(value, (int, float, np.generic)) else type(value).__name__
        raise GraphError(f"{what} must be a whole number in 0..2**31 - 1, got {got}")
    return count


def as_integers(values: object, what: str) -> NDArray[np.int64]:
    """Return ``values`` as int64; an empty list counts as integers, a float array does not.

    Examples
    --------
    >>> as_integers([0.5], "labels")
    Traceback (most recent call last):
        ...
    hgcn.errors.GraphError: labels must be integers, got float64
    """
    array = as_array(values, what)
    if array.size and array.dtype.kind not in "iu":
        raise GraphError(f"{what} must be integers, got {array.dtype}")
    if array.dtype.kind == "u" and array.size and int(array.max()) > np.iinfo(np.int64).max:
        raise GraphError(f"{what} must fit int64, got {int(array.max())}")
    return array.astype(np.int64, copy=False)


def as_mask(values: object, what: str) -> NDArray[np.bool_]:
    """Return ``values`` as bool; of a matrix (one split per column) the first column.

    Examples
    --------
    >>> as_mask([1, 0], "train_mask")
    array([ True, False])
    """
    array = as_array(values, what)
    return as_truths(array[:, 0] if array.ndim == 2 and array.shape[1] else array, what)


def as_truths(values: object, what: str) -> NDArray[np.bool_]:
    """Return ``values``, truth values or 0 and 1, as bool.

    Examples
    --------
    >>> as_truths([0, 2], "test_mask")
    Traceback (most recent call last):
        ...
    hgcn.errors.GraphError: test_mask must be true or false for each node, got int64 values
    """
    array = as_array(values, what)
    if array.dtype.kind != "b" and not np.isin(array, (0, 1)).all():
        raise GraphError(f"{what} must be true or false for each node, got {array.dtype} values")
    return array.astype(np.bool_)


def _refuse_masked(values: object, what: str) -> None:
    """Refuse arrays with masked entries: a plain one shows what lies under the mask."""
    parts = values if isinstance(values, (list, tuple)) else (values,)
    if any(isinstance(part, np.ma.MaskedArray) and np.ma.is_masked(part) for part in parts):
        raise GraphError(f"{what} must have no masked entries: fill or drop them first")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
