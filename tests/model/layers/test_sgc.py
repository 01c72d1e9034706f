# SPDX-License-Identifier: Apache-2.0
"""Hops are powers of the normalised adjacency."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hgcn
from hgcn.errors import ModelError
from hgcn.model.layers.sgc import SGCLayer
from tests.model.layers.kinds import BIAS, WEIGHT, check_output, check_programs, check_rtl, dense

LAYER = SGCLayer(weight=WEIGHT, bias=BIAS, activation="relu", hops=2)


@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("loops", [True, False])
def test_it_is_a_power_of_the_normalised_adjacency(hops: int, loops: bool) -> None:
    edges, x = dense()
    edges = np.maximum(edges, np.eye(len(x))) if loops else edges
    degree = edges.sum(axis=1)
    root = np.where(degree > 0, np.maximum(degree, 1e-9) ** -0.5, 0)
    over = np.linalg.matrix_power(root[:, None] * edges * root, hops)
    layer = SGCLayer(weight=WEIGHT, bias=BIAS, hops=hops, add_self_loops=loops)
    check_output(layer, over @ x @ WEIGHT + BIAS)


def test_files_and_backends_agree(tmp_path: Path) -> None:
    check_programs(LAYER, tmp_path)


@pytest.mark.rtl
def test_the_rtl_agrees() -> None:
    check_rtl(LAYER)


@pytest.mark.parametrize(
    ("option", "value"), [("hops", 0), ("hops", True), ("hops", 1.5), ("add_self_loops", 1)]
)
def test_options_are_refused_by_name(option: str, value: object) -> None:
    with pytest.raises(ModelError, match=f"m: layer 1: {option} must be"):
        layer = SGCLayer(weight=WEIGHT, **{option: value})  # type: ignore[arg-type]
        hgcn.Model(name="m", layers=(layer,))


def test_a_faulty_layer_is_named() -> None:
    with pytest.raises(ModelError, match="m: bias of layer 1 must have 8 entries"):
        hgcn.Model(name="m", layers=(SGCLayer(weight=WEIGHT, bias=[1.0]),))
