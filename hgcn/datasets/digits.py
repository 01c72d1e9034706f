# SPDX-License-Identifier: Apache-2.0
"""The data set inside the package: handwritten digits, linked by likeness."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources

import numpy as np

from hgcn.graph.graph import Graph
from hgcn.graph.knn import knn_graph

NEIGHBOURS = 8


def load_digits() -> Graph:
    """Return 1797 handwritten digits of 8 x 8 pixels, each linked to its nearest eight.

    Features are the 64 pixels, whole numbers 0..16; labels the digits. The split is
    stratified, about 10 % train, 20 % validation and 70 % test.

    Returns
    -------
    Graph

    Notes
    -----
    Squared distances between whole pixels are exact and ties go to the smaller index, so the
    graph is the same everywhere.

    References
    ----------
    .. [1] E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
       Learning Repository, 1998, doi:10.24432/C50P49. The copy is the one of scikit-learn.

    Examples
    --------
    >>> graph = load_digits()
    >>> graph.num_nodes, graph.num_features, graph.num_classes
    (1797, 64, 10)
    """
    source = resources.files("hgcn.datasets").joinpath("digits.npz")
    with source.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        pixels, labels, split = arrays["pixels"], arrays["labels"], arrays["split"]
    graph = knn_graph(pixels, neighbours=NEIGHBOURS, labels=labels, name="digits")
    return replace(graph, train_mask=split == 0, val_mask=split == 1, test_mask=split == 2)
