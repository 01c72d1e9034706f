# SPDX-License-Identifier: Apache-2.0
"""What is not markup is text, wherever it enters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hgcn.printable import printable
from hgcn.report.page.markup import Markup, join, number, table, tag, text
from tests.report.page.reader import read

WORDS = st.text()


@given(WORDS, WORDS)
def test_any_text_comes_back_and_adds_no_element(words: str, value: str) -> None:
    root = read(tag("p", words, class_=value))
    assert [child.name for child in root.children] == ["p"]
    paragraph = root.children[0]
    assert paragraph.children == [] and paragraph.text == printable(words)
    assert paragraph.attributes == {"class": printable(value)}


@given(WORDS)
def test_a_cell_is_text(words: str) -> None:
    made = read(table(words, [words, "n"], [[words, 1]])).all("table")[0]
    assert made.cells() == [[printable(words), "n"], [printable(words), "1"]]
    assert made.all("caption")[0].text == printable(words)


def test_markup_stays_markup() -> None:
    inner = tag("b", "x")
    assert tag("p", inner) == "<p><b>x</b></p>" and text(inner) is inner
    assert join([inner, "<"]) == "<b>x</b>&lt;" and isinstance(join([]), Markup)
    assert tag("rect", x=1, none=None) == '<rect x="1"/>'
    assert tag("i", aria_label="a") == '<i aria-label="a"></i>'


def test_tables_have_headings_for_rows_and_columns() -> None:
    root = read(table("What", ("job", "left", "cycles"), [(1, "rows", "9")], words=2))
    headings = [(cell.text, cell.attributes["scope"]) for cell in root.all("th")]
    assert headings == [("job", "col"), ("left", "col"), ("cycles", "col"), ("1", "row")]
    assert [cell.attributes["class"] for cell in root.all("td")] == ["words", "number"]
    region = root.all("div")[0].attributes
    assert region["tabindex"] == "0" and region["aria-label"] == "What"


def test_numbers_are_grouped() -> None:
    assert (number(1234567), number(0.25, 2)) == ("1,234,567", "0.25")
