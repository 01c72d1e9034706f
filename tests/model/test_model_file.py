# SPDX-License-Identifier: Apache-2.0
"""Models of any layers survive their files; what is none is refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import hgcn
from hgcn.errors import ModelError
from hgcn.model import GCN, SHIPPED_TYPES, Model, accuracy
from hgcn.model.model_file import is_model_file
from tests.model.test_model import GRAPH, MIXED


def test_a_model_survives_its_file(tmp_path: Path) -> None:
    file = tmp_path / "mixed.safetensors"
    MIXED.save(file)
    loaded = Model.load(file)
    assert np.array_equal(loaded.forward(GRAPH), MIXED.forward(GRAPH))
    assert loaded.name == "mixed" and loaded.widths == MIXED.widths
    first = file.read_bytes()
    loaded.save(file)
    assert file.read_bytes() == first


def test_its_file_is_told_from_that_of_a_gcn(tmp_path: Path) -> None:
    MIXED.save(tmp_path / "a")
    GCN.random([3, 2]).save(tmp_path / "b")
    (tmp_path / "c").write_bytes(b"x")
    assert [is_model_file(tmp_path / name) for name in "abcd"] == [True, False, False, False]
    with pytest.raises(ModelError, match=r"keys must be like conv1\.weight"):
        GCN.load(tmp_path / "a")
    with pytest.raises(ModelError, match="b: header must be of version 3, got 2"):
        Model.load(tmp_path / "b")


LAYER: dict[str, Any] = {"type": "gcn", "options": {}}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"layers": [LAYER | {"type": "gat"}]}, "layer type 'gat' is not installed .there are "),
        ({"layers": [LAYER | {"options": {"wide": 1}}]}, "not a model of hgcn: .*'wide'"),
        (
            {"layers": [LAYER | {"options": {"normalize": 3}}]},
            "m: layer 1: normalize must be True or False, got 3",
        ),
        ({"layers": []}, "no layer takes layer1.weight"),
        ({"layers": 3}, "not a model of hgcn: "),
        ({"name": "two\nlines"}, "name must be 1 to 200 printable characters"),
        ({"version": 4}, "header must be of version 3, got 4"),
        ({"metadata": None}, "not a model of hgcn: "),
    ],
)
def test_headers_that_lie_are_refused(tmp_path: Path, parts: dict[str, Any], message: str) -> None:
    header = {
        "version": 3,
        "name": "m",
        "feature_norm": "none",
        "metadata": {},
        "layers": [LAYER],
    }
    file = tmp_path / "m.safetensors"
    tensors = {"layer1.weight": np.ones((3, 2), np.float32)}
    save_file(tensors, file, metadata={"hgcn": json.dumps(header)})
    assert Model.load(file).widths == (3, 2)
    save_file(tensors, file, metadata={"hgcn": json.dumps(header | parts)})
    with pytest.raises(ModelError, match=rf"m\.safetensors: {message}"):
        Model.load(file)


@pytest.mark.parametrize("content", [b"", b"words", bytes(40)])
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "m"
    file.write_bytes(content)
    with pytest.raises(ModelError, match="m: not a readable safetensors file"):
        Model.load(file)
    with pytest.raises(ModelError, match="none: not a readable safetensors file"):
        Model.load(tmp_path / "none")


def test_damage_is_refused_on_one_line_or_changes_nothing_but_values(tmp_path: Path) -> None:
    file = tmp_path / "m.safetensors"
    MIXED.save(file)
    whole = file.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(400):
        broken = bytearray(whole)
        for at in rng.integers(0, len(whole), 3):
            broken[at] = rng.integers(256)
        file.write_bytes(broken[: rng.choice([len(whole), rng.integers(len(whole))])])
        try:
            assert Model.load(file).widths == MIXED.widths
        except ModelError as error:
            refused += 1
            assert "\n" not in str(error)
    assert refused > 200


@pytest.mark.parametrize("name", SHIPPED_TYPES)
def test_a_shipped_model_is_as_good_as_it_says(name: str, load_graph: Any) -> None:
    model, graph = Model.load(name), load_graph(name.split("-", maxsplit=1)[0])
    right = accuracy(model.forward(graph), graph.labels, graph.test_mask)
    assert f"{right:.4f}" == model.metadata["test_accuracy"]
    assert right > (0.8 if graph.name == "cora" else 0.95)


def test_a_shipped_model_runs_in_bits(load_graph: Any) -> None:
    program = hgcn.compile(Model.load("digits-gin"), load_graph("digits"), device="tiny")
    result = program.run("emulate")
    assert result.bit_exact and result.agreement.class_share > 0.99
