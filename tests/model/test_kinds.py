# SPDX-License-Identifier: Apache-2.0
"""Whatever stands where a model is wanted is refused in words, through every public door."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.errors import GraphError, HgcnError, ModelError
from hgcn.model import GCN
from tests.graph.test_kinds import Net
from tests.samples import random_graph

GRAPH = random_graph()
MODEL = GCN.random([12, 3])
THINGS = (None, 3, "cora", Path("w.pt"), Net(), {"conv1.weight": 1}, np.eye(3), Net, GCN, [1])


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)
@pytest.mark.parametrize("door", [hgcn.compile, hgcn.run])
def test_no_thing_passes_for_a_model_or_a_graph(door: Any, thing: object) -> None:
    with pytest.raises(ModelError, match=r"^model must be a Model, got ") as caught:
        door(thing, GRAPH)
    assert "\n" not in str(caught.value)
    with pytest.raises(GraphError, match=r"^graph must be a Graph, got "):
        door(MODEL, thing)


@pytest.mark.parametrize("door", [hgcn.compile, hgcn.run])
def test_swapped_arguments_are_told(door: Any) -> None:
    with pytest.raises(ModelError, match="got a Graph: the model comes first, then the graph"):
        door(GRAPH, MODEL)


def test_the_cure_for_a_model_fits_the_kind() -> None:
    for thing, cure in (
        (Net(), r"a torch module \(Net\): call hgcn.from_pyg\(module, data\) first"),
        ({"conv1.weight": 1}, "call hgcn.GCN.from_state_dict first"),
        ("cora", "call hgcn.GCN.load first"),
    ):
        with pytest.raises(ModelError, match=cure):
            hgcn.compile(thing, GRAPH)


@pytest.mark.parametrize("thing", [*THINGS[:2], *THINGS[4:], GRAPH, MODEL])
def test_load_takes_names_and_files(thing: object) -> None:
    with pytest.raises(ModelError, match="a model is loaded by name or file, got "):
        GCN.load(thing)
    for door in (GCN.for_graph, MODEL.forward):
        if thing is not GRAPH:
            with pytest.raises(GraphError, match="graph must be a Graph, got "):
                door(thing)


def test_a_state_dict_is_a_mapping_of_tensors() -> None:
    with pytest.raises(ModelError, match=r"got a torch module \(Net\): give module.state_dict"):
        GCN.from_state_dict(Net())
    for state in ("w.pt", None, GRAPH, [1]):
        with pytest.raises(ModelError, match=r"state must be a mapping, .*GCN.load reads"):
            GCN.from_state_dict(state)
    with pytest.raises(ModelError, match=r"conv1.weight must be an array of numbers"):
        GCN.from_state_dict({"conv1.weight": "words"})


def test_pickles_are_refused_unread(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "zip.pt", "w") as archive:
        archive.writestr("model/data.pkl", b"cos\nsystem\n(S'false'\ntR.")
    (tmp_path / "bare.pt").write_bytes(pickle.dumps({"conv1.weight": [1.0]}))
    for name in ("zip.pt", "bare.pt"):
        with pytest.raises(ModelError, match=f"{name}: is a PyTorch pickle.*weights_only=True"):
            GCN.load(tmp_path / name)
    np.savez(tmp_path / "graph.npz", indptr=np.zeros(9))
    with pytest.raises(ModelError, match=r"graph.npz: not a readable safetensors file"):
        GCN.load(tmp_path / "graph.npz")
    for start in (b"", b"\x80", b"PK\x03\x04", b"\x80\x02"):
        (tmp_path / "start.pt").write_bytes(start)
        with pytest.raises(ModelError, match=r"start.pt: (not a readable|is a PyTorch pickle)"):
            GCN.load(tmp_path / "start.pt")
    (tmp_path / "text.pt").write_text("weights")
    with pytest.raises(ModelError, match=r"text.pt: not a readable safetensors file"):
        GCN.load(tmp_path / "text.pt")


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model file"):
        GCN.load(tmp_path)


def test_features_are_a_matrix() -> None:
    program = hgcn.compile(MODEL, GRAPH, device="tiny", features="input")
    with pytest.raises(GraphError, match=r"features must be a matrix, got a Graph: give graph"):
        program.run("reference", features=GRAPH)
    for thing in (MODEL, "words", Net(), {1: 2}, object()):
        with pytest.raises(HgcnError, match=r"^features must be an array of numbers"):
            program.run("reference", features=thing)
