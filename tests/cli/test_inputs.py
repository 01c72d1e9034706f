# SPDX-License-Identifier: Apache-2.0
"""From words to a graph and a model that fit; the refusals are in test_run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from hgcn.cli.inputs import open_graph, open_model
from hgcn.errors import ModelError
from hgcn.model import GCN, GCNLayer, Model
from hgcn.model.header import USUAL
from tests.samples import random_graph


def test_random_features_are_the_same_each_time(edge_list: Path) -> None:
    first, second = (open_graph(str(edge_list), 5) for _ in range(2))
    assert first.num_features == 5 and first.digest() == second.digest()


def test_random_weights_fit_the_graph() -> None:
    graph = random_graph(features=12, classes=3)
    assert open_model(graph, None, 7, hidden=6, depth=3).widths == (12, 6, 6, 3)
    assert open_model(graph, None, 7, hidden=6, depth=1).widths == (12, 3)


def test_a_graph_without_classes_gets_eight(edge_list: Path) -> None:
    graph = open_graph(str(edge_list), 5)
    assert open_model(graph, None, 0, hidden=4, depth=2).widths == (5, 4, 8)


def test_the_shipped_model_is_the_default() -> None:
    assert open_model(open_graph("digits", None), None, None, 16, 2).widths[0] == 64


def test_foreign_weights_are_questioned_until_their_options_are_given(tmp_path: Path) -> None:
    graph, file = random_graph(features=12, classes=3), tmp_path / "pyg.safetensors"
    save_file({"conv1.lin.weight": np.ones((3, 12), np.float32)}, file)
    with pytest.raises(ModelError, match=r"do not say normalize, .*--trained-with TEXT"):
        open_model(graph, file, None, 16, 2)
    assert open_model(graph, file, None, 16, 2, USUAL).feature_norm == "none"
    text = USUAL.replace("'none'", "row").replace("improved=False", "improved=true")
    model = open_model(graph, file, None, 16, 2, text)
    assert (model.feature_norm, model.improved) == ("row", True)
    with pytest.raises(ModelError, match="--trained-with is for the weights of --model FILE"):
        open_model(graph, None, 0, 16, 2, USUAL)


def test_a_file_of_any_layers_is_told_by_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    layer = GCNLayer(weight=np.ones((64, 3)))
    Model(name="own", layers=(layer,)).save(file)
    graph = open_graph("digits", None)
    found = open_model(graph, file, None, 16, 2)
    assert found.name == "own" and type(found) is Model
    with pytest.raises(ModelError, match="says itself how it is used: leave out --trained-with"):
        open_model(graph, file, None, 16, 2, "normalize=True")


def test_a_shipped_model_of_other_layers_goes_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = open_graph("digits", None)
    model = open_model(graph, Path("digits-sage"), None, 16, 2)
    assert model.widths == (64, 16, 10) and not isinstance(model, GCN)
    monkeypatch.chdir(tmp_path)
    Model(name="own", layers=(GCNLayer(weight=np.ones((64, 10))),)).save("digits-sage")
    assert open_model(graph, Path("digits-sage"), None, 16, 2).name == "own"
