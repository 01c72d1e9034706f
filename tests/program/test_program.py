# SPDX-License-Identifier: Apache-2.0
"""Compiled programs that read their features at run time: handed in, checked, refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st

import hgcn
from hgcn.checking.validate import validate
from hgcn.errors import GraphError, ProgramError, SpecError
from hgcn.graph.features import to_feature_csr
from hgcn.graph.graph import Graph
from hgcn.isa.image import read_header
from hgcn.reference.infer import infer
from tests.samples import DEVICES, random_graph
from tests.test_api import with_metadata

NODES, WIDTH = 60, 21


def dense_graph(seed: int = 0) -> Graph:
    """Features of both signs, no two rows alike."""
    graph = random_graph(seed, nodes=NODES, features=WIDTH)
    return replace(graph, features=to_feature_csr(matrix(seed)))


def matrix(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(NODES, WIDTH)).astype(np.float32)


GRAPH = dense_graph()
MODEL = hgcn.GCN.random([WIDTH, 9, 3], seed=1)


@pytest.fixture(scope="module")
def program() -> hgcn.Program:
    return hgcn.compile(MODEL, GRAPH, device="tiny", features="input")


def expected(program: hgcn.Program, features: object) -> np.ndarray:
    """The reference arithmetic's logits."""
    assert program.source is not None and program.feature_scale is not None
    return infer(
        program.source.network, program.feature_scale.quantise(features, (NODES, WIDTH))[0]
    )


def test_without_features_those_of_the_graph_are_taken(program: hgcn.Program) -> None:
    assert program.source is not None and GRAPH.features is not None
    for features in (None, GRAPH.features):
        result = program.run(features=features)
        assert result.bit_exact and result.saturated_features == 0
        np.testing.assert_array_equal(result.integer_logits, infer(program.source.network))


@pytest.mark.parametrize("device", [*hgcn.PRESETS, DEVICES["tiles"], DEVICES["tall"]])
def test_every_device_gives_the_reference_logits_of_other_features(
    device: str | hgcn.Device,
) -> None:
    program = hgcn.compile(MODEL, GRAPH, device=device, features="input")
    assert validate(program.image, program.device)
    for seed, backend in ((1, "reference"), (2, "emulate")):
        features = matrix(seed)
        result = program.run(backend, features=features)
        assert result.bit_exact
        np.testing.assert_array_equal(result.integer_logits, expected(program, features))
        assert np.abs(result.logits - program.run().logits).max() > 0


@settings(max_examples=20)
@given(
    ordering=st.sampled_from(["none", "degree", "rcm", "community"]),
    policy=st.sampled_from(["balanced", "threshold:2", "pl-only", "aie-only"]),
    norm=st.sampled_from(["none", "row"]),
    seed=st.integers(0, 100),
)
def test_no_ordering_or_policy_changes_a_logit(
    ordering: str, policy: str, norm: str, seed: int
) -> None:
    model = replace(MODEL, feature_norm=norm)  # type: ignore[arg-type]
    plain = hgcn.compile(model, GRAPH, device="tiny", features="input")
    other = hgcn.compile(
        model, GRAPH, device="tiny", features="input", ordering=ordering, policy=policy
    )
    results = [made.run(features=matrix(seed)) for made in (plain, other)]
    assert all(result.bit_exact for result in results)
    np.testing.assert_array_equal(results[0].integer_logits, results[1].integer_logits)


def test_sparse_and_dense_features_give_the_same_bytes(program: hgcn.Program) -> None:
    features = np.where(matrix(3) > 0.5, matrix(3), 0)
    dense = program.pack_features(features)
    sparse = program.pack_features(scipy.sparse.coo_matrix(features))
    assert dense.data == sparse.data and len(dense.data) == program.input_bytes
    np.testing.assert_array_equal(dense.integers, sparse.integers)


def test_the_logits_are_those_of_the_float_model_but_for_rounding(program: hgcn.Program) -> None:
    features = matrix(4)
    exact = MODEL.forward(replace(GRAPH, features=to_feature_csr(features)))
    result = program.run(features=features)
    # Products and hidden layers keep the steps of the graph compiled for, so some saturate.
    assert np.corrcoef(result.logits.ravel(), exact.ravel())[0, 1] > 0.98


