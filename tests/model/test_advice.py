# SPDX-License-Identifier: Apache-2.0
"""Advice names what is wrong, where, and what to do; and says nothing where all is well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model import GCN
from hgcn.model.advice import advice, is_good
from hgcn.model.agreement import Agreement, LayerLosses
from hgcn.model.quantisation import MAXIMUM, parse_quantisation

MakeGraph = Callable[..., Graph]
GOOD = Agreement(
    nodes=1000,
    same_class=995,
    logit_rms=0.01,
    logit_max=0.1,
    turn=0.01,
    layers=(
        LayerLosses(
            values=1000, saturated_products=3, saturated_outputs=0, zero_rows=0, zero_columns=1
        ),
    )
    * 2,
)
BAD = replace(GOOD, same_class=500)


def layer(**losses: int) -> tuple[LayerLosses, ...]:
    return (GOOD.layers[0], replace(GOOD.layers[1], **losses))


def said(
    make_graph: MakeGraph,
    agreement: Agreement,
    *,
    asked: str = "max",
    features: np.ndarray | None = None,
) -> str:
    graph = make_graph(1)
    if features is not None:
        rows, cols = np.nonzero(features)
        graph = replace(
            graph, features=Csr.from_coo(features.shape, rows, cols, features[rows, cols])
        )
    used = MAXIMUM if asked == "auto" else parse_quantisation(asked)
    lines = advice(GCN.random([9, 6, 3]), graph, agreement, asked=asked, used=used)
    assert all(line.isprintable() and len(line) <= 200 for line in lines)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("seen", "weighted", "words"),
    [
        ("None", True, "saw no edge weights, and the graph has some"),
        ("edge_weight", False, "saw edge weights ('edge_weight'), and the graph has none"),
        ("None", False, ""),
        ("edge_weight", True, ""),
        (None, True, ""),
    ],
)
def test_edge_weights_that_the_module_did_not_see_are_told(
    make_graph: MakeGraph, seen: str | None, weighted: bool, words: str
) -> None:
    model = GCN.random([9, 6, 3])
    model = replace(model, metadata={} if seen is None else {"edge_weights": seen})
    lines = advice(model, make_graph(1, weighted=weighted), GOOD, asked="max", used=MAXIMUM)
    assert words in "".join(lines) and len(lines) == bool(words)


def test_what_is_well_needs_no_words(make_graph: MakeGraph) -> None:
    assert is_good(GOOD) and said(make_graph, GOOD) == ""


@pytest.mark.parametrize(
    ("agreement", "words"),
    [
        (
            BAD,
            "500 of 1,000 nodes get another class than from the float model: 50.0% agree, "
            "99% should",
        ),
        (replace(GOOD, turn=0.35), "is off by 35% of a right angle on average, 10% is much"),
        (
            replace(GOOD, layers=layer(zero_rows=7)),
            "layer 2: the multipliers of 7 rows rounded to 0",
        ),
        (
            replace(GOOD, layers=layer(saturated_outputs=20)),
            "layer 2: 3 products and 20 logits of 1,000 saturate",
        ),
        (
            replace(BAD, layers=layer(scaled_rows=4)),
            "layer 2: products of 4 of 1,000 nodes were scaled down",
        ),
    ],
)
def test_each_loss_has_its_sentence_and_a_cure(
    make_graph: MakeGraph, agreement: Agreement, words: str
) -> None:
    text = said(make_graph, agreement)
    assert words in text
    assert "what helps: quantisation auto" in text and "no 16-bit values between layers" in text


def test_a_row_and_a_column_that_stand_out_are_named(make_graph: MakeGraph) -> None:
    features = np.abs(np.random.default_rng(0).normal(size=(make_graph(1).num_nodes, 9))) + 0.5
    row, column = features.copy(), features.copy()
    row[4] *= 1e5
    column[:, 2] *= 1e6
    assert "row 4 of the features is " in said(make_graph, BAD, features=row)
    assert "--quantisation" in said(make_graph, BAD, features=row)
    assert "column 2 of the features is " in said(make_graph, BAD, features=column)
    plain = said(make_graph, BAD, features=features)
    assert "no row, column or node stands out" in plain and "row 4" not in plain


def test_after_auto_there_is_no_use_in_advising_it(make_graph: MakeGraph) -> None:
    text = said(make_graph, BAD, asked="auto")
    assert "max is the best that quantisation auto found" in text and "--quantisation" not in text
    assert "scale the features first" in text
