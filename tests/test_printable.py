# SPDX-License-Identifier: Apache-2.0
"""Whatever a file's name holds, what is shown is one line of printing characters."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hgcn
from hgcn.model.quantise import quantise
from hgcn.printable import one_line, printable
from tests.samples import random_graph

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@given(text=ANY_TEXT)
def test_nothing_but_printing_characters_is_left(text: str) -> None:
    assert printable(text).isprintable()


@given(text=ANY_TEXT)
def test_the_escapes_are_those_of_the_language(text: str) -> None:
    kept = text.replace("\\", "")
    plain = printable(kept).replace("'", "\\'")
    assert ast.literal_eval(f"'{plain}'") == kept


@given(text=st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_printing_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@given(name=ANY_TEXT)
def test_a_repr_fits_a_line(name: str) -> None:
    line = one_line("Program", name, "1,000,000 nodes", "10 classes")
    assert line.isprintable() and len(line) <= 100


@pytest.mark.parametrize("features", ["program", "input"])
def test_everything_a_run_makes_has_a_repr_of_a_line(features: str) -> None:
    graph = random_graph(nodes=300, name="a name [of] many\n" * 12)
    model = hgcn.GCN.random([12, *[5] * 12, 3])
    program = hgcn.compile(model, graph, device="tiny", features=features)
    result = program.run()
    network = quantise(model, graph)
    assert program.splits is not None and program.mappings is not None
    shown = [graph, graph.adjacency, model, model.layers[0], program, result, result.execution]
    shown += [program.splits["adjacency"], program.mappings["adjacency"], network]
    shown += [network.jobs[0], network.jobs[1], network.jobs[0].epilogue]
    shown += [program.features] if features == "input" else []
    for thing in shown:
        line = repr(thing)
        assert line.isprintable() and len(line) <= 110, line
        assert line.startswith(f"<{type(thing).__name__}")
