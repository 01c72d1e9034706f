# SPDX-License-Identifier: Apache-2.0
"""Rules of single graph convolutions; those of a whole network are in `tests/model/test_gcn.py`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hgcn.errors import ModelError
from hgcn.model.layer import OnGraph, is_layer
from hgcn.model.layers.gcn import GCNLayer
from tests.samples import random_graph

LAYER = GCNLayer(weight=np.ones((12, 2)), bias=[-50, 0])


def test_a_layer_without_bias_adds_nothing() -> None:
    assert GCNLayer(weight=np.ones((3, 2))).bias.tolist() == [0, 0]
    assert is_layer(LAYER) and LAYER.widths == (12, 2)


def test_self_loops_are_what_normalisation_is_unless_they_are_said() -> None:
    assert LAYER.add_self_loops is True
    assert replace(LAYER, normalize=False, add_self_loops=None).add_self_loops is False


@pytest.mark.parametrize("activation", ["relu", "none"])
def test_the_last_table_is_what_the_layer_gives(activation: str) -> None:
    on = OnGraph(random_graph())
    assert on.graph.features is not None
    tables = list(replace(LAYER, activation=activation).tables(on, on.graph.features))
    output = tables[-1][1]
    assert (output[:, 0] == 0).all() == (activation == "relu")
    assert (output[:, 0] < 0).any() == (activation == "none")


def test_the_faulty_layer_is_named() -> None:
    with pytest.raises(ModelError, match="m: bias of layer 3 must have 2 entries, got shape"):
        replace(LAYER, bias=[1, 2, 3]).check("m", 3)