def test_values_beyond_the_scale_saturate_and_are_counted(program: hgcn.Program) -> None:
    features = matrix(5)
    assert program.feature_scale is not None
    beyond = np.count_nonzero(np.abs(4 * features) > 127.5 * program.feature_scale.step)
    result = program.run(features=4 * features)
    assert result.saturated_features == beyond > 0 and result.bit_exact


def test_a_file_carries_the_scale_but_no_features(program: hgcn.Program, tmp_path: Path) -> None:
    file = tmp_path / "input.hgcn"
    program.save(file)
    loaded = hgcn.Program.load(file)
    assert loaded.feature_scale == program.feature_scale and loaded.summary() == program.summary()
    with pytest.raises(ProgramError, match=r"its file carries none: give features of shape \(60, "):
        loaded.run()
    result = loaded.run(features=matrix(6))
    assert result.bit_exact is None  # The network is not in the file.
    np.testing.assert_array_equal(result.integer_logits, expected(program, matrix(6)))


def test_features_handed_to_a_program_that_has_its_own_are_refused() -> None:
    compiled_in = hgcn.compile(MODEL, GRAPH, device="tiny")
    assert compiled_in.feature_scale is None and compiled_in.input_bytes == 0
    with pytest.raises(ProgramError, match=r"compile it with features='input'"):
        compiled_in.run(features=matrix(0))


def test_features_that_do_not_fit_are_refused(program: hgcn.Program) -> None:
    with pytest.raises(GraphError, match=r"must have shape \(60, 21\), got \(60, 20\)"):
        program.run(features=matrix(0)[:, :-1])
    with pytest.raises(GraphError, match="features must be finite"):
        program.run(features=np.full((NODES, WIDTH), np.nan))
    with pytest.raises(SpecError, match="features must be 'program' or 'input', got 'both'"):
        hgcn.compile(MODEL, GRAPH, device="tiny", features="both")


def test_a_wrong_bit_with_other_features_is_told(program: hgcn.Program) -> None:
    packed = program.pack_features(matrix(7))
    execution = program.run(features=matrix(8)).execution
    result = program.result(execution, backend="emulate", seconds=0.0, packed=packed)
    assert result.bit_exact is False
    unchecked = program.result(
        execution, backend="emulate", seconds=0.0, packed=packed, check=False
    )
    assert unchecked.bit_exact is None


def test_the_image_is_the_same_whatever_features_have_its_scale(program: hgcn.Program) -> None:
    header = read_header(program.image)
    assert 64 * header.input_lines == program.input_bytes == 64 * 24
    assert program.estimate().cycles > program.bound.cycles


@pytest.mark.parametrize(
    ("scale", "message"),
    [
        (None, "features read at run time have a scale, others have none"),
        ({"step": 1.0}, "lacks metadata: "),
        ({"step": 0.0, "norm": "none"}, "feature step must be a finite number above 0"),
        ({"step": 1.0, "norm": "max"}, "feature norm must be 'row' or 'pyg' or 'none'"),
        ({"step": "1", "norm": "none"}, "feature step must be a finite number above 0"),
        (["step"], "lacks metadata: "),
    ],
)
def test_a_scale_that_lies_is_refused(
    program: hgcn.Program, tmp_path: Path, scale: object, message: str
) -> None:
    file = tmp_path / "odd.hgcn"
    file.write_bytes(with_metadata(program, program.metadata | {"feature_scale": scale}))
    with pytest.raises(ProgramError, match=message):
        hgcn.Program.load(file)


def test_a_program_from_before_run_time_features_is_read(tmp_path: Path) -> None:
    compiled_in = hgcn.compile(MODEL, GRAPH, device="tiny")
    old = {key: fact for key, fact in compiled_in.metadata.items() if key != "feature_scale"}
    file = tmp_path / "old.hgcn"
    file.write_bytes(with_metadata(compiled_in, old))
    loaded = hgcn.Program.load(file)
    assert loaded.run().bit_exact and loaded.summary() == compiled_in.summary()
