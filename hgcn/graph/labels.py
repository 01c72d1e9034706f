# SPDX-License-Identifier: Apache-2.0
"""Labels of nodes: classes counted from 0, told from numbers that merely name something."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import GraphError
from hgcn.graph.foreign_arrays import as_integers

# Every model has an output for each class: labels beyond this are ids, not classes.
MAX_CLASSES = 4096


def as_classes(
    values: object, what: str, num_classes: int | None = None
) -> tuple[NDArray[np.int64], int]:
    """Return labels as int64, and the number of classes.

    Parameters
    ----------
    values : array-like or tensor of int, shape (n,)
        -1 where unknown.
    what : str
        Name of the value in error messages.
    num_classes : int, optional
        Default: one more than the largest label.

    Raises
    ------
    GraphError
        If they are no integers, not one for each node, beyond ``num_classes``, or ids.

    Examples
    --------
    >>> as_classes(np.array([0, 2, -1], dtype=np.int8), "labels")
    (array([ 0,  2, -1]), 3)
    """
    labels = as_integers(values, what)
    if labels.ndim != 1:
        raise GraphError(f"{what} must hold one class per node, got shape {labels.shape}")
    # An index, not a sum in the labels' own type: 255 + 1 is 0 there.
    classes = max(int(labels.max(initial=-1)) + 1, 0)
    if num_classes is None:
        num_classes = classes
    elif not 0 <= num_classes <= MAX_CLASSES or classes > num_classes:
        top = min(num_classes, MAX_CLASSES) - 1
        raise GraphError(f"{what} must lie in -1..{top}, got {classes - 1} of {num_classes}")
    if classes > MAX_CLASSES:
        raise GraphError(
            f"{what} must be classes counted from 0, at most {MAX_CLASSES}; got {classes - 1}: "
            "is that an id?"
        )
    return labels, num_classes
