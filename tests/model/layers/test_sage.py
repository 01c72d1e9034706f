# SPDX-License-Identifier: Apache-2.0
"""The mean over neighbours, none where there is no neighbour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hgcn
from hgcn.errors import ModelError
from hgcn.model.layers.sage import SAGELayer
from tests.model.layers.kinds import BIAS, WEIGHT, check_output, check_programs, check_rtl, dense

LAYER = SAGELayer(weight=WEIGHT, bias=BIAS, activation="relu")


def test_it_is_the_mean_over_neighbours() -> None:
    edges, x = dense()
    mean = edges @ x / np.maximum(edges.sum(axis=1), 1)[:, None]
    check_output(LAYER, np.maximum(mean @ WEIGHT + BIAS, 0))


def test_files_and_backends_agree(tmp_path: Path) -> None:
    check_programs(LAYER, tmp_path)


@pytest.mark.rtl
def test_the_rtl_agrees() -> None:
    check_rtl(LAYER)


def test_a_faulty_layer_is_named() -> None:
    with pytest.raises(ModelError, match="m: bias of layer 1 must have 8 entries"):
        hgcn.Model(name="m", layers=(SAGELayer(weight=WEIGHT, bias=[1.0]),))
