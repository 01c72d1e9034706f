# SPDX-License-Identifier: Apache-2.0
"""The frame of a picture, its legend and its axes, as SVG that follows the page's colours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from hgcn.report.page.markup import Markup, tag

WIDTH = 380
"""Units a picture is wide: at that size on a screen, a letter has 12 pixels."""
LEFT = 104
"""Units the words beside a picture's bars have."""
RIGHT = WIDTH - 20


def picture(height: float, *marks: Markup, name: str, words: str) -> Markup:
    """Return a picture.

    Parameters
    ----------
    height : float
        In units; it is `WIDTH` wide.
    *marks : Markup
    name : str
        Unique in the page.
    words : str
        What it shows, for whoever does not see it; its numbers stand in a table beside it.
    """
    label = f"{name}-words"
    return tag(
        "svg",
        tag("title", words, id=label),
        *marks,
        viewBox=f"0 0 {WIDTH} {height:.0f}",
        role="img",
        aria_labelledby=label,
    )


def write(x: float, y: float, words: object, anchor: str = "start", **more: object) -> Markup:
    """Return words at a place."""
    return tag("text", words, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, **more)


def box(x: float, y: float, width: float, height: float, kind: str, hint: object = None) -> Markup:
    """Return a filled rectangle; ``kind`` is a class of the page's style."""
    at = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}"}
    if hint is None:
        return tag("rect", class_=kind, **at)
    return tag("rect", tag("title", hint), class_=kind, **at)


def stroke(x1: float, y1: float, x2: float, y2: float, kind: str = "axis") -> Markup:
    """Return a line."""
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return tag("line", class_=kind, **{key: f"{value:.1f}" for key, value in ends.items()})


def legend(entries: Iterable[tuple[str, str]]) -> Markup:
    """Return a list of (class, words): colours never speak alone."""
    items = (
        tag("li", tag("span", "", class_=f"swatch {kind}", aria_hidden="true"), words)
        for kind, words in entries
    )
    return tag("ul", *items, class_="legend")


def ticks(most: float, count: int = 4) -> list[float]:
    """Return round numbers from 0 to at most ``most``.

    Examples
    --------
    >>> ticks(35267), ticks(1), ticks(0)
    ([0.0, 10000.0, 20000.0, 30000.0], [0.0, 0.5, 1.0], [0.0])
    """
    if most <= 0:
        return [0.0]
    size = 10.0 ** math.floor(math.log10(most / count))
    step = next(size * part for part in (1, 2, 5, 10) if most / (size * part) <= count + 1e-9)
    return [step * place for place in range(int(most / step + 1e-9) + 1)]


def brief(value: float) -> str:
    """Return an axis's number.

    Examples
    --------
    >>> brief(0.5), brief(1500), brief(20000), brief(3e6)
    ('0.5', '1.5k', '20k', '3M')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def bars(
    rows: Sequence[tuple[str, Mapping[str, float]]],
    most: float,
    *,
    name: str,
    words: str,
    unit: str,
    share: bool = False,
) -> Markup:
    """Return horizontal bars, each of pieces one after the other.

    Parameters
    ----------
    rows : sequence of (str, mapping)
        Of each bar its name, and its pieces by class of the page's style.
    most : float
        Where the axis ends.
    name, words : str
        See `picture`.
    unit : str
        What the axis counts.
    share : bool
        The axis is in per cent of 1.
    """
    high, room = 20, RIGHT - LEFT
    marks = []
    bottom = 6 + high * len(rows)
    for value in ticks(most):
        x = LEFT + room * value / max(most, 1e-12)
        marks += [stroke(x, 2, x, bottom, "grid")]
        shown = f"{value:.0%}" if share else brief(value)
        marks += [write(x, bottom + 15, shown, "middle")]
    for place, (label, pieces) in enumerate(rows):
        y, x = 6 + high * place, float(LEFT)
        marks.append(write(LEFT - 6, y + 13, short(label, 15), "end"))
        for kind, value in pieces.items():
            width = room * value / max(most, 1e-12)
            hint = f"{label}: {value:.1%}" if share else f"{label}: {value:,.0f}"
            marks.append(box(x, y + 2, width, high - 5, kind, hint))
            x += width
    marks.append(write((LEFT + RIGHT) / 2, bottom + 32, unit, "middle"))
    return picture(bottom + 38, *marks, name=name, words=words)


def short(words: str, most: int) -> str:
    """Return words cut to what there is room for.

    Examples
    --------
    >>> short("adjacency", 15), short("a very long name of an operand", 15)
    ('adjacency', 'a very long na…')
    """
    return words if len(words) <= most else words[: most - 1] + "…"
