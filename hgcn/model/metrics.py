# SPDX-License-Identifier: Apache-2.0
"""How good logits are, and how much quantisation changed them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError


def accuracy(
    logits: NDArray[np.generic],
    labels: NDArray[np.integer],
    mask: NDArray[np.bool_] | None = None,
) -> float:
    """Return the share of labelled nodes whose largest logit is that of their class.

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
        If no labelled node is left.

    Examples
    --------
    >>> accuracy(np.array([[1, 2], [3, 0], [0, 1]]), np.array([1, 1, -1]))
    0.5
    """
    counted = labels >= 0 if mask is None else mask & (labels >= 0)
    if not counted.any():
        raise ModelError("accuracy needs at least one labelled node, got none")
    return float(np.mean(logits[counted].argmax(axis=1) == labels[counted]))


def unchanged(before: NDArray[np.generic], after: NDArray[np.generic]) -> float:
    """Return the share of rows whose largest logit stays in its column.

    Examples
    --------
    >>> unchanged(np.array([[0.1, 0.2], [0.3, 0.0]]), np.array([[1, 2], [0, 1]]))
    0.5
    """
    return float(np.mean(before.argmax(axis=1) == after.argmax(axis=1)))
