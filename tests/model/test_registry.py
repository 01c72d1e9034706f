# SPDX-License-Identifier: Apache-2.0
"""Layer types are found by name."""

from __future__ import annotations

import pytest

from hgcn.errors import ModelError
from hgcn.model.layers.gcn import GCNLayer
from hgcn.model.registry import layer_names, layer_type, type_name
from tests.model.test_model import FIRST


def test_the_graph_convolution_is_one() -> None:
    assert "gcn" in layer_names()
    assert layer_type("gcn") is GCNLayer and type_name(FIRST) == "gcn"


def test_others_are_refused_by_name() -> None:
    with pytest.raises(ModelError, match=r"layer type 'gat' is not installed .there are .*gcn"):
        layer_type("gat")
    with pytest.raises(ModelError, match=r"layer type int has no entry point in the group hgcn.l"):
        type_name(3)
