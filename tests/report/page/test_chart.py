# SPDX-License-Identifier: Apache-2.0
"""Axes end at round numbers, bars are as long as what they count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.report.page.chart import (
    LEFT,
    RIGHT,
    WIDTH,
    bars,
    brief,
    legend,
    picture,
    short,
    ticks,
)
from tests.report.page.reader import Element, read


@given(st.floats(1e-6, 1e15))
def test_ticks_are_few_and_reach_far(most: float) -> None:
    made = ticks(most)
    assert made[0] == 0.0 and 2 <= len(made) <= 5
    assert most / 2 <= made[-1] <= most * (1 + 1e-6)


def test_nothing_has_one_tick() -> None:
    assert ticks(0) == [0.0]


def widths(root: Element) -> list[float]:
    return [float(each.attributes["width"]) for each in root.all("rect")]


def test_bars_are_as_long_as_their_numbers() -> None:
    rows = [("read", {"busy": 0.5, "stalled": 0.25}), ("pl", {"busy": 1.0})]
    root = read(bars(rows, 1.0, name="engines", words="Shares", unit="share", share=True))
    room = RIGHT - LEFT
    assert widths(root) == pytest.approx([0.5 * room, 0.25 * room, room], abs=0.1)
    assert [each.attributes["class"] for each in root.all("rect")] == ["busy", "stalled", "busy"]
    places = [float(each.attributes["x"]) for each in root.all("rect")]
    assert places == pytest.approx([LEFT, LEFT + 0.5 * room, LEFT], abs=0.1)
    hints = [each.text for rect in root.all("rect") for each in rect.all("title")]
    assert hints == ["read: 50.0%", "read: 25.0%", "pl: 100.0%"]


def test_a_picture_says_what_it_shows() -> None:
    root = read(picture(10, name="a", words="<what>")).all("svg")[0]
    assert root.attributes["role"] == "img" and root.attributes["viewbox"] == f"0 0 {WIDTH} 10"
    title = root.all("title")[0]
    assert title.text == "<what>" and title.attributes["id"] == root.attributes["aria-labelledby"]


def test_a_legend_has_words() -> None:
    items = read(legend([("dense", "dense: array"), ("line", "limit")])).all("li")
    assert [item.text for item in items] == ["dense: array", "limit"]
    assert items[0].children[0].attributes["aria-hidden"] == "true"


def test_words_are_cut_and_numbers_brief() -> None:
    assert short("abc", 3) == "abc" and short("abcd", 3) == "ab…"
    assert [brief(value) for value in (0.0, 20.0, 2500.0, 4e9)] == ["0", "20", "2.5k", "4G"]
