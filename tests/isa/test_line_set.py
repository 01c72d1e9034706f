# SPDX-License-Identifier: Apache-2.0
"""Ranges against a plain set of numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hgcn.isa.line_set import LineSet

RANGE = st.tuples(st.integers(0, 30), st.integers(0, 30))


@given(added=st.lists(RANGE, max_size=12), asked=RANGE)
def test_ranges_are_the_set_of_their_numbers(
    added: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    lines, plain = LineSet(), set[int]()
    for start, stop in added:
        lines.add(start, stop)
        plain.update(range(start, stop))
    want = set(range(*asked))
    assert lines.covers(*asked) == (want <= plain)
    assert lines.meets(*asked) == bool(want & plain)
    assert lines.first_gap(40) == min(set(range(41)) - plain)


@given(added=st.lists(RANGE, max_size=12), top=st.integers(0, 30))
def test_the_first_gap_is_at_most_the_end(added: list[tuple[int, int]], top: int) -> None:
    lines = LineSet()
    for start, stop in added:
        lines.add(start, stop)
    assert lines.first_gap(top) == min(lines.first_gap(40), top)


def test_an_emptied_set_holds_nothing() -> None:
    lines = LineSet()
    lines.add(0, 5)
    lines.clear()
    assert not lines.meets(0, 5) and lines.covers(3, 3) and lines.first_gap(9) == 0


def test_neighbours_become_one_range() -> None:
    lines = LineSet()
    for start in (4, 0, 2, 6):
        lines.add(start, start + 2)
    assert lines == LineSet([0], [8])
