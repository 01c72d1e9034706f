# SPDX-License-Identifier: Apache-2.0
"""Features read at run time on the RTL: the reference's bits, the estimate kept, a short input."""

from __future__ import annotations

import numpy as np
import pytest
from hgcn_sim.inference import run_job

import hgcn
from hgcn.errors import ProgramError
from hgcn.execution.backend import RunOptions, backend
from hgcn.graph.features import to_feature_csr
from tests.sim.estimate_check import check_estimate

pytestmark = pytest.mark.rtl


def digits(device: str = "tiny") -> hgcn.Program:
    graph = hgcn.datasets.load("digits")
    return hgcn.compile(hgcn.GCN.load("digits"), graph, device=device, features="input")


def images(seed: int) -> np.ndarray:
    """Digits nobody wrote."""
    return np.random.default_rng(seed).integers(0, 17, (1797, 64)).astype(np.uint8)


@pytest.mark.parametrize("device", ["tiny", "kv260"])
def test_digits_and_their_estimate_are_exact(device: str) -> None:
    program = digits(device)
    for features in (None, images(1)):
        result = program.run("rtl", features=features)
        assert result.bit_exact
        check_estimate(program, result)


def test_features_wider_than_a_column_tile_are_exact() -> None:
    rng = np.random.default_rng(2)
    edges = hgcn.datasets.load("digits").adjacency
    drawn = rng.normal(size=(edges.shape[0], 4096 + 24))
    graph = hgcn.Graph(name="wide", adjacency=edges, features=to_feature_csr(drawn))
    model = hgcn.GCN.random([4096 + 24, 6, 3], seed=4)
    program = hgcn.compile(model, graph, device="tiny", features="input")
    result = program.run("rtl", features=rng.normal(size=drawn.shape))
    assert result.bit_exact
    check_estimate(program, result)


def test_an_input_too_short_is_refused_and_beyond_its_region_nothing_is_read() -> None:
    program = digits()
    packed = program.pack_features(images(3))
    short = packed.data[:-64]
    with pytest.raises(ProgramError, match="reads 115712 bytes of features at run time, got 1156"):
        backend("rtl").run(program.image, program.device, RunOptions(input_data=short))
    results = run_job(program.image, program.device, input_data=short, timeout_cycles=2_000_000)
    assert [(result.error, result.done) for result in results] == [("ADDRESS_RANGE", False)]
