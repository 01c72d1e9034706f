# SPDX-License-Identifier: Apache-2.0
"""Pictures of a split: who computes which nonzero, and which segments go where."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.partition.split import Part, Split
from hgcn.report.cost_curve import cost_curve
from hgcn.report.page.chart import (
    RIGHT,
    box,
    brief,
    legend,
    picture,
    stroke,
    ticks,
    write,
)
from hgcn.report.page.markup import Markup, join, number, table, tag
from hgcn.report.segment_histogram import segment_histogram

ORDER = (Part.DENSE, Part.SPARSE, Part.SCATTERED)
WORDS = {
    Part.DENSE: "dense: array, burst",
    Part.SPARSE: "sparse: array, gathered",
    Part.SCATTERED: "scattered: PL",
}
CELLS = 100
"""Cells a side of the picture of a matrix."""
SHADES = 4
BLOCKS = 8
"""Blocks a side of the table beside it."""


def adjacency(split: Split, rows: NDArray[np.int32] | None, *, name: str) -> Markup:
    """Return a picture of an operand's nonzeros, coloured by the part most of a cell's are in.

    Parameters
    ----------
    split : Split
    rows : ndarray of int32, shape (n,), or None
        ``program.rows``: draw it in the graph's own order, before ordering.
    name : str
        Unique in the page.
    """
    operand = split.operand
    at = np.stack([operand.row_ids(), operand.indices]).astype(np.int64)
    if rows is not None:
        at = rows.astype(np.int64)[at]
    cells = _cells(at, split.part, operand.shape, CELLS)
    counts, winner = cells.sum(axis=0), cells.argmax(axis=0)
    # Quartiles of what is there: a single full block must not make all else pale.
    filled = counts[counts > 0]
    edges = np.quantile(filled, np.arange(1, SHADES) / SHADES) if len(filled) else np.zeros(3)
    shade = np.searchsorted(edges, counts, side="left")
    left, side = 60.0, 300.0
    down, across = (min(CELLS, size) for size in operand.shape)
    marks = [tag("rect", x=left, y=4, width=side, height=side, class_="frame")]
    for part in Part:
        for level in range(SHADES):
            y, x = np.nonzero((counts > 0) & (winner == part) & (shade == level))
            if not len(x):
                continue
            spots = "".join(
                f"M{i} {j}h1v1h-1z" for i, j in zip(x.tolist(), y.tolist(), strict=True)
            )
            at_place = f"translate({left} 4) scale({side / across:g} {side / down:g})"
            kind = f"{part.name.lower()} shade{level}"
            marks.append(tag("path", d=spots, transform=at_place, class_=kind))
    n, m = operand.shape
    marks += [write(left - 6, 14, "0", "end"), write(left - 6, side + 4, f"{n:,}", "end")]
    marks += [write(left, side + 20, "0"), write(left + side, side + 20, f"{m:,}", "end")]
    marks += [write(left + side / 2, side + 20, "column", "middle")]
    marks += [write(left - 6, side / 2, "row", "end")]
    order = "in the order of processing" if rows is None else "in the graph's own order"
    totals = [f"{WORDS[part]} {int((split.part == part).sum()):,}" for part in ORDER]
    words = f"{operand.nnz:,} nonzeros of a {n:,} by {m:,} matrix {order}: {'; '.join(totals)}"
    drawn = picture(side + 28, *marks, name=name, words=words)
    coarse = _cells(at, split.part, operand.shape, BLOCKS)
    body = (
        (
            f"{_span(i, n)} x {_span(j, m)}",
            *(f"{int(coarse[part, i, j]):,}" for part in ORDER),
        )
        for i in range(min(BLOCKS, n))
        for j in range(min(BLOCKS, m))
        if coarse[:, i, j].any()
    )
    headings = ("rows x columns", *(part.name.lower() for part in ORDER))
    return join([drawn, _parts_legend(), numbers(table(f"Nonzeros {order}", headings, body))])


def segments(split: Split, *, name: str) -> Markup:
    """Return a histogram of segments by count, with the thresholds of the tiles."""
    made = segment_histogram(split)
    stacks = np.stack([made.segments[part] for part in ORDER])
    total = stacks.sum(axis=0)
    places, most = len(made.counts), float(total.max(initial=1))
    high, top, left = 180.0, 10.0, 52.0
    width = (RIGHT - left) / places
    low, middle, upper = (
        float(value) for value in np.percentile(made.thresholds, (0, 50, 100), method="nearest")
    )
    marks = [box(left + (low - 1) * width, top, max((upper - low) * width, 0.0), high, "band")]
    for value in ticks(most):
        y = top + high * (1 - value / most)
        marks += [stroke(left, y, RIGHT, y, "grid"), write(left - 5, y + 4, brief(value), "end")]
    for place in range(places):
        y = top + high
        for part, count in zip(ORDER, stacks[:, place].tolist(), strict=True):
            tall = high * count / most
            y -= tall
            if count:
                x = left + place * width + 0.1 * width
                hint = f"{place + 1} nonzeros, {part.name.lower()}: {count:,} segments"
                marks.append(box(x, y, 0.8 * width, tall, part.name.lower(), hint))
    for count in [1, *range(4, places + 1, 4)]:
        x = left + (count - 0.5) * width
        marks.append(write(x, top + high + 15, count, "middle"))
    x = left + (middle - 1) * width
    marks += [stroke(x, top, x, top + high, "threshold")]
    marks += [write((left + RIGHT) / 2, top + high + 32, "nonzeros of a segment", "middle")]
    limit = _threshold(low, middle, upper, places)
    words = f"{int(total.sum()):,} segments by their count of nonzeros; {limit}"
    drawn = picture(top + high + 38, *marks, name=name, words=words)
    body = (
        (count, *(f"{int(each):,}" for each in stacks[:, count - 1]))
        for count in range(1, places + 1)
        if total[count - 1]
    )
    headings = ("nonzeros", *(part.name.lower() for part in ORDER))
    caption = f"Segments by count; {limit}"
    return join([drawn, _parts_legend([("line", limit)]), numbers(table(caption, headings, body))])


def costs(split: Split, device: Device, *, name: str) -> Markup:
    """Return what each threshold would cost, with the split reached and the bound."""
    made = cost_curve(split, device)
    high, top, left = 150.0, 10.0, 52.0
    most = float(max(*made.cycles, made.reached)) or 1.0
    places = len(made.thresholds)

    def at(threshold: float, cycles: float) -> tuple[float, float]:
        across = (threshold - 1) / max(places - 1, 1)
        return left + (RIGHT - left) * across, top + high * (1 - cycles / most)

    marks = []
    for value in ticks(most):
        _, y = at(1, value)
        marks += [stroke(left, y, RIGHT, y, "grid"), write(left - 5, y + 4, brief(value), "end")]
    for count in [1, *range(4, places, 4)]:
        marks.append(write(at(count, 0)[0], top + high + 15, count, "middle"))
    points = list(zip(made.thresholds.tolist(), made.cycles.tolist(), strict=True))
    for before, after in pairwise(points):
        marks.append(stroke(*at(*before), *at(*after), "roof"))
    for cycles, kind in ((made.reached, "threshold"), (made.bound, "bound")):
        marks.append(stroke(*at(1, cycles), *at(places, cycles), kind))
    marks.append(write((left + RIGHT) / 2, top + high + 32, "threshold", "middle"))
    best, least = min(points, key=lambda point: point[1])
    words = (
        f"Cost of each threshold in cycles: least {least:,.0f} at {best}; the split reached costs "
        f"{made.reached:,.0f}, none less than {made.bound:,.0f}"
    )
    drawn = picture(top + high + 38, *marks, name=name, words=words)
    entries = [
        ("roof line", "one threshold in all tiles"),
        ("line", f"the split reached: {made.reached:,.0f}"),
        ("bound line", f"no split costs less: {made.bound:,.0f}"),
    ]
    body = [
        ("none to the array" if count == places else f"from {count}", f"{cycles:,.0f}")
        for count, cycles in points
    ]
    caption = "Cycles by the cost function, in one feature tile"
    return join([drawn, legend(entries), numbers(table(caption, ("segments", "cycles"), body))])


def split_table(parts: dict[str, dict[str, int]], caption: str) -> Markup:
    """Return what each part of a split holds."""
    total = sum(each["nonzeros"] for each in parts.values()) or 1
    body = (
        (name, number(each["nonzeros"]), f"{each['nonzeros'] / total:.1%}", number(each["columns"]))
        for name, each in parts.items()
    )
    return table(caption, ("part", "nonzeros", "share", "segments"), body)


def numbers(made: Markup) -> Markup:
    """Return a table folded away: every picture has its numbers beside it."""
    return tag("details", tag("summary", "The numbers"), made)


def _threshold(low: float, middle: float, high: float, places: int) -> str:
    if low > places:
        return "the array takes none"
    spread = "" if low == high else f" (tiles: {low:.0f} to {min(high, places + 1):.0f})"
    if middle > places:
        return f"most tiles give the array none{spread}"
    return f"the array takes them from {middle:g} nonzeros on{spread}"


def _parts_legend(more: Iterable[tuple[str, str]] = ()) -> Markup:
    return legend([*((part.name.lower(), WORDS[part]) for part in ORDER), *more])


def _cells(
    at: NDArray[np.int64], part: NDArray[np.uint8], shape: tuple[int, int], side: int
) -> NDArray[np.int64]:
    """Count the nonzeros of each part in ``side`` by ``side`` cells: shape (3, side, side)."""
    rows, cols = min(side, shape[0]), min(side, shape[1])
    row, col = at[0] * rows // shape[0], at[1] * cols // shape[1]
    flat = (part.astype(np.int64) * side + row) * side + col
    return np.bincount(flat, minlength=3 * side * side).reshape(3, side, side)


def _span(place: int, size: int) -> str:
    blocks = min(BLOCKS, size)
    first, last = -(-place * size // blocks), -(-(place + 1) * size // blocks) - 1
    return f"{first:,} to {last:,}"
