# SPDX-License-Identifier: Apache-2.0
"""Weights and biases are float32, and refused by layer where they make none."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.errors import ModelError
from hgcn.model.affine import AffineLayer, activated, affine, check_affine
from hgcn.model.layers.gcn import GCNLayer
from hgcn.model.layers.gin import GINLayer
from hgcn.model.layers.graph import GraphLayer
from hgcn.model.layers.linear import LinearLayer
from hgcn.model.layers.sage import SAGELayer
from hgcn.model.layers.sgc import SGCLayer


def test_no_bias_is_zeros() -> None:
    weight, bias = affine(np.ones((3, 2), np.float64), None)
    assert weight.dtype == bias.dtype == np.float32 and bias.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("weight", "bias", "activation", "words"),
    [
        (np.ones(3), [0.0] * 3, "none", r"m: layer 2 must be a matrix, got shape \(3,\)"),
        (np.ones((0, 2)), [0.0] * 2, "none", "m: layer 2 must be a matrix"),
        (np.ones((3, 2)), [0.0], "none", "m: bias of layer 2 must have 2 entries"),
        (np.full((3, 2), np.nan), [0.0] * 2, "none", "m: layer 2 holds NaN or infinity"),
        (np.ones((3, 2)), [0.0] * 2, "elu", "m: layer 2: activation must be 'relu' or 'none'"),
    ],
)
def test_what_makes_no_layer_is_refused(
    weight: object, bias: object, activation: str, words: str
) -> None:
    with pytest.raises(ModelError, match=words):
        check_affine("m", 2, affine(weight, bias), activation)


def test_relu_is_what_is_said() -> None:
    assert activated(np.array([-1.0, 2.0]), "relu").tolist() == [0, 2]
    assert activated(np.array([-1.0, 2.0]), "none").tolist() == [-1, 2]


@pytest.mark.parametrize("kind", [GCNLayer, GINLayer, GraphLayer, LinearLayer, SAGELayer, SGCLayer])
def test_a_layer_of_any_type_shows_itself_in_a_line(kind: type[AffineLayer]) -> None:
    layer = kind(weight=np.ones((300, 16), np.float32))
    assert repr(layer) == f"<{kind.__name__}: weight 300 x 16>"
