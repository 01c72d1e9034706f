# SPDX-License-Identifier: Apache-2.0
"""The processor computes the accelerator's network, and its time is called what it is."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

import hgcn
from hgcn import baseline
from hgcn.baseline import Baseline, measure_baselines
from hgcn.model.quantise import quantise
from hgcn.reference.infer import infer
from tests.samples import random_graph, random_network

NETWORKS = {
    "a model": quantise(hgcn.GCN.random([12, 9, 3]), random_graph(nodes=40, features=12)),
    "a deep model": quantise(hgcn.GCN.random([12, 9, 7, 3]), random_graph(nodes=40, features=12)),
    "random": random_network(3, nodes=150, widths=(60, 8, 9)),
    "wide": random_network(5, nodes=30, widths=(200, 40, 7)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_integers_are_the_reference_in_every_bit(name: str) -> None:
    network = NETWORKS[name]
    np.testing.assert_array_equal(baseline._scipy_integers(network)(), infer(network))


@pytest.mark.parametrize("name", ["a model", "a deep model"])
def test_floats_are_the_same_network_but_for_rounding(name: str) -> None:
    network = NETWORKS[name]
    got = baseline._floats(network, baseline._scipy_csr, np.asarray)()
    want = infer(network).astype(np.float64)
    assert got.dtype == np.float32 and got.shape == want.shape
    assert np.corrcoef(got.ravel(), want.ravel())[0, 1] > 0.99


def test_every_library_that_is_here_is_timed() -> None:
    made = list(measure_baselines(NETWORKS["a model"], repeats=3))
    names = [(one.library, one.arithmetic) for one in made]
    assert names[:2] == [("SciPy", "int32"), ("SciPy", "float32")]
    assert set(names[2:]) == ({("PyTorch", "float32")} if find_spec("torch") else set())
    for one in made:
        assert one.kind == "wall clock" and one.repeats == 3 and one.threads >= 1
        assert one.microseconds > 0 and one.same_class > 0.8
    assert made[0].same_class == 1.0 and made[0].threads == 1


def test_the_median_is_of_the_runs_that_count(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 1.0, 10.0, 10.5, 20.0, 29.0])
    monkeypatch.setattr("hgcn.baseline.time.perf_counter", lambda: next(times))
    assert baseline._median_seconds(lambda: None, 3) == 1.0


def test_no_time_of_a_processor_is_called_modelled() -> None:
    one = Baseline(library="x", arithmetic="y", microseconds=1, repeats=1, threads=1, same_class=1)
    assert one.kind not in {"modelled", "simulated", "measured"}
