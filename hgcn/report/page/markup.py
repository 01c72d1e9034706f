# SPDX-License-Identifier: Apache-2.0
"""HTML and SVG as values: whatever is not already markup is escaped where it enters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from hgcn.printable import printable

_EMPTY = {"meta", "link", "br", "hr", "rect", "line", "path", "circle"}
"""Elements that hold nothing."""


class Markup(str):
    """Text that is markup already; only this module and what it is given makes it."""

    __slots__ = ()


def text(words: object) -> Markup:
    r"""Return words as they are to be read: nothing in them is markup, none is invisible.

    Examples
    --------
    >>> text("<b> & \u202e")
    '&lt;b&gt; &amp; \\u202e'
    """
    return words if isinstance(words, Markup) else Markup(escape(printable(str(words))))


def join(parts: Iterable[object], between: str = "") -> Markup:
    """Return the parts one after the other, each escaped unless it is markup."""
    return Markup(between.join(text(part) for part in parts))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """Return an element.

    Parameters
    ----------
    name : str
    *children : object
        Markup as it is, anything else as text.
    **attributes : object
        ``class_`` for ``class``, ``_`` for ``-``; None leaves an attribute out.

    Examples
    --------
    >>> tag("p", "1 < 2", class_="a", aria_label='"x"')
    '<p class="a" aria-label="&quot;x&quot;">1 &lt; 2</p>'
    >>> tag("br")
    '<br/>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _EMPTY and not children:
        return Markup(f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{join(children)}</{name}>")


def table(
    caption: str, headings: Sequence[object], rows: Iterable[Sequence[object]], *, words: int = 1
) -> Markup:
    """Return a table that scrolls by itself where it is too wide.

    Parameters
    ----------
    caption : str
    headings : sequence
    rows : iterable of sequence
        The first cell names its row.
    words : int
        So many columns from the left hold words, the others numbers.
    """
    kind = ["words"] * words + ["number"] * (len(headings) - words)
    head = tag(
        "tr",
        *(
            tag("th", heading, scope="col", class_=each)
            for heading, each in zip(headings, kind, strict=True)
        ),
    )
    body = [
        tag(
            "tr",
            tag("th", row[0], scope="row", class_=kind[0]),
            *(tag("td", cell, class_=each) for cell, each in zip(row[1:], kind[1:], strict=True)),
        )
        for row in rows
    ]
    made = tag("table", tag("caption", caption), tag("thead", head), tag("tbody", *body))
    return tag("div", made, class_="scroll", tabindex=0, role="region", aria_label=caption)


def number(value: float, digits: int = 1) -> str:
    """Return a number for people.

    Examples
    --------
    >>> number(12345), number(1234.56), number(0.123, 3)
    ('12,345', '1,234.6', '0.123')
    """
    return f"{value:,}" if isinstance(value, int) else f"{value:,.{digits}f}"
