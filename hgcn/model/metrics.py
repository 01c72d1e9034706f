# SPDX-License-Identifier: Apache-2.0
"""How good logits are, and how much quantisation changed them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError, ModelError
from hgcn.graph.foreign_arrays import as_array, as_integers


def labelled(
    labels: NDArray[np.integer] | None, mask: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Return which nodes an accuracy counts: those of the mask that have a class.

    Parameters
    ----------
    labels : ndarray of int, shape (n,)
        Class of each node, -1 where unknown.
    mask : ndarray of bool, shape (n,), optional
        By default all nodes.

    Raises
    ------
    ModelError
        If there are no labels, or the mask is not a truth value for each of them.

    Examples
    --------
    >>> labelled(np.array([1, -1, 0]), np.array([True, True, False]))
    array([ True, False, False])
    """
    if labels is None:
        raise ModelError("accuracy needs labels, got None")
    known: NDArray[np.bool_] = np.greater_equal(_classes(labels), 0)
    if mask is None:
        return known
    try:
        chosen = as_array(mask, "mask")
    except GraphError as error:
        raise ModelError(str(error)) from None
    if chosen.dtype != np.bool_ or chosen.shape != known.shape:
        raise ModelError(
            f"mask must be {len(known)} truth values, one a node, "
            f"got {chosen.dtype} of shape {chosen.shape}"
        )
    counted: NDArray[np.bool_] = known & chosen
    return counted


def accuracy(
    logits: NDArray[np.generic],
    labels: NDArray[np.integer] | None,
    mask: NDArray[np.bool_] | None = None,
) -> float:
    """Return the share of labelled nodes whose largest logit is that of their class.

    The one accuracy of hgcn: `Result.accuracy` and all reports are this.

    Parameters
    ----------
    logits : ndarray, shape (n, classes)
        Float or integer; of equal logits the first counts.
    labels : ndarray of int, shape (n,)
        Nodes of class -1 do not count.
    mask : ndarray of bool, shape (n,), optional
        Only these nodes count.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ModelError
        If no labelled node is left (reports then have none: it is never NaN), or labels or mask
        are not one a node.

    Examples
    --------
    >>> accuracy(np.array([[1, 2], [3, 0], [0, 1]]), np.array([1, 1, -1]))
    0.5
    """
    counted = labelled(labels, mask)
    if len(counted) != len(logits):
        raise ModelError(f"labels must be {len(logits)}, one a node, got {len(counted)}")
    if not counted.any():
        raise ModelError("accuracy needs at least one labelled node, got none")
    return float(np.mean(logits[counted].argmax(axis=1) == _classes(labels)[counted]))


def _classes(labels: object) -> NDArray[np.int64]:
    """Return labels, one a node, as integers: of a list or a tensor too."""
    try:
        classes = as_integers(labels, "labels")
    except GraphError as error:
        raise ModelError(str(error)) from None
    if classes.ndim != 1:
        raise ModelError(f"labels must be one a node, got shape {classes.shape}")
    return classes


def unchanged(before: NDArray[np.generic], after: NDArray[np.generic]) -> float:
    """Return the share of rows whose largest logit stays in its column.

    Examples
    --------
    >>> unchanged(np.array([[0.1, 0.2], [0.3, 0.0]]), np.array([[1, 2], [0, 1]]))
    0.5
    """
    return float(np.mean(before.argmax(axis=1) == after.argmax(axis=1)))
