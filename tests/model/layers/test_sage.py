# SPDX-License-Identifier: Apache-2.0
"""The mean over neighbours, none where there is no neighbour, and a node's own values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hgcn
from hgcn.errors import ModelError
from hgcn.model.layers.sage import SAGELayer
from tests.model.layers.kinds import BIAS, WEIGHT, check_output, check_programs, check_rtl, dense

LAYER = SAGELayer(weight=WEIGHT, bias=BIAS, activation="relu")
ROOT = np.random.default_rng(6).normal(size=WEIGHT.shape).astype(np.float32)
ROOTED = SAGELayer(weight=WEIGHT, bias=BIAS, activation="relu", root=ROOT)


def test_it_is_the_mean_over_neighbours() -> None:
    edges, x = dense()
    mean = edges @ x / np.maximum(edges.sum(axis=1), 1)[:, None]
    check_output(LAYER, np.maximum(mean @ WEIGHT + BIAS, 0))


def test_a_root_weight_adds_what_a_node_has_itself() -> None:
    edges, x = dense()
    mean = edges @ x / np.maximum(edges.sum(axis=1), 1)[:, None]
    check_output(ROOTED, np.maximum(mean @ WEIGHT + x @ ROOT + BIAS, 0))


@pytest.mark.parametrize("layer", [LAYER, ROOTED], ids=["mean alone", "root weight"])
def test_files_and_backends_agree(layer: SAGELayer, tmp_path: Path) -> None:
    check_programs(layer, tmp_path)


@pytest.mark.rtl
def test_the_rtl_agrees() -> None:
    check_rtl(ROOTED)


def test_a_faulty_layer_is_named() -> None:
    with pytest.raises(ModelError, match="m: bias of layer 1 must have 8 entries"):
        hgcn.Model(name="m", layers=(SAGELayer(weight=WEIGHT, bias=[1.0]),))
