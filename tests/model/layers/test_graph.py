# SPDX-License-Identifier: Apache-2.0
"""The sum over neighbours, weighted where edges have weights, and a node's own values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hgcn
from hgcn.errors import ModelError
from hgcn.model.layers.graph import GraphLayer
from tests.model.layers.kinds import BIAS, WEIGHT, check_output, check_programs, check_rtl, dense

ROOT = np.random.default_rng(6).normal(size=WEIGHT.shape).astype(np.float32)
LAYER = GraphLayer(weight=WEIGHT, bias=BIAS, activation="relu", root=ROOT)


def test_it_is_the_sum_over_neighbours_and_a_nodes_own() -> None:
    edges, x = dense()
    check_output(LAYER, np.maximum(edges @ x @ WEIGHT + x @ ROOT + BIAS, 0))


def test_files_and_backends_agree(tmp_path: Path) -> None:
    check_programs(LAYER, tmp_path)


@pytest.mark.rtl
def test_the_rtl_agrees() -> None:
    check_rtl(LAYER)


def test_a_faulty_layer_is_named() -> None:
    with pytest.raises(ModelError, match="m: bias of layer 1 must have 8 entries"):
        hgcn.Model(name="m", layers=(GraphLayer(weight=WEIGHT, bias=[1.0]),))
