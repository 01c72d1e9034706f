# SPDX-License-Identifier: Apache-2.0
"""Pictures of a split hold what the split holds."""

from __future__ import annotations

import re

import numpy as np
import pytest

import hgcn
from hgcn.partition.split import Part, Split
from hgcn.report.cost_curve import cost_curve
from hgcn.report.page.parts import BLOCKS, CELLS, adjacency, costs, segments, split_table
from hgcn.report.segment_histogram import segment_histogram
from tests.report.page.reader import Element, read
from tests.samples import random_graph


@pytest.fixture(scope="module", params=[30, 150, 400])
def program(request: pytest.FixtureRequest) -> hgcn.Program:
    graph = random_graph(nodes=request.param)
    return hgcn.compile(hgcn.GCN.random([12, 3]), graph, device="tiny", policy="threshold:2")


def split_of(program: hgcn.Program) -> Split:
    assert program.splits is not None
    return program.splits["adjacency"]


def spots(root: Element) -> set[tuple[int, int]]:
    """Row and column of each drawn cell."""
    found = [
        (int(y), int(x))
        for path in root.all("path")
        for x, y in re.findall(r"M(\d+) (\d+)h", path.attributes["d"])
    ]
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize("own_order", [False, True])
def test_a_cell_is_drawn_where_there_are_nonzeros(program: hgcn.Program, own_order: bool) -> None:
    split = split_of(program)
    root = read(adjacency(split, program.rows if own_order else None, name="a"))
    dense = split.operand.to_dense() != 0
    if own_order:
        whole = np.zeros_like(dense)
        whole[np.ix_(program.rows, program.rows)] = dense
        dense = whole
    n = len(dense)
    side = min(CELLS, n)
    rows, cols = np.nonzero(dense)
    wanted = zip((rows * side // n).tolist(), (cols * side // n).tolist(), strict=True)
    assert spots(root) == set(wanted)


def test_the_table_counts_every_nonzero(program: hgcn.Program) -> None:
    split = split_of(program)
    rows = read(adjacency(split, None, name="a")).all("table")[0].cells()
    assert rows[0] == ["rows x columns", "dense", "sparse", "scattered"]
    assert len(rows) <= BLOCKS * BLOCKS + 1
    counts = np.array([[int(cell.replace(",", "")) for cell in row[1:]] for row in rows[1:]])
    parts = (Part.DENSE, Part.SPARSE, Part.SCATTERED)
    assert counts.sum(axis=0).tolist() == [int((split.part == part).sum()) for part in parts]


def test_segments_are_those_of_the_histogram(program: hgcn.Program) -> None:
    split = split_of(program)
    made = segment_histogram(split)
    root = read(segments(split, name="s"))
    table = {int(row[0]): row[1:] for row in root.all("table")[0].cells()[1:]}
    for place, count in enumerate(made.counts.tolist()):
        stack = [
            int(made.segments[part][place]) for part in (Part.DENSE, Part.SPARSE, Part.SCATTERED)
        ]
        assert table.get(count, ["0", "0", "0"]) == [f"{each:,}" for each in stack]
    assert "the array takes them from 2 nonzeros on" in root.all("title")[0].text


def test_a_split_that_gives_the_array_nothing_says_so() -> None:
    graph = random_graph(nodes=40)
    program = hgcn.compile(hgcn.GCN.random([12, 3]), graph, device="tiny", policy="pl-only")
    assert "the array takes none" in segments(split_of(program), name="s")


def test_costs_are_those_of_the_curve(program: hgcn.Program) -> None:
    split = split_of(program)
    made = cost_curve(split, program.device)
    root = read(costs(split, program.device, name="c"))
    rows = root.all("table")[0].cells()[1:]
    assert [row[1] for row in rows] == [f"{cycles:,.0f}" for cycles in made.cycles]
    assert rows[0][0] == "from 1" and rows[-1][0] == "none to the array"
    assert f"the split reached: {made.reached:,.0f}" in [each.text for each in root.all("li")]


def test_the_parts_of_a_split_are_shares_of_it() -> None:
    parts = {"dense": {"nonzeros": 3, "columns": 1}, "scattered": {"nonzeros": 1, "columns": 1}}
    rows = read(split_table(parts, "All")).all("table")[0].cells()
    assert rows[1:] == [["dense", "3", "75.0%", "1"], ["scattered", "1", "25.0%", "1"]]
