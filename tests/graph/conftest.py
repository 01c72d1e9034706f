# SPDX-License-Identifier: Apache-2.0
"""What the graph tests share: real files, and one hand-worked graph."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from hgcn.graph import Graph, from_edges


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of real data sets; tests that need it are skipped without."""
    named = os.environ.get("HGCN_DATA")
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(named) if named else beside
    if not (folder / "converted").is_dir():
        pytest.skip(f"no converted/ under {folder}; set HGCN_DATA to a folder of data sets")
    return folder


@pytest.fixture
def small() -> Graph:
    """Four nodes, edges 0-1 and 1-2, node 3 alone; everything a graph can have."""
    graph = from_edges(
        4,
        [(0, 1), (1, 2)],
        symmetrise=True,
        weights=[0.5, 2.0],
        features=np.array([[1, 0], [0, 2], [0, 0], [3, 4]], dtype=np.float32),
        labels=[0, 1, -1, 1],
        name="small",
    )
    nodes = np.arange(4)
    return Graph(
        name=graph.name,
        adjacency=graph.adjacency,
        features=graph.features,
        labels=graph.labels,
        num_classes=2,
        train_mask=nodes == 0,
        val_mask=nodes == 1,
        test_mask=nodes == 3,
    )
