# SPDX-License-Identifier: Apache-2.0
"""Small random graphs, and the real data sets where they can be had."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hgcn.errors import DatasetError
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph

MakeGraph = Callable[..., Graph]
_NEARBY_DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def make_graph() -> MakeGraph:
    """Return a maker of random directed graphs with features, labels and masks."""

    def make(
        seed: int = 0,
        nodes: int = 20,
        features: int = 9,
        classes: int = 3,
        *,
        weighted: bool = False,
        binary: bool = False,
        density: float = 0.2,
    ) -> Graph:
        rng = np.random.default_rng(seed)
        cells = rng.random((nodes, nodes)) < density
        np.fill_diagonal(cells, False)
        rows, cols = np.nonzero(cells)
        weights = rng.uniform(0.1, 3.0, len(rows)).astype(np.float32) if weighted else None
        x_rows, x_cols = np.nonzero(rng.random((nodes, features)) < 0.5)
        data = None if binary else rng.normal(size=len(x_rows)).astype(np.float32)
        train = np.arange(nodes) % 2 == 0
        return Graph(
            name=f"random{seed}",
            adjacency=Csr.from_coo((nodes, nodes), rows, cols, weights),
            features=Csr.from_coo((nodes, features), x_rows, x_cols, data),
            labels=rng.integers(0, classes, nodes),
            num_classes=classes,
            train_mask=train,
            val_mask=~train,
            test_mask=~train,
        )

    return make


@pytest.fixture(scope="session")
def load_graph() -> Callable[[str], Graph]:
    """Return a loader of real data sets that skips the test where one is out of reach."""
    loaded: dict[str, Graph] = {}

    def load(name: str) -> Graph:
        from hgcn import datasets

        if _NEARBY_DATA.is_dir():
            os.environ.setdefault("HGCN_DATA", str(_NEARBY_DATA))
        if name not in loaded:
            try:
                loaded[name] = datasets.load(name)
            except DatasetError as error:
                pytest.skip(f"data set {name} is not here: {error}")
        return loaded[name]

    return load
