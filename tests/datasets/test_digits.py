# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess
import sys

import numpy as np

from hgcn.datasets.digits import NEIGHBOURS, load_digits


def test_counts_and_ranges() -> None:
    graph = load_digits()
    assert (graph.num_nodes, graph.num_features, graph.num_classes) == (1797, 64, 10)
    assert graph.num_edges == 19858
    pixels = graph.features.data
    assert pixels.min() == 1
    assert pixels.max() == 16
    assert np.array_equal(pixels, np.round(pixels))


def test_every_node_has_its_neighbours_and_the_graph_is_symmetric() -> None:
    adjacency = load_digits().adjacency
    assert np.diff(adjacency.indptr).min() >= NEIGHBOURS
    dense = adjacency.to_dense()
    assert np.array_equal(dense, dense.T)


def test_the_split_is_fixed_stratified_and_whole() -> None:
    graph = load_digits()
    masks = np.stack((graph.train_mask, graph.val_mask, graph.test_mask))
    assert masks.sum(axis=1).tolist() == [179, 360, 1258]
    assert (masks.sum(axis=0) == 1).all()
    for label in range(10):
        assert 17 <= (graph.train_mask & (graph.labels == label)).sum() <= 19


def test_neighbours_mostly_agree() -> None:
    graph = load_digits()
    same = graph.labels[graph.adjacency.row_ids()] == graph.labels[graph.adjacency.indices]
    assert same.mean() > 0.95


def test_loading_needs_no_scikit_learn() -> None:
    code = (
        "import sys; sys.modules['sklearn'] = None; "
        "from hgcn.datasets import load; print(load('digits').num_nodes)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "1797\n"
