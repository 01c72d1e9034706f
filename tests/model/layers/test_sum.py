# SPDX-License-Identifier: Apache-2.0
"""Branches that are added up: a residual, a projected skip, jumping knowledge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
import safetensors.numpy

import hgcn
from hgcn.errors import ModelError
from hgcn.model.layers.graph import GraphLayer
from hgcn.model.layers.linear import LinearLayer
from hgcn.model.layers.sage import SAGELayer
from hgcn.model.layers.sum import SumLayer
from tests.model.layers.kinds import (
    BIAS,
    GRAPH,
    WEIGHT,
    check_output,
    check_programs,
    check_rtl,
    dense,
    of,
)

DRAW = np.random.default_rng(9).normal
FIRST = LinearLayer(weight=WEIGHT, bias=BIAS, activation="relu")
SQUARE = (DRAW(size=(8, 8)) / 3).astype(np.float32)
SKIP, OTHER, HEAD = (DRAW(size=(16, 8)).astype(np.float32) for _ in range(3))
RESIDUAL = SumLayer(branches=((), (GraphLayer(weight=SQUARE),)), activation="relu")
PROJECTED = SumLayer(branches=((LinearLayer(weight=SKIP),), (SAGELayer(weight=OTHER, root=HEAD),)))


def test_a_residual_adds_what_the_layer_gets() -> None:
    edges, x = dense()
    given = np.maximum(x @ WEIGHT + BIAS, 0)
    check_output(RESIDUAL, np.maximum(given + edges @ given @ SQUARE, 0), FIRST)


def test_a_skip_may_have_a_weight_and_features_in_front() -> None:
    edges, x = dense()
    mean = edges @ x / np.maximum(edges.sum(axis=1), 1)[:, None]
    check_output(PROJECTED, x @ SKIP + mean @ OTHER + x @ HEAD)


def test_jumping_knowledge_is_a_sum_of_linear_layers() -> None:
    edges, x = dense()
    one = np.maximum(x @ WEIGHT + BIAS, 0)
    two = np.maximum(edges @ one @ SQUARE, 0)
    three = np.maximum(edges @ two @ SQUARE, 0)
    convolution = GraphLayer(weight=SQUARE, activation="relu")
    heads = [LinearLayer(weight=part) for part in (SKIP[:8], OTHER[:8], HEAD[:8])]
    rest = SumLayer(branches=((heads[1],), (convolution, heads[2])))
    layer = SumLayer(branches=((heads[0],), (convolution, rest)))
    together = np.concatenate([one, two, three], axis=1)
    wanted = together @ np.concatenate([SKIP[:8], OTHER[:8], HEAD[:8]])
    check_output(layer, wanted, FIRST)
    names = [job.name for job in hgcn.model.quantise(of(layer, FIRST), GRAPH).jobs]
    assert len(set(names)) == len(names) and "combination 2, part 2" in names


@pytest.mark.parametrize("layer", [RESIDUAL, PROJECTED], ids=["residual", "projected"])
def test_files_and_backends_agree(layer: SumLayer, tmp_path: Path) -> None:
    check_programs(layer, tmp_path, *([FIRST] if layer is RESIDUAL else []))


def test_a_residual_may_be_the_last_layer() -> None:
    program = hgcn.compile(hgcn.Model(name="m", layers=(FIRST, RESIDUAL)), GRAPH)
    assert program.run().bit_exact


@pytest.mark.rtl
def test_the_rtl_agrees() -> None:
    check_rtl(RESIDUAL, FIRST)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"branches": ((),)}, "branches must be two tuples of layers or more, not all empty"),
        ({"branches": ((), ())}, "branches must be two tuples of layers or more, not all empty"),
        ({"branches": [(), (FIRST,)]}, "branches must be two tuples of layers or more"),
        ({"branches": ((), ("x",))}, "branch 2 holds the text 'x', no layer"),
        ({"branches": ((), (FIRST,))}, "branch 1 gives 16 features, not 8"),
        ({"branches": ((FIRST,), (FIRST, FIRST))}, "branch 2 takes 16 features, but gets 8"),
        ({"activation": "elu"}, "activation must be 'relu' or 'none', got 'elu'"),
    ],
)
def test_parts_that_do_not_fit_are_named(options: dict[str, Any], words: str) -> None:
    layer = SumLayer(**{"branches": ((FIRST,), (FIRST,)), **options})
    with pytest.raises(ModelError, match=f"m: layer 1: {words}"):
        hgcn.Model(name="m", layers=(layer,))


def test_features_are_no_rows_to_hand_on() -> None:
    layer = SumLayer(branches=((), (LinearLayer(weight=np.eye(16)),)))  # type: ignore[arg-type]
    model = hgcn.Model(name="m", layers=(layer,))
    for use in (model.forward, lambda graph: hgcn.compile(model, graph)):
        with pytest.raises(ModelError, match="it cannot be the first layer"):
            use(GRAPH)


@pytest.mark.parametrize("branches", [[[]], [[{"type": "sum"}]], [3], [[3]], "x", [[{}], {}]])
def test_a_damaged_header_is_refused(branches: object, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    of(PROJECTED).save(path)
    with safetensors.safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["hgcn"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    header["layers"][0]["options"]["branches"] = branches
    path.write_bytes(safetensors.numpy.save(tensors, metadata={"hgcn": json.dumps(header)}))
    with pytest.raises(ModelError, match=r"m\.safetensors: "):
        hgcn.Model.load(path)
