# SPDX-License-Identifier: Apache-2.0
"""A page as a parser sees it: every element is closed, and can be asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"meta"}
"""HTML elements without an end; those of SVG say so themselves."""


@dataclass
class Element:
    """An element with its attributes and all the text in it."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, name: str) -> list[Element]:
        """Every element of a name inside, in order."""
        found = [self] if self.name == name else []
        return found + [each for child in self.children for each in child.all(name)]

    def cells(self) -> list[list[str]]:
        """Text of every row of a table, headings included."""
        return [[cell.text for cell in row.children] for row in self.all("tr")]


class Reader(HTMLParser):
    """Builds the tree and refuses what is not closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(element)
        if tag not in EMPTY:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(element)

    def handle_endtag(self, tag: str) -> None:
        closed = self.open.pop()
        assert closed.name == tag, f"</{tag}> closes <{closed.name}>"
        self.open[-1].text += closed.text

    def handle_data(self, data: str) -> None:
        self.open[-1].text += data


def read(markup: str) -> Element:
    """Return the root of what is parsed."""
    reader = Reader()
    reader.feed(markup)
    reader.close()
    assert len(reader.open) == 1
    return reader.open[0]
