# SPDX-License-Identifier: Apache-2.0
"""What layers are given to add their jobs with."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.errors import ModelError
from hgcn.graph.csr import Csr
from hgcn.model.layer import OnGraph, Values
from hgcn.model.quantisation import parse_quantisation
from hgcn.model.quantising import Quantising
from hgcn.reference.job import Left, Named, Rows
from tests.samples import random_graph, random_requantiser

GRAPH = random_graph()


def quantising(words: str = "max") -> Quantising:
    ranges = parse_quantisation(words)
    return Quantising(OnGraph(GRAPH), ranges, num_layers=2, first_is_free=False)


def test_only_the_last_layer_gives_logits() -> None:
    under = quantising("percentile:99")
    found = []
    for _ in range(2):
        under.next_layer()
        found.append((under.number, under.output_bits, under.output_top, under.output_percentile))
    assert found == [(1, 8, 127, 99.0), (2, 16, 32767, 100.0)]
    assert under.is_last


def test_an_operand_is_quantised_once_and_another_gets_a_name_of_its_own() -> None:
    under = quantising()
    under.next_layer()
    first, steps = under.operand("adjacency", GRAPH.adjacency)
    again, _ = under.operand("adjacency", GRAPH.adjacency)
    other = Csr.from_coo(GRAPH.adjacency.shape, np.array([0]), np.array([1]), np.float32([2]))
    second, _ = under.operand("adjacency", other)
    assert (first, again, second) == (Named("adjacency"), first, Named("adjacency 2"))
    assert set(under.operands) == {"adjacency", "adjacency 2"} and len(steps) == GRAPH.num_nodes


def test_a_weight_too_deep_for_rows_known_at_run_time_is_refused() -> None:
    under = quantising()
    under.next_layer()
    deep = np.ones((133_153, 1), np.float32)

    def given(source: Left) -> Values:
        return Values(real=np.zeros((1, 1)), source=source, step=1.0, spread=np.ones(1))

    assert under.weight(deep, given(Named("x")))[0].shape == deep.shape
    with pytest.raises(ModelError, match="layer 1 may sum to 2147"):
        under.weight(deep, given(Rows("x")))


def test_rows_scaled_down_are_counted_by_layer() -> None:
    under = quantising("limit:2")
    product = np.array([[1.0], [1.0], [8.0]])
    for _ in range(2):
        under.next_layer()
        scaled, kept = under.rows_scaled(product)
        assert scaled.tolist() == [[1.0], [1.0], [2.0]] and kept.tolist() == [1.0, 1.0, 0.25]
    assert under.scaled_rows == [1, 1]


def test_jobs_are_named_after_their_layer() -> None:
    under = quantising()
    under.next_layer()
    scales = random_requantiser(np.random.default_rng(0), 30, 2, bits=8, relu=False)
    rows = under.job("sum", Named("x"), np.ones((3, 2), np.int8), scales)
    assert rows == Rows("sum 1") and under.jobs[0].layer == 1
