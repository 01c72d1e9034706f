# SPDX-License-Identifier: Apache-2.0
"""Modules that were trained and read once answer here as they answered there, the RTL too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.graph import from_pyg
from tests.parity.record import MODELS, MODULES
from tests.parity.test_parity import TOLERANCE

NAMES = sorted(path.stem for path in MODELS.glob("*.safetensors"))


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    with np.load(MODULES) as file:
        return dict(file)


def model_and_graph(name: str, record: dict[str, Any]) -> tuple[hgcn.Model, hgcn.Graph]:
    """Return the model, and the graph with the edge weights that the model says it saw."""
    model = hgcn.Model.load(MODELS / f"{name}.safetensors")
    parts = {key.removeprefix("data."): part for key, part in record.items() if "." in key}
    said = model.metadata["edge_weights"]
    return model, from_pyg(SimpleNamespace(**parts), weights=None if said == "None" else said)


def behind(name: str, logits: Any) -> Any:
    """Return logits behind the function that two of the modules end in."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return {"gcn": np.log(shares), "mixed": shares}.get(name, logits)


def test_every_module_has_its_file(record: dict[str, Any]) -> None:
    assert sorted(key for key in record if "." not in key and key != "about") == NAMES
    assert len(NAMES) == 12


@pytest.mark.parametrize("name", NAMES)
def test_a_model_from_its_file_answers_as_the_module_did(name: str, record: Any) -> None:
    model, graph = model_and_graph(name, record)
    got, wanted = behind(name, model.forward(graph)), record[name]
    assert np.abs(got - wanted).max() < TOLERANCE * np.abs(wanted).max()
    assert float(model.metadata["largest_difference"]) < TOLERANCE * np.abs(wanted).max()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("backend", ["emulate", pytest.param("rtl", marks=pytest.mark.rtl)])
def test_every_node_gets_the_class_that_the_module_gave_it(
    name: str, backend: str, record: Any
) -> None:
    model, graph = model_and_graph(name, record)
    predictor = hgcn.Predictor(model, graph, device="tiny", backend=backend)
    assert predictor.predict().tolist() == record[name].argmax(axis=1).tolist()
    assert (predictor.predict() == record["data.y"]).mean() > 0.8
