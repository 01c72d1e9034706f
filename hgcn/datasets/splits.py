# SPDX-License-Identifier: Apache-2.0
"""Seeded splits of labelled nodes, for data sets that are published without one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import require

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """Three disjoint masks over the nodes.

    Attributes
    ----------
    train, val, test : ndarray of bool, shape (n,)
    """

    train: NDArray[np.bool_]
    val: NDArray[np.bool_]
    test: NDArray[np.bool_]


def stratified_split(
    labels: Labels, *, train: float, val: float, rng: np.random.Generator | int
) -> Split:
    """Split every class by the same shares; test gets the rest.

    Parameters
    ----------
    labels : ndarray of int64, shape (n,)
        Nodes of label -1 join no part.
    train, val : float
        Shares of each class, rounded to whole nodes.
    rng : Generator or int

    Returns
    -------
    Split

    Examples
    --------
    >>> split = stratified_split(np.repeat([0, 1], 10), train=0.2, val=0.3, rng=0)
    >>> int(split.train.sum()), int(split.val.sum()), int(split.test.sum())
    (4, 6, 10)
    """
    valid = train >= 0 and val >= 0 and train + val <= 1
    require(valid, "train, val", (train, val), "shares that sum to at most 1")
    sizes = np.bincount(labels[labels >= 0])
    return _split(labels, np.rint(sizes * train), np.rint(sizes * (train + val)), rng)


def per_class_split(
    labels: Labels, *, train: int, val: int, rng: np.random.Generator | int
) -> Split:
    """Take the same number of nodes of every class; test gets the rest.

    Parameters
    ----------
    labels : ndarray of int64, shape (n,)
        Nodes of label -1 join no part.
    train, val : int
        Nodes of each class, fewer where the class runs out.
    rng : Generator or int

    Returns
    -------
    Split

    Examples
    --------
    >>> split = per_class_split(np.repeat([0, 1], 10), train=2, val=3, rng=0)
    >>> int(split.train.sum()), int(split.val.sum()), int(split.test.sum())
    (4, 6, 10)
    """
    require(train >= 0, "train", train, "at least 0")
    require(val >= 0, "val", val, "at least 0")
    classes = np.bincount(labels[labels >= 0])
    return _split(labels, np.full(len(classes), train), np.full(len(classes), train + val), rng)


def _split(
    labels: Labels,
    train_upto: NDArray[np.float64],
    val_upto: NDArray[np.float64],
    rng: np.random.Generator | int,
) -> Split:
    """Rank the nodes of each class at random and cut the ranks at the two bounds."""
    order = np.random.default_rng(rng).permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    rank = np.arange(len(labels)) - np.searchsorted(labels[order], labels[order])
    rank_of = np.empty(len(labels), dtype=np.int64)
    rank_of[order] = rank
    known = labels >= 0
    own = np.where(known, labels, 0)
    train = known & (rank_of < train_upto[own]) if known.any() else np.zeros_like(known)
    val = known & ~train & (rank_of < val_upto[own]) if known.any() else np.zeros_like(known)
    return Split(train=train, val=val, test=known & ~train & ~val)
