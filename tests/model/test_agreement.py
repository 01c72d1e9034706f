# SPDX-License-Identifier: Apache-2.0
"""Agreement, held to the same figures counted one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.graph.graph import Graph
from hgcn.model import GCN, quantise
from hgcn.model.agreement import Agreement, measure
from hgcn.reference.infer import infer
from tests.samples import random_network

MakeGraph = Callable[..., Graph]


@given(seed=st.integers(0, 10**6))
def test_figures_are_those_of_the_logits(seed: int) -> None:
    network = random_network(seed)
    rng = np.random.default_rng(seed)
    real = infer(network) * network.logit_scale
    logits = real + rng.normal(size=real.shape) * 10.0 ** rng.integers(-2, 4)

    found, integers = measure(logits, network)

    assert np.array_equal(integers, infer(network))
    classes = [int(row.argmax()) for row in logits]
    wanted = [int(row.argmax()) for row in integers]
    assert found.same_class == sum(a == b for a, b in zip(classes, wanted, strict=True))
    assert found.nodes == len(classes) and found.class_share == found.same_class / len(classes)
    error = (real - logits).ravel().tolist()
    mean = sum(logits.ravel().tolist()) / logits.size
    spread = (sum((x - mean) ** 2 for x in logits.ravel().tolist()) / logits.size) ** 0.5
    rms = (sum(x * x for x in error) / len(error)) ** 0.5
    assert found.logit_rms == pytest.approx(rms / spread, rel=1e-3)
    assert found.logit_max == pytest.approx(max(map(abs, error)) / spread, rel=1e-3)


@given(seed=st.integers(0, 10**6))
def test_losses_are_counted_one_by_one(seed: int) -> None:
    network = random_network(seed, nodes=12, widths=(8, 5, 3))
    first = network.jobs[0]
    zero = first.epilogue.row.copy()
    zero[:4] = 0
    first = replace(first, epilogue=replace(first.epilogue, row=zero))
    network = replace(network, jobs=(first, *network.jobs[1:]))

    found, _ = measure(np.zeros((12, 3)), network, scaled_rows=(7, 0))

    hidden = network.operands["features"].to_dense().astype(int).tolist()
    loops = network.operands["adjacency"].to_dense().astype(int).tolist()
    pairs = list(zip(network.jobs[::2], network.jobs[1::2], strict=True))
    for losses, (combine, aggregate) in zip(found.layers, pairs, strict=True):
        counts = {"saturated": [], "rows": 0, "columns": 0}
        right = combine.right.astype(int).tolist()
        for left, scales in ((hidden, combine.epilogue), (loops, aggregate.epilogue)):
            sums = [
                [
                    sum(a * b for a, b in zip(row, column, strict=True))
                    for column in zip(*right, strict=True)
                ]
                for row in left
            ]
            top, lost, out = 1 << (scales.bits - 1), 0, []
            for i, row in enumerate(sums):
                out.append([])
                for f, acc in enumerate(row):
                    y = acc * int(scales.row[i]) * int(scales.col[f])
                    y += int(scales.bias[f]) << scales.bias_shift
                    y = (y + (1 << (scales.shift - 1))) >> scales.shift
                    y = max(y, 0) if scales.relu else y
                    lost += not -top <= y < top
                    out[-1].append(min(max(y, -top), top - 1))
            counts["saturated"].append(lost)
            counts["rows"] += sum(any(row) and not scales.row[i] for i, row in enumerate(sums))
            counts["columns"] += sum(
                any(column) and not scales.col[f]
                for f, column in enumerate(zip(*sums, strict=True))
            )
            right = out
        hidden = right
        assert [losses.saturated_products, losses.saturated_outputs] == counts["saturated"]
        assert (losses.zero_rows, losses.zero_columns) == (counts["rows"], counts["columns"])
        assert losses.values == 12 * combine.columns
    assert [losses.scaled_rows for losses in found.layers] == [7, 0]


def test_a_network_of_its_own_values_has_turned_nothing(make_graph: MakeGraph) -> None:
    network = quantise(GCN.random([9, 6, 3]), make_graph(2))
    found, integers = measure(network.real_logits(infer(network)), network)
    assert (found.same_class, found.logit_rms, found.logit_max) == (found.nodes, 0.0, 0.0)
    assert found.turn < 1e-7
    # Whatever the size and the mean of a node's logits, their direction is what counts.
    sizes = np.linspace(1e-3, 1e3, len(integers))[:, None]
    assert measure(integers * sizes + 5, network)[0].turn < 1e-7
    assert measure(-1.0 * integers, network)[0].turn == 1.0


@pytest.mark.parametrize("value", [0.0, 0.1, 3.0, 1e300])
def test_a_float_model_that_prefers_no_class_has_no_direction(value: float) -> None:
    network = random_network(1)
    found, _ = measure(np.full((40, 5), value), network)
    assert found.turn == 0.0 and np.isfinite(found.logit_rms)
    if value >= 3e6:
        assert found.logit_rms == found.logit_max == 1.0


def test_facts_are_plain_and_make_it_again() -> None:
    found, _ = measure(np.ones((40, 5)), random_network(2))
    assert Agreement.from_facts(found.facts()) == found


@pytest.mark.parametrize(
    "change",
    [
        {"nodes": "40"},
        {"nodes": True},
        {"same_class": 41},
        {"same_class": -1},
        {"logit_rms": float("nan")},
        {"logit_rms": float("inf")},
        {"turn": -0.5},
        {"turn": None},
        {"layers": [{"values": 1}]},
        {"layers": 3},
        {"more": 1},
    ],
)
def test_facts_from_elsewhere_are_checked(change: dict[str, Any]) -> None:
    facts = measure(np.ones((40, 5)), random_network(2))[0].facts()
    with pytest.raises((LookupError, TypeError, ValueError)):
        Agreement.from_facts(facts | change)
    del facts["turn"]
    with pytest.raises((LookupError, TypeError, ValueError)):
        Agreement.from_facts(facts)
