# SPDX-License-Identifier: Apache-2.0
"""Real modules are read, compared and answer alike: `make test-pyg`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.graph import from_pyg
from tests.parity.test_modules import NAMES, behind, record
from tests.parity.test_parity import TOLERANCE

pytest.importorskip("torch_geometric", reason="needs PyTorch Geometric: make test-pyg")

__all__ = ["record"]


@pytest.fixture(scope="module")
def trained() -> dict[str, Any]:
    from tests.parity import modules

    return {name: modules.trained(name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_trained_module_is_read_and_saved(name: str, trained: Any, tmp_path: Path) -> None:
    from tests.parity import modules

    module, data = trained[name], modules.data()
    model = hgcn.from_pyg(module, data, name=name)
    weights = {"None": None}.get(model.metadata["edge_weights"], "edge_weight")
    model.save(tmp_path / "model.safetensors")
    read = hgcn.Model.load(tmp_path / "model.safetensors")
    got = behind(name, read.forward(from_pyg(data, weights=weights)))
    wanted = modules.at_inference(module, data)
    assert np.abs(got - wanted).max() < TOLERANCE * np.abs(wanted).max()
    assert read.metadata == model.metadata and read.widths == model.widths


@pytest.mark.parametrize("name", NAMES)
def test_the_record_is_of_these_modules(name: str, trained: Any, record: dict[str, Any]) -> None:
    """Training itself differs in the last bits between machines: classes are compared."""
    from tests.parity import modules

    answers = modules.at_inference(trained[name], modules.data())
    assert (answers.argmax(axis=1) == record[name].argmax(axis=1)).mean() > 0.9
