# SPDX-License-Identifier: Apache-2.0
"""Every recorded answer of PyTorch Geometric is ours to 1e-5, or the case is refused by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import hgcn
from hgcn.errors import GraphError
from hgcn.graph import Graph, from_pyg
from hgcn.model import GCN, GCNLayer
from tests.parity import cases
from tests.parity.record import RECORD

TOLERANCE = 1e-5


@pytest.fixture(scope="session")
def record() -> dict[str, Any]:
    """Return what was recorded, its header as a dictionary."""
    with np.load(RECORD) as file:
        return {**file, "about": json.loads(str(file["about"]))}


@pytest.fixture(scope="session")
def graphs() -> dict[cases.Edges, Graph | str]:
    """Return the graph of each edge list, or the words that refuse it."""
    made: dict[cases.Edges, Graph | str] = {}
    for kind in cases.EDGES:
        pairs, weights = cases.edge_list(kind)
        data = SimpleNamespace(edge_index=np.array(pairs).T, x=np.array(cases.features()))
        if weights is not None:
            data.edge_weight = np.array(weights)
        try:
            made[kind] = from_pyg(data)
        except GraphError as error:
            made[kind] = str(error)
    return made


def layer(options: cases.Layer, number: int) -> GCNLayer:
    """Return our layer with the parameters that the real one had."""
    weight, bias = cases.weights(number)
    if not options.bias:
        return GCNLayer(weight=np.array(weight))
    return GCNLayer(weight=np.array(weight), bias=np.array(bias))


def model(options: cases.Layer, numbers: tuple[int, ...], **between: Any) -> GCN:
    """Return our model of these layers."""
    return GCN(
        name="parity",
        layers=tuple(layer(options, number) for number in numbers),
        normalize=options.normalize,
        add_self_loops=options.add_self_loops,
        improved=options.improved,
        **between,
    )


def models() -> Iterator[tuple[str, int, GCN]]:
    """Every model, with the array and the place of its answers."""
    for place, options in enumerate(cases.LAYERS):
        yield "layers", place, model(options, (0,))
    for place, network in enumerate(cases.NETWORKS):
        between = {"activation": network.activation, "feature_norm": network.feature_norm}
        yield "networks", place, model(network.layer, (1, 2), **between)


def compare(recorded: NDArray[np.float64], made: GCN, graph: Graph | str) -> float | None:
    """Return the largest difference, None of a graph that is refused."""
    if isinstance(graph, str):
        return None
    return float(np.abs(made.forward(graph) - recorded).max())


def test_the_record_is_of_these_inputs(record: dict[str, Any]) -> None:
    assert record["about"]["inputs"] == cases.digest()
    assert {"torch", "torch_geometric", "seed"} <= set(record["about"])
    assert RECORD.stat().st_size < 300_000


def test_every_combination_answers_alike_or_is_refused(
    record: dict[str, Any], graphs: dict[cases.Edges, Graph | str]
) -> None:
    wrong, equal = [], 0
    for array, place, made in models():
        for at, kind in enumerate(cases.EDGES):
            difference = compare(record[array][place, at], made, graphs[kind])
            if difference is not None and not difference < TOLERANCE:
                wrong.append((difference, array, made.options, kind))
            equal += difference is not None
    assert wrong == []
    refused = [kind for kind in cases.EDGES if isinstance(graphs[kind], str)]
    assert equal == (len(cases.LAYERS) + len(cases.NETWORKS)) * (len(cases.EDGES) - len(refused))
    assert equal > 1200


def test_only_what_depends_on_an_option_is_refused_and_the_words_name_it(
    graphs: dict[cases.Edges, Graph | str],
) -> None:
    for kind in cases.EDGES:
        ambiguous = kind.loops == "several" and kind.weights != "none"
        assert isinstance(graphs[kind], str) == ambiguous
        if ambiguous:
            assert "depending on add_self_loops: give one" in graphs[kind]


def test_no_two_options_always_answer_alike(record: dict[str, Any]) -> None:
    # Else a model that ignores an option would pass.
    for first, one in enumerate(cases.LAYERS):
        for second, other in enumerate(cases.LAYERS[:first]):
            answers = record["layers"][[first, second]]
            alike = replace(one, improved=False) == replace(other, improved=False)
            idle = alike and not one.add_self_loops  # Then there is nothing to improve.
            assert np.allclose(*answers, atol=1e-3) == idle


def programs(graphs: dict[cases.Edges, Graph | str], every: int) -> Iterator[tuple[Any, Any]]:
    """Compile every so-manieth combination if it is supported, and say of what.

    Steps without a factor in common with the edge lists meet them all.
    """
    both = ((made, kind) for _, _, made in models() for kind in cases.EDGES)
    for number, (made, kind) in enumerate(both):
        graph = graphs[kind]
        if number % every == 0 and not isinstance(graph, str):
            yield (made.options, kind), hgcn.compile(made, graph, device="tiny")


def test_combinations_are_bit_exact(graphs: dict[cases.Edges, Graph | str]) -> None:
    inexact = [of for of, program in programs(graphs, 7) if not program.run("emulate").bit_exact]
    assert inexact == []


@pytest.mark.slow
def test_every_combination_is_bit_exact(graphs: dict[cases.Edges, Graph | str]) -> None:
    made = [(of, program.run("emulate").bit_exact) for of, program in programs(graphs, 1)]
    assert [of for of, exact in made if not exact] == []
    assert len(made) > 1200


@pytest.mark.rtl
def test_a_handful_is_bit_exact_on_the_rtl(graphs: dict[cases.Edges, Graph | str]) -> None:
    made = [(of, program.run("rtl").bit_exact) for of, program in programs(graphs, 197)]
    assert [of for of, exact in made if not exact] == []
    assert len(made) >= 6


def test_negative_weights_are_refused_by_name() -> None:
    # GCNConv takes them, and answers NaN where a degree becomes negative.
    data = SimpleNamespace(edge_index=[[0, 1], [1, 0]], edge_weight=[1.0, -0.5])
    with pytest.raises(GraphError, match=r"edge weights must not be negative, got -0\.5"):
        from_pyg(data)
