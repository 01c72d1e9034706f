# SPDX-License-Identifier: Apache-2.0
"""A model of layers: what makes one, what it computes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.errors import ModelError
from hgcn.model import GCN, GCNLayer, Model
from tests.samples import random_graph

GRAPH = random_graph(nodes=50)
RNG = np.random.default_rng(0)
FIRST = GCNLayer(weight=RNG.normal(size=(12, 4)), activation="relu")
SECOND = GCNLayer(weight=RNG.normal(size=(4, 3)), normalize=False)
MIXED = Model(name="mixed", layers=(FIRST, SECOND))


def test_layers_of_one_kind_are_the_model_that_says_it_once() -> None:
    gcn = GCN.random([12, 5, 3])
    same = Model(name=gcn.name, layers=gcn.layers)
    assert np.array_equal(same.forward(GRAPH), gcn.forward(GRAPH))
    images = [hgcn.compile(model, GRAPH, device="tiny").image for model in (gcn, same)]
    assert images[0] == images[1]
    assert [layer.activation for layer in gcn.layers] == ["relu", "none"]


def test_layers_may_differ_and_bring_operands_of_their_own() -> None:
    program = hgcn.compile(MIXED, GRAPH, device="tiny")
    assert program.splits is not None
    assert set(program.splits) == {"features", "adjacency", "adjacency 2"}
    for backend in ("reference", "emulate"):
        assert program.run(backend).bit_exact
    assert program.agreement is not None and program.agreement.class_share > 0.9


def test_what_it_is_fits_a_line() -> None:
    assert repr(MIXED) == "<Model mixed: widths 12-4-3>"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "two\nlines"}, "name must be 1 to 200 printable characters"),
        ({"layers": ()}, "mixed: a model needs at least one layer"),
        ({"layers": (FIRST, FIRST)}, "mixed: layer 2 takes 12 features, but gets 4"),
        ({"layers": (FIRST, 3)}, "mixed: layer 2 is no layer, got"),
        ({"feature_norm": "col"}, "mixed: feature_norm must be 'row' or 'pyg' or 'none', got 'col"),
    ],
)
def test_parts_that_make_no_model_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        replace(MIXED, **changes)


def test_a_gcn_has_graph_convolutions_alone() -> None:
    with pytest.raises(ModelError, match=r"g: layer 1 must be a GCNLayer, got .* a Model takes"):
        GCN(name="g", layers=(3,))
