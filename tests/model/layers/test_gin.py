# SPDX-License-Identifier: Apache-2.0
"""A node weighs 1 + eps beside its neighbours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hgcn
from hgcn.errors import ModelError
from hgcn.model.layers.gin import GINLayer
from tests.model.layers.kinds import (
    BIAS,
    GRAPH,
    WEIGHT,
    check_output,
    check_programs,
    check_rtl,
    dense,
)

LAYER = GINLayer(weight=WEIGHT, bias=BIAS, activation="relu", eps=0.5)


@pytest.mark.parametrize("eps", [0.0, 0.5, -1.0, -3.0])
def test_it_is_the_sum_with_itself(eps: float) -> None:
    edges, x = dense()
    layer = GINLayer(weight=WEIGHT, bias=BIAS, eps=eps)
    check_output(layer, (edges + (1 + eps) * np.eye(len(x))) @ x @ WEIGHT + BIAS)


def test_files_and_backends_agree(tmp_path: Path) -> None:
    check_programs(LAYER, tmp_path)


@pytest.mark.rtl
def test_the_rtl_agrees() -> None:
    check_rtl(LAYER)


def test_without_eps_the_operand_is_binary() -> None:
    model = hgcn.Model(name="m", layers=(GINLayer(weight=WEIGHT),))
    operand = hgcn.model.quantise(model, GRAPH).operands["adjacency"]
    assert operand.data is None and operand.nnz == GRAPH.num_edges + GRAPH.num_nodes


@pytest.mark.parametrize("eps", [True, "1", float("nan")])
def test_eps_is_a_number(eps: object) -> None:
    with pytest.raises(ModelError, match="m: layer 1: eps must be"):
        hgcn.Model(name="m", layers=(GINLayer(weight=WEIGHT, eps=eps),))  # type: ignore[arg-type]


def test_a_faulty_layer_is_named() -> None:
    with pytest.raises(ModelError, match="m: bias of layer 1 must have 8 entries"):
        hgcn.Model(name="m", layers=(GINLayer(weight=WEIGHT, bias=[1.0]),))
