# SPDX-License-Identifier: Apache-2.0
"""Predictions as a file: a table for people and spreadsheets, or arrays for NumPy."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from hgcn.arguments import as_path
from hgcn.errors import BackendError, shown
from hgcn.execution.result import Result
from hgcn.files import check_writable, whole_file
from hgcn.printable import printable_path

SUFFIXES = (".csv", ".npz")


def check_predictions_path(path: Path) -> None:
    """Refuse a path that predictions cannot be written to, before the work is done.

    Raises
    ------
    BackendError
        Naming the path: of another ending, or one that cannot be written.
    """
    if path.suffix not in SUFFIXES:
        raise BackendError(
            f"{printable_path(path)}: predictions must end in {' or '.join(SUFFIXES)}, "
            f"got {shown(path.suffix)}"
        )
    check_writable(path, BackendError)


def save_predictions(result: Result, path: str | os.PathLike[str]) -> Path:
    """Write the classes of the nodes, whole or not at all; a file that is there is replaced.

    Parameters
    ----------
    result : Result
    path : path
        ``.csv``: a line for each node, in the graph's order: node, class, and the probability of
        that class. ``.npz``: ``logits`` (float32) and ``probabilities`` (float64), shape (n,
        classes), and ``classes`` (int64), shape (n,).

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    BackendError
        See `check_predictions_path`.

    Examples
    --------
    >>> import tempfile
    >>> import hgcn
    >>> result = hgcn.run(hgcn.GCN.load("digits"), hgcn.datasets.load("digits"))
    >>> file = save_predictions(result, Path(tempfile.mkdtemp()) / "digits.csv")
    >>> file.read_text().splitlines()[0]
    'node,class,probability'
    """
    path = as_path(path, "path")
    check_predictions_path(path)
    probabilities, classes = result.probabilities, result.predictions
    with whole_file(path, BackendError) as file:
        if path.suffix == ".npz":
            np.savez_compressed(
                file, logits=result.logits, classes=classes, probabilities=probabilities
            )
        else:
            sure = probabilities[np.arange(len(classes)), classes]
            lines = zip(classes.tolist(), sure.tolist(), strict=True)
            rows = [f"{node},{best},{share:.6f}\n" for node, (best, share) in enumerate(lines)]
            file.write("".join(["node,class,probability\n", *rows]).encode())
    return path
