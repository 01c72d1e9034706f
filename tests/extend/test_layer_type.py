# SPDX-License-Identifier: Apache-2.0
"""A layer type of one's own: the page's file and the metadata an installer makes of its project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import hgcn
from hgcn.graph.csr import Csr
from hgcn.model.layer import Layer
from hgcn.model.registry import layer_type, type_name
from hgcn.reference.infer import infer
from tests.docs.blocks import blocks_of
from tests.extend.steps import count_files, install
from tests.extend.steps import hgcn as run_hgcn
from tests.samples import DEVICES, random_graph
from tests.test_layout import ROOT

GRAPH = random_graph(7, nodes=60, features=16, classes=4)


def from_the_page() -> tuple[str, str]:
    """Return the class and the entry point that the page shows."""
    blocks = blocks_of(ROOT / "docs" / "extending.md")
    code = next(block.text for block in blocks if "class Hops" in block.text)
    entry = next(block.text for block in blocks if '"my_layers:Hops' in block.text)
    return code.partition("\n\ngraph = ")[0] + "\n", entry


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the path that holds the package."""
    folder = tmp_path / "packages"
    folder.mkdir()
    code, entry = from_the_page()
    install(folder, "my_layers", code, entry, "hgcn.layers")
    assert count_files(folder, "a layer type") == 1
    monkeypatch.syspath_prepend(folder)
    yield folder


def made(*widths: int, hops: int = 2) -> hgcn.Model:
    """A model of the layer, and a graph convolution in front of it where there are three widths."""
    rng = np.random.default_rng(3)
    kind = layer_type("hops")
    layers: list[Layer] = []
    if len(widths) == 3:
        layers += hgcn.GCN.random(widths[:2]).layers
    weight = rng.normal(size=widths[-2:]).astype(np.float32)
    layers.append(kind(weight=weight, hops=hops))
    return hgcn.Model(name="toy", layers=tuple(layers))


def test_it_computes_what_it_says(packages: Path) -> None:
    assert GRAPH.features is not None
    edges = GRAPH.adjacency.to_dense().astype(np.float64)
    model = made(16, 4)
    weight = model.layers[0].weight.astype(np.float64)  # type: ignore[attr-defined]
    wanted = edges @ edges @ (GRAPH.features.to_dense() @ weight)
    np.testing.assert_allclose(model.forward(GRAPH), wanted, rtol=1e-6)
    assert type_name(model.layers[0]) == "hops"


@pytest.mark.parametrize("device", ["tiny", "vck190", DEVICES["tiles"], DEVICES["stores"]])
@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("widths", [(16, 4), (16, 8, 12)])
@pytest.mark.parametrize("features", ["program", "input"])
def test_every_backend_is_exact(
    packages: Path, device: str | hgcn.Device, hops: int, widths: tuple[int, ...], features: str
) -> None:
    program = hgcn.compile(made(*widths, hops=hops), GRAPH, device=device, features=features)
    assert program.agreement is not None and program.agreement.class_share > 0.9
    for backend in ("reference", "emulate"):
        assert program.run(backend).bit_exact
    assert program.bound.cycles <= program.estimate().cycles
    assert "neighbours" in program.metadata["split"]


def test_the_compiler_sees_jobs_alone(packages: Path) -> None:
    from hgcn.model import quantise

    network = quantise(made(16, 8, 4), GRAPH)
    assert [job.layer for job in network.jobs] == [1, 1, 2, 2, 2]
    assert set(network.operands) == {"features", "adjacency", "neighbours"}
    assert isinstance(network.structure, Csr) and infer(network).shape == (60, 4)


def test_a_file_of_it_runs_on_the_command_line(packages: Path, tmp_path: Path) -> None:
    model = made(64, 10)
    model.save(tmp_path / "toy.safetensors")
    words = ("--model", "toy.safetensors", "--device", "tiny", "--json", "out.json")
    told = run_hgcn(tmp_path, "run", "digits", *words, on_path=packages)
    assert "bit-exact with the reference arithmetic" in told
    assert json.loads((tmp_path / "out.json").read_text())["bit_exact"]


@pytest.mark.rtl
@pytest.mark.parametrize("widths", [(16, 4), (16, 8, 12)])
def test_the_rtl_is_exact(packages: Path, widths: tuple[int, ...]) -> None:
    program = hgcn.compile(made(*widths), GRAPH, device="tiny")
    result = program.run("rtl")
    assert result.bit_exact and result.cycles == round(program.estimate().cycles)
