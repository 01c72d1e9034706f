# SPDX-License-Identifier: Apache-2.0
"""What every layer type is held to: formula, files, backends and the RTL."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import hgcn
from hgcn.graph.graph import Graph
from hgcn.model.layer import Layer
from tests.samples import random_graph

GRAPH = random_graph(7, nodes=60, features=16, classes=4)
RNG = np.random.default_rng(5)
WEIGHT, BIAS = RNG.normal(size=(16, 8)).astype(np.float32), RNG.normal(size=8).astype(np.float32)


def dense(graph: Graph = GRAPH) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return adjacency and features."""
    assert graph.features is not None
    return graph.adjacency.to_dense().astype(float), graph.features.to_dense().astype(float)


def of(layer: Layer, *before: Layer) -> hgcn.Model:
    """Return a model of the layer, others before and one graph convolution behind it."""
    behind = hgcn.GCN.random((layer.widths[1], 4)).layers
    return hgcn.Model(name="kinds", layers=(*before, layer, *behind))


def check_output(layer: Layer, wanted: NDArray[np.float64], *before: Layer) -> None:
    """The layer, behind those before it, gives these values, and its integers come near them."""
    model = hgcn.Model(name="alone", layers=(*before, layer))
    np.testing.assert_allclose(model.forward(GRAPH), wanted, rtol=1e-5, atol=1e-5)
    result = hgcn.compile(model, GRAPH, device="tiny").run("emulate")
    # Weights, features, sums and edges are rounded to one in 254 of their largest.
    assert result.bit_exact
    assert np.abs(result.logits - wanted).max() < 4 / 127 * np.abs(wanted).max()


def check_programs(layer: Layer, folder: Path, *before: Layer) -> None:
    """A file of it is the same model, and every backend agrees on its program."""
    of(layer, *before).save(folder / "kinds.safetensors")
    read = hgcn.Model.load(folder / "kinds.safetensors")
    assert np.array_equal(read.forward(GRAPH), of(layer, *before).forward(GRAPH))
    for features in ("program", "input"):
        program = hgcn.compile(read, GRAPH, device="tiny", features=features)
        assert program.run("reference").bit_exact and program.run("emulate").bit_exact
        assert program.bound.cycles <= program.estimate().cycles


def check_rtl(layer: Layer, *before: Layer) -> None:
    """The RTL agrees too, and takes the cycles that the model says."""
    program = hgcn.compile(of(layer, *before), GRAPH, device="tiny")
    result = program.run("rtl")
    assert result.bit_exact and result.cycles == round(program.estimate().cycles)
