# SPDX-License-Identifier: Apache-2.0
"""What ``auto`` chooses, and that what is said of it is what a float model of the test finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import hgcn
from hgcn.errors import ModelError, SpecError
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model import GCN, SHIPPED, choose, quantise
from hgcn.model.choose import CANDIDATES, Quantised, quantise_measured
from hgcn.model.quantisation import MAXIMUM, Quantisation, parse_quantisation
from hgcn.model.quantise import Fitted, fit
from hgcn.reference.infer import infer
from tests.samples import DEVICES, DIFFICULTIES, dense_graph, difficult_graph

MakeGraph = Callable[..., Graph]


def forward(model: GCN, graph: Graph) -> NDArray[np.float64]:
    """The float model in dense NumPy, written once more."""
    assert graph.features is not None
    loops = graph.adjacency.to_dense().astype(np.float64) + np.eye(graph.num_nodes)
    root = np.diag(loops.sum(axis=1) ** -0.5)
    hidden = graph.features.to_dense().astype(np.float64)
    for number, layer in enumerate(model.layers, start=1):
        hidden = root @ loops @ root @ (hidden @ layer.weight.astype(np.float64)) + layer.bias
        hidden = np.maximum(hidden, 0) if number < len(model.layers) else hidden
    return hidden


def check(found: Quantised, model: GCN, graph: Graph) -> None:
    """Hold what is said of the network to the logits it gives."""
    wanted, integers = forward(model, graph), infer(found.network)
    assert np.array_equal(found.integer_logits, integers)
    same = int((wanted.argmax(axis=1) == integers.argmax(axis=1)).sum())
    # A tie of the float model may fall either way where its sums are added in another order.
    ordered = np.sort(wanted, axis=1)
    close = int((ordered[:, -1] - ordered[:, -2] <= 1e-9 * np.abs(wanted).max()).sum())
    assert abs(found.agreement.same_class - same) <= close
    error = found.network.real_logits(integers) - wanted
    rms = np.sqrt(np.mean(error**2)) / wanted.std()
    assert found.agreement.logit_rms == pytest.approx(rms, rel=1e-2, abs=1e-6)


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    kind=st.sampled_from(DIFFICULTIES),
    words=st.sampled_from(["auto", "max", *map(str, CANDIDATES)]),
    depth=st.integers(1, 3),
)
def test_agreement_is_that_with_a_float_model_written_once_more(
    seed: int, kind: str, words: str, depth: int
) -> None:
    graph, model = difficult_graph(seed, kind), GCN.random([8, *[6] * (depth - 1), 3], seed)

    found = quantise_measured(model, graph, words)

    check(found, model, graph)
    if words == "auto":
        assert found.agreement.class_share >= min(found.at_maximum.class_share, 0.99)
    good = found.agreement.class_share >= 0.99 and found.agreement.turn <= 0.1
    assert good or found.warnings
    assert all(line.isprintable() and len(line) <= 200 for line in found.warnings)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_models_stay_at_the_maximum_without_a_warning(
    load_graph: Callable[[str], Graph], name: str
) -> None:
    graph = load_graph(name)
    found = quantise_measured(GCN.for_graph(graph), graph)
    assert found.quantisation == MAXIMUM and found.warnings == ()
    assert found.agreement.class_share >= 0.99
    assert found.network.digest() == quantise(GCN.for_graph(graph), graph).digest()


@pytest.mark.parametrize("scale", [1e5, 1e6])
@pytest.mark.parametrize("seed", range(4))
def test_nodes_out_of_reach_of_an_outlier_get_their_classes(scale: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = np.triu(rng.random((200, 200)) < 0.015, 1)
    cells |= cells.T
    features = rng.normal(size=(200, 16))
    features[3] *= scale
    graph, model = dense_graph(cells, features), GCN.random([16, 8, 4], seed)
    far = np.linalg.matrix_power(cells + np.eye(200), 2)[3] == 0

    found = quantise_measured(model, graph)
    at_maximum = infer(quantise(model, graph)).argmax(axis=1)
    wanted = forward(model, graph).argmax(axis=1)

    assert far.sum() > 100 and np.mean(at_maximum[far] == wanted[far]) < 0.9
    assert np.mean(found.integer_logits.argmax(axis=1)[far] == wanted[far]) > 0.95
    # At the maximum there is a warning, and it names the row.
    words = " ".join(quantise_measured(model, graph, "max").warnings)
    assert "row 3 of the features is " in words and "--quantisation limit:16" in words
    assert "no 16-bit values" in words


@pytest.mark.parametrize(
    ("leaves", "seed", "hidden"), [(5000, 1, 16), (5000, 5, 16), (60_000, 4, 16)]
)
def test_leaves_of_a_star_get_their_classes(leaves: int, seed: int, hidden: int) -> None:
    rng = np.random.default_rng(seed)
    ends = np.arange(1, leaves + 1)
    features = rng.random((leaves + 1, 16)).astype(np.float32)
    rows, cols = np.nonzero(features)
    graph = Graph(
        name="star",
        adjacency=Csr.from_coo(
            (leaves + 1, leaves + 1),
            np.concatenate([ends, 0 * ends]),
            np.concatenate([0 * ends, ends]),
        ),
        features=Csr.from_coo(features.shape, rows, cols, features[rows, cols]),
    )
    found = quantise_measured(GCN.random([16, hidden, 4], seed), graph)
    assert found.quantisation.degree > 0
    assert found.agreement.class_share > max(0.95, found.at_maximum.class_share - 1e-4)
    assert found.agreement.turn < 0.05 < found.at_maximum.turn
    words = " ".join(quantise_measured(GCN.random([16, hidden, 4], seed), graph, "max").warnings)
    assert f"hidden values of node 0 (in-degree {leaves:,})" in words
    assert "--quantisation degree" in words


@pytest.mark.parametrize("features", ["program", "input"])
@pytest.mark.parametrize("words", ["auto", *map(str, CANDIDATES), "percentile:99+limit:4+degree"])
def test_every_backend_is_exact_under_every_choice(words: str, features: str) -> None:
    graph, model = difficult_graph(11, "hub", nodes=70), GCN.random([8, 12, 3], 1)
    program = hgcn.compile(
        model, graph, device=DEVICES["tiles"], features=features, quantisation=words
    )
    for backend in ("reference", "emulate"):
        result = program.run(backend)
        assert result.bit_exact is True
        assert result.agreement == program.agreement and result.warnings == program.warnings
        error = result.logits - forward(model, graph)
        rms = np.sqrt(np.mean(error**2)) / forward(model, graph).std()
        assert program.agreement is not None
        assert program.agreement.logit_rms == pytest.approx(rms, rel=1e-2, abs=1e-4)


@pytest.mark.parametrize("words", ["best", "int16", "limit:0"])
def test_other_words_are_refused(make_graph: MakeGraph, words: str) -> None:
    with pytest.raises(SpecError):
        quantise_measured(GCN.random([9, 3]), make_graph(), words)


def test_a_choice_may_be_handed_in_as_what_its_words_mean(make_graph: MakeGraph) -> None:
    graph, model = make_graph(), GCN.random([9, 3])
    first = quantise_measured(model, graph, "limit:2+degree")
    second = quantise_measured(model, graph, parse_quantisation("degree+limit:2"))
    assert first.network.digest() == second.network.digest()
    assert (first.asked, second.asked) == ("limit:2+degree", "limit:2+degree")


def test_a_candidate_beyond_the_format_is_left_out(
    make_graph: MakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(model: GCN, graph: Graph, ranges: Quantisation, scale: None) -> Fitted:
        if ranges != MAXIMUM:
            raise ModelError("scales must be at most 2^30")
        return fit(model, graph, ranges, scale)

    graph, model = difficult_graph(3, "outlier"), GCN.random([8, 6, 3], 3)
    assert quantise_measured(model, graph).quantisation != MAXIMUM
    monkeypatch.setattr(choose, "fit", refused)
    assert quantise_measured(model, graph).quantisation == MAXIMUM


@pytest.mark.parametrize("at_run_time", [False, True])
@pytest.mark.parametrize("words", ["max", "degree", "limit:1", "percentile:60"])
def test_the_float_model_runs_by_itself_only_where_it_was_fitted_with_changes(
    words: str, at_run_time: bool, make_graph: MakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph, model = make_graph(), GCN.random([9, 4, 3])
    ranges, runs, seen = parse_quantisation(words), [], []
    wanted, run, measure = model.forward(graph), GCN.forward, choose.measure

    def counted(self: GCN, on: Graph) -> NDArray[np.float64]:
        runs.append(on)
        return run(self, on)

    def looked_at(logits: NDArray[np.float64], *args: Any, **more: Any) -> Any:
        seen.append(logits)
        return measure(logits, *args, **more)

    monkeypatch.setattr(GCN, "forward", counted)
    monkeypatch.setattr(choose, "measure", looked_at)
    found = quantise_measured(model, graph, ranges, at_run_time=at_run_time)

    assert seen[0].tobytes() == wanted.tobytes()
    changed = any(layer.scaled_rows for layer in found.agreement.layers)
    assert changed == words.startswith(("limit", "percentile"))
    assert len(runs) == (1 if changed else 0)
