# SPDX-License-Identifier: Apache-2.0
"""The programs are those on record, whatever the processor and NumPy's version.

This environment's NumPy is one of two: the board's tests run this file too, with the other.
"""

from __future__ import annotations

import json
import os

import pytest

from hgcn import datasets
from hgcn.errors import DatasetError
from tests.digests import DEVICES, GRAPHS, NEARBY, RECORD, computed, digests, limited, vector_units

KNOWN = json.loads(RECORD.read_text())
CITATIONS = [graph for graph in GRAPHS if graph not in ("digits", "random")]


def test_every_program_is_on_record() -> None:
    assert {graph: tuple(found) for graph, found in KNOWN.items()} == dict.fromkeys(GRAPHS, DEVICES)


@pytest.mark.parametrize("graph", ["digits", "random"])
def test_the_programs_are_those_on_record(graph: str) -> None:
    assert digests(graph) == KNOWN[graph], "python -m tests.digests --write, if that was meant"


@pytest.mark.parametrize("graph", CITATIONS)
def test_the_programs_of_citation_graphs_are_those_on_record(
    graph: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if NEARBY.is_dir() and "HGCN_DATA" not in os.environ:
        monkeypatch.setenv("HGCN_DATA", str(NEARBY))
    try:
        datasets.load(graph)
    except DatasetError as error:
        pytest.skip(f"data set {graph} is not here: {error}")
    assert digests(graph) == KNOWN[graph], "python -m tests.digests --write, if that was meant"


def test_without_vector_units_the_programs_are_the_same() -> None:
    environment = limited()
    assert vector_units(environment) == []
    found = computed(["digits", "random"], environment)
    assert found == {graph: KNOWN[graph] for graph in ("digits", "random")}
