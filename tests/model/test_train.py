# SPDX-License-Identifier: Apache-2.0
"""Rules of training: what it needs, that it repeats, and that recipes give the shipped models."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hgcn.errors import BackendError, ModelError, SpecError
from hgcn.graph.graph import Graph
from hgcn.model import GCN, Model, accuracy, reproduce, train, unchanged

MakeGraph = Callable[..., Graph]


@pytest.fixture
def torch() -> Any:
    """Skip where the optional extra is absent."""
    return pytest.importorskip("torch", reason="the extra 'train' (PyTorch) is not installed")


def test_package_imports_without_torch() -> None:
    code = "import sys, hgcn.model; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_missing_torch_names_the_command(
    make_graph: MakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)

    with pytest.raises(BackendError, match=r"not installed: pip install -e '\.\[train\]'"):
        train(make_graph())


@pytest.mark.parametrize("missing", ["features", "labels", "train_mask"])
def test_graph_needs_features_labels_and_mask(make_graph: MakeGraph, missing: str) -> None:
    graph = replace(make_graph(), **{missing: None})

    with pytest.raises(ModelError, match="random0: training needs features, labels"):
        train(graph)


def test_unknown_recipe_says_what_to_do(make_graph: MakeGraph) -> None:
    with pytest.raises(ModelError, match=r"no recipe for graph 'random0' .*: use train"):
        reproduce(make_graph())


@pytest.mark.parametrize(("layers", "widths"), [(1, (9, 3)), (2, (9, 5, 3)), (3, (9, 5, 5, 3))])
def test_any_depth_trains(
    torch: Any, make_graph: MakeGraph, layers: int, widths: tuple[int, ...]
) -> None:
    model = train(make_graph(weighted=True), hidden=5, layers=layers, epochs=3)

    assert model.widths == widths and model.feature_norm == "row"


def test_an_unknown_kind_is_refused_before_the_work(make_graph: MakeGraph) -> None:
    with pytest.raises(SpecError, match="kind must be one of gcn, sage, gin, got 'gat'"):
        train(make_graph(), kind="gat")


@pytest.mark.parametrize(("kind", "widths"), [("sage", (9, 5, 3)), ("gin", (9, 5, 5, 5, 3))])
def test_other_kinds_train_and_travel(
    torch: Any, make_graph: MakeGraph, tmp_path: Path, kind: str, widths: tuple[int, ...]
) -> None:
    graph = make_graph(weighted=True)
    model = train(graph, kind=kind, hidden=5, epochs=3)
    assert model.widths == widths and not isinstance(model, GCN)
    model.save(tmp_path / "model.safetensors")
    read = Model.load(tmp_path / "model.safetensors")
    assert np.array_equal(read.forward(graph), model.forward(graph))


def test_same_seed_gives_the_same_bits(torch: Any, make_graph: MakeGraph) -> None:
    first, same, other = (train(make_graph(), epochs=5, seed=seed) for seed in (1, 1, 2))

    assert np.array_equal(first.layers[0].weight, same.layers[0].weight)
    assert not np.array_equal(first.layers[0].weight, other.layers[0].weight)


def test_training_leaves_torch_as_it_was(torch: Any, make_graph: MakeGraph) -> None:
    threads, state = torch.get_num_threads(), torch.get_rng_state()

    train(make_graph(), epochs=2)

    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)


def test_training_fits_its_nodes_and_reports_each_epoch(torch: Any, make_graph: MakeGraph) -> None:
    graph = make_graph(nodes=30, features=40)
    reports: list[tuple[int, int]] = []

    model = train(
        replace(graph, val_mask=None),
        hidden=32,
        epochs=150,
        dropout=0,
        weight_decay=0,
        feature_norm="none",
        progress=lambda *report: reports.append(report),
    )

    assert reports == [(done, 150) for done in range(1, 151)]
    assert graph.labels is not None
    assert accuracy(model.forward(graph), graph.labels, graph.train_mask) == 1.0


def test_more_epochs_never_lower_the_validation_accuracy(torch: Any, make_graph: MakeGraph) -> None:
    graph = make_graph(nodes=60)
    assert graph.labels is not None

    scores = [
        accuracy(train(graph, epochs=epochs).forward(graph), graph.labels, graph.val_mask)
        for epochs in range(1, 9)
    ]

    assert scores == sorted(scores)


@pytest.mark.parametrize("name", ["digits", "cora"])
def test_recipe_reproduces_the_shipped_model(
    torch: Any, load_graph: Callable[[str], Graph], name: str
) -> None:
    graph = load_graph(name)
    assert graph.labels is not None

    again, shipped = reproduce(graph).forward(graph), GCN.for_graph(graph).forward(graph)

    # Another CPU adds in another order and may keep a neighbouring epoch.
    before, after = (accuracy(x, graph.labels, graph.test_mask) for x in (shipped, again))
    assert after == pytest.approx(before, abs=0.01)
    assert unchanged(shipped, again) > 0.97
