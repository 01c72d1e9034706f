# SPDX-License-Identifier: Apache-2.0
"""A predictor gives what programs give, compiles no more than it must, and hides no wrong bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse

import hgcn
from hgcn.arch.latency import Latency
from hgcn.errors import BackendError, GraphError, HgcnError, ModelError
from hgcn.execution.backend import Execution
from hgcn.execution.emulate import EmulateBackend
from tests.samples import random_graph

GRAPH = random_graph(nodes=40, features=12)
MODEL = hgcn.GCN.random([12, 9, 3])
OTHERS = np.random.default_rng(0).random((3, 40, 12)).astype(np.float32)


@pytest.fixture(scope="module", params=["emulate", "reference"])
def predictor(request: pytest.FixtureRequest) -> hgcn.Predictor:
    return hgcn.Predictor(MODEL, GRAPH, backend=request.param)


@pytest.fixture(scope="module")
def opened() -> hgcn.Program:
    return hgcn.compile(MODEL, GRAPH, features="input")


def test_own_features_give_what_a_run_gives(predictor: hgcn.Predictor) -> None:
    result = hgcn.run(MODEL, GRAPH)
    np.testing.assert_array_equal(predictor.predict(), result.predictions)
    np.testing.assert_array_equal(predictor.predict_proba(), result.probabilities)
    np.testing.assert_array_equal(predictor.decision_function(), result.logits)


@pytest.mark.parametrize(
    "batch",
    [
        OTHERS,
        list(OTHERS),
        tuple(scipy.sparse.csr_matrix(one) for one in OTHERS),
        [one.tolist() for one in OTHERS],
    ],
    ids=["array", "list", "sparse", "plain"],
)
def test_a_batch_gives_one_answer_for_each(
    predictor: hgcn.Predictor, opened: hgcn.Program, batch: Any
) -> None:
    results = [opened.run(features=one) for one in OTHERS]
    for got, name in (
        (predictor.predict(batch), "predictions"),
        (predictor.predict_proba(batch), "probabilities"),
        (predictor.decision_function(batch), "logits"),
    ):
        np.testing.assert_array_equal(got, [getattr(result, name) for result in results])


@pytest.mark.parametrize("one", [OTHERS[0], OTHERS[0].tolist(), scipy.sparse.csr_array(OTHERS[0])])
def test_a_matrix_gives_one_answer(
    predictor: hgcn.Predictor, opened: hgcn.Program, one: Any
) -> None:
    want = opened.run(features=OTHERS[0]).predictions
    np.testing.assert_array_equal(predictor.predict(one), want)


def test_nothing_is_compiled_or_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    compile_, run = hgcn.api.compile, EmulateBackend.run

    def compiled(*args: Any, **named: Any) -> hgcn.Program:
        seen.append(named["features"])
        return compile_(*args, **named)

    def ran(self: Any, *args: Any) -> Execution:
        seen.append("run")
        return run(self, *args)

    monkeypatch.setattr(hgcn.api, "compile", compiled)
    monkeypatch.setattr(EmulateBackend, "run", ran)
    predictor = hgcn.Predictor(MODEL, GRAPH)
    assert seen == ["program"]
    predictor.predict(), predictor.predict_proba(), predictor.score()
    assert seen == ["program", "run"]
    predictor.predict(OTHERS[0]), predictor.predict(OTHERS[1])
    assert seen == ["program", "run", "input", "run", "run"]


def test_the_score_is_the_accuracy_of_a_mask(predictor: hgcn.Predictor) -> None:
    result, mask = hgcn.run(MODEL, GRAPH), np.arange(40) < 7
    assert predictor.score() == result.accuracy(GRAPH.labels, GRAPH.test_mask)
    assert predictor.score(mask) == result.accuracy(GRAPH.labels, mask)
    unlabelled = hgcn.Predictor(MODEL, replace(GRAPH, labels=None, test_mask=None))
    with pytest.raises(ModelError, match="label"):
        unlabelled.score()


def test_the_latency_is_modelled_until_a_clock_says_more(monkeypatch: pytest.MonkeyPatch) -> None:
    run = EmulateBackend.run

    def clocked(self: Any, *args: Any) -> Execution:
        return replace(run(self, *args), cycles=5000, cycles_kind="measured")

    predictor = hgcn.Predictor(MODEL, GRAPH)
    predictor.predict()
    assert predictor.latency == predictor.program.latency
    assert predictor.latency.kind == "modelled"
    monkeypatch.setattr(EmulateBackend, "run", clocked)
    predictor.predict(OTHERS[0])
    assert predictor.latency == Latency.of("measured", 5000, 40, predictor.program.device)


def test_a_wrong_bit_is_no_prediction(monkeypatch: pytest.MonkeyPatch) -> None:
    run = EmulateBackend.run

    def wrong(self: Any, *args: Any) -> Execution:
        done = run(self, *args)
        return replace(done, output=bytes([done.output[0] ^ 1]) + done.output[1:])

    monkeypatch.setattr(EmulateBackend, "run", wrong)
    predictor = hgcn.Predictor(MODEL, GRAPH)
    for features in (None, OTHERS[0]):
        with pytest.raises(BackendError, match="emulate differs from the reference arithmetic"):
            predictor.predict(features)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ([], "a batch of at least one"),
        (OTHERS[:0], "a batch of at least one"),
        (OTHERS[0][:, :5], "12"),
        ([OTHERS[0], OTHERS[1][:3]], "40"),
        ("abc", "features"),
    ],
)
def test_features_that_do_not_fit_are_refused(
    predictor: hgcn.Predictor, features: Any, message: str
) -> None:
    with pytest.raises(GraphError, match=message):
        predictor.predict(features)


def test_a_backend_or_an_option_that_is_none_is_refused_before_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hgcn.api, "compile", None)
    with pytest.raises(HgcnError, match="unknown backend 'gpu'"):
        hgcn.Predictor(MODEL, GRAPH, backend="gpu")
    with pytest.raises(HgcnError, match="rtl has no option 'speed'"):
        hgcn.Predictor(MODEL, GRAPH, backend="rtl", speed=3)


def test_its_report_is_a_page_of_its_own_run(predictor: hgcn.Predictor, tmp_path: Path) -> None:
    page = predictor.report(tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and "adjacency, before ordering" in page
    assert "equal to the reference arithmetic in every bit" in page
    assert f'<td class="number">{predictor.latency.cycles:,}</td>' in page
    with pytest.raises(BackendError, match="there is no folder"):
        predictor.report(tmp_path / "gone" / "page.html")


def test_it_shows_itself_on_a_line(predictor: hgcn.Predictor) -> None:
    assert repr(predictor).startswith("<Predictor") and "\n" not in repr(predictor)
