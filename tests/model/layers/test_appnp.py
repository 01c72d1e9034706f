# SPDX-License-Identifier: Apache-2.0
"""Propagation that goes back to its start: against the power series, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import hgcn
from hgcn.errors import ModelError
from hgcn.model.layers.appnp import APPNPLayer
from hgcn.model.layers.linear import LinearLayer
from tests.model.layers.kinds import (
    BIAS,
    GRAPH,
    WEIGHT,
    check_output,
    check_programs,
    check_rtl,
    dense,
)

FIRST = LinearLayer(weight=WEIGHT, bias=BIAS, activation="relu")
LAYER = APPNPLayer(features=8, hops=3, alpha=0.1)


def propagated(hops: int, alpha: float, *, loops: bool = True) -> NDArray[np.float64]:
    """Return what personalised propagation makes of the first layer, hop by hop."""
    edges, x = dense()
    edges = np.maximum(edges, np.eye(len(x))) if loops else edges
    degree = edges.sum(axis=1)
    root = np.where(degree > 0, np.maximum(degree, 1e-9) ** -0.5, 0)
    start = values = np.maximum(x @ WEIGHT + BIAS, 0)
    for _ in range(hops):
        values = (1 - alpha) * root[:, None] * (edges @ (root[:, None] * values)) + alpha * start
    return values


@pytest.mark.parametrize("hops", [1, 2, 5])
@pytest.mark.parametrize("alpha", [0.0, 0.1, 0.5, 1.0])
def test_it_is_the_power_series(hops: int, alpha: float) -> None:
    layer = APPNPLayer(features=8, hops=hops, alpha=alpha)
    check_output(layer, propagated(hops, alpha), FIRST)


def test_self_loops_are_an_option() -> None:
    layer = APPNPLayer(features=8, hops=2, alpha=0.2, add_self_loops=False)
    check_output(layer, propagated(2, 0.2, loops=False), FIRST)


@pytest.mark.parametrize("hops", [1, 3])
def test_files_and_backends_agree(hops: int, tmp_path: Path) -> None:
    layer = APPNPLayer(features=8, hops=hops, alpha=0.1, activation="relu")
    check_programs(layer, tmp_path, FIRST)


@pytest.mark.rtl
def test_the_rtl_agrees() -> None:
    check_rtl(LAYER, FIRST)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hops": 0}, "hops must be a whole number from 1, got 0"),
        ({"hops": True}, "hops must be a whole number from 1, got True"),
        ({"features": 2.5}, "features must be a whole number from 1, got 2.5"),
        ({"alpha": 1.5}, "alpha must be 0 to 1, got 1.5"),
        ({"alpha": "much"}, "alpha must be 0 to 1, got 'much'"),
        ({"alpha": float("nan")}, "alpha must be 0 to 1, got nan"),
        ({"add_self_loops": 1}, "add_self_loops must be True or False, got 1"),
        ({"activation": "elu"}, "activation must be 'relu' or 'none', got 'elu'"),
    ],
)
def test_options_are_refused_by_name(options: dict[str, Any], words: str) -> None:
    layer = APPNPLayer(**{"features": 8, "hops": 2, "alpha": 0.1, **options})
    with pytest.raises(ModelError, match=f"m: layer 2: {words}"):
        layer.check("m", 2)


def test_it_cannot_come_first() -> None:
    model = hgcn.Model(name="m", layers=(APPNPLayer(features=16, hops=2, alpha=0.1),))
    with pytest.raises(ModelError, match="APPNP has no weight: another layer must come before it"):
        model.forward(GRAPH)
    with pytest.raises(ModelError, match="APPNP has no weight: another layer must come before it"):
        hgcn.compile(model, GRAPH)
