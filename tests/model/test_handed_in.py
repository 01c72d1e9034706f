# SPDX-License-Identifier: Apache-2.0
"""Features handed in at run time are measured against the float model like those compiled in."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

import hgcn
from hgcn.model.agreement import measure
from tests.samples import random_graph

GRAPH = random_graph(nodes=60, features=12)
MODEL = hgcn.GCN.random([12, 9, 3], 3)


@pytest.fixture(scope="module")
def program() -> hgcn.Program:
    return hgcn.compile(MODEL, GRAPH, device="tiny", features="input")


@pytest.mark.parametrize("kind", [np.asarray, scipy.sparse.csr_array])
def test_other_features_are_measured_with_the_float_model_on_them(
    program: hgcn.Program, kind: type
) -> None:
    features = np.random.default_rng(1).random((60, 12)) - 0.3
    result = program.run(features=kind(features))
    assert program.source is not None and result.bit_exact
    graph = hgcn.graph.from_scipy(hgcn.graph.csr_to_scipy(GRAPH.adjacency), features=features)
    packed = program.pack_features(features)
    wanted, integers = measure(
        MODEL.forward(graph), program.source.network, features=packed.integers
    )
    assert result.agreement == wanted and np.array_equal(integers, result.integer_logits)
    assert wanted.class_share > 0.9 and result.warnings == ()


def test_features_beyond_the_scale_are_warned_of(program: hgcn.Program) -> None:
    result = program.run(features=np.random.default_rng(1).random((60, 12)) * 50)
    assert result.bit_exact and result.saturated_features > 600
    assert result.warnings[0].startswith(f"{result.saturated_features} features lie beyond")
    assert result.agreement is not None and result.agreement.logit_rms > 0.5


def test_those_of_the_graph_have_the_agreement_of_the_compilation(program: hgcn.Program) -> None:
    assert program.run().agreement == program.agreement is not None


def test_what_nobody_compares_has_no_agreement(program: hgcn.Program) -> None:
    execution = program.run(features=GRAPH.features).execution
    packed = program.pack_features(GRAPH.features)
    result = program.result(execution, backend="x", seconds=0.0, packed=packed, check=False)
    assert result.bit_exact is None and result.agreement is None and result.warnings == ()
