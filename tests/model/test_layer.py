# SPDX-License-Identifier: Apache-2.0
"""What layers share."""

from __future__ import annotations

import numpy as np

from hgcn.model.layer import OnGraph, Values, is_layer
from hgcn.reference.job import Named
from tests.samples import random_graph


def test_what_layers_make_of_a_graph_is_made_once() -> None:
    on = OnGraph(random_graph())
    made = [on.once(("a", key), object) for key in (1, 1, 2)]
    assert made[0] is made[1] is not made[2]


def test_each_row_has_its_step() -> None:
    values = Values(
        real=np.zeros((2, 1)), source=Named("features"), step=0.5, spread=np.array([1.0, 3.0])
    )
    assert values.steps.tolist() == [0.5, 1.5]


def test_whatever_is_no_layer_is_known() -> None:
    assert not is_layer(np.ones(3))
