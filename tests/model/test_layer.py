# SPDX-License-Identifier: Apache-2.0
"""Laws of single layers; those of a whole network are `test_gcn`'s."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.errors import ModelError
from hgcn.model.layer import GCNLayer, check_layers, random_layers


def test_a_layer_without_bias_adds_nothing() -> None:
    assert GCNLayer(weight=np.ones((3, 2))).bias.tolist() == [0, 0]


def test_random_layers_stay_within_glorots_limit() -> None:
    for layer in random_layers([50, 30, 10], seed=0):
        limit = (6 / sum(layer.weight.shape)) ** 0.5
        assert 0.9 * limit < np.abs(layer.weight).max() <= limit


def test_the_faulty_layer_is_named() -> None:
    layers = random_layers([4, 3], 0) + random_layers([2, 3], 0)
    with pytest.raises(ModelError, match="m: layer 2 takes 2 features, but gets 3"):
        check_layers("m", layers)
