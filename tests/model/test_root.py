# SPDX-License-Identifier: Apache-2.0
"""A root weight is float32, as large as the weight, or not there."""

from __future__ import annotations

import numpy as np
import pytest

import hgcn
from hgcn.errors import ModelError
from hgcn.model.layers.graph import GraphLayer
from hgcn.model.layers.sage import SAGELayer
from hgcn.model.root import RootLayer

WEIGHT = np.ones((16, 8), np.float32)


@pytest.mark.parametrize("kind", [GraphLayer, SAGELayer])
def test_a_root_weight_is_taken_as_float32(kind: type[RootLayer]) -> None:
    layer = kind(weight=WEIGHT, root=np.ones((16, 8)))  # type: ignore[arg-type]
    assert layer.root is not None and layer.root.dtype == np.float32
    assert kind(weight=WEIGHT).root is None


@pytest.mark.parametrize("kind", [GraphLayer, SAGELayer])
@pytest.mark.parametrize(
    ("root", "words"),
    [
        (np.ones((3, 8)), r"m: root weight of layer 1 must have shape \(16, 8\), got \(3, 8\)"),
        (np.full((16, 8), np.nan), "m: root weight: layer 1 holds NaN or infinity"),
    ],
)
def test_a_faulty_root_weight_is_named(kind: type[RootLayer], root: object, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        hgcn.Model(name="m", layers=(kind(weight=WEIGHT, root=root),))  # type: ignore[arg-type]
