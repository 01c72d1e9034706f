# SPDX-License-Identifier: Apache-2.0
"""The virtual board under PYNQ, and small programs for it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import util
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.graph import Csr, Graph
from tests.samples import random_graph

NODES, FEATURES, CLASSES = 60, 16, 4
MODEL = hgcn.GCN.random([FEATURES, 12, CLASSES], seed=3)


@pytest.fixture
def graph() -> Graph:
    """A small graph with features."""
    return random_graph(7, nodes=NODES, features=FEATURES, classes=CLASSES)


@pytest.fixture
def with_features(graph: Graph) -> Callable[[int], Graph]:
    """Return the same graph with features drawn from a seed."""

    def make(seed: int) -> Graph:
        rng = np.random.default_rng(seed)
        rows, cols = np.nonzero(rng.random((NODES, FEATURES)) < rng.uniform(0.05, 0.6))
        return replace(graph, features=Csr.from_coo((NODES, FEATURES), rows, cols))

    return make


@pytest.fixture
def program(graph: Graph) -> hgcn.Program:
    """The graph compiled for the smallest device."""
    return hgcn.compile(MODEL, graph, device="tiny")


@pytest.fixture
def sigint() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, also where the shell that started the tests ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def overlay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The overlay, loaded as a script loads it; only the environment names the virtual board.

    Afterwards no buffer is left and the memory has seen no breach of AXI4.
    """
    if util.find_spec("pynq") is None:
        pytest.skip("pynq is not installed")
    from hgcn_host import HgcnOverlay

    monkeypatch.setenv("HGCN_VIRTUAL_BOARD", "tiny")
    with HgcnOverlay("hgcn.pdi") as board:
        yield board
        board.device.faults.clear()
        board.reset()
    assert board.device.buffers.buffers == 0
    assert board.device.model.violations() == []
