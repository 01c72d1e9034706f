# SPDX-License-Identifier: Apache-2.0
"""Pictures of what a device could do at most: the roofline, and what of it is in use."""

from __future__ import annotations

import math

from hgcn.arch.device import Device
from hgcn.mapping.mapped import Mapping
from hgcn.report.occupancy import occupancy
from hgcn.report.page.chart import RIGHT, bars, box, brief, legend, picture, stroke, write
from hgcn.report.page.markup import Markup, join, table
from hgcn.report.page.parts import numbers
from hgcn.report.roofline import Roofline


def roofs(made: Roofline, *, name: str) -> Markup:
    """Return a roofline, both axes logarithmic."""
    left, top, high = 52.0, 10.0, 200.0
    ridge = made.peak / made.bytes_per_cycle
    found = [point.intensity for point in made.points if point.intensity > 0] or [1.0]
    low_x = 10.0 ** math.floor(math.log10(min(*found, ridge) / 1.5))
    high_x = 10.0 ** math.ceil(math.log10(max(*found, ridge) * 1.5))
    high_y = 10.0 ** math.ceil(math.log10(made.peak * 1.01))
    rates = [point.rate for point in made.points if point.rate > 0] or [1.0]
    low_y = 10.0 ** math.floor(math.log10(min(*rates, made.roof(low_x)) / 1.01))

    def at(intensity: float, rate: float) -> tuple[float, float]:
        x = math.log(max(intensity, low_x) / low_x) / math.log(high_x / low_x)
        y = math.log(max(rate, low_y) / low_y) / math.log(high_y / low_y)
        return left + (RIGHT - left) * x, top + high * (1 - y)

    marks = []
    for value in _decades(low_x, high_x):
        x, _ = at(value, low_y)
        marks += [stroke(x, top, x, top + high, "grid")]
        marks += [write(x, top + high + 15, brief(value), "middle")]
    for value in _decades(low_y, high_y):
        _, y = at(low_x, value)
        marks += [stroke(left, y, RIGHT, y, "grid"), write(left - 5, y + 4, brief(value), "end")]
    marks += [stroke(*at(low_x, made.roof(low_x)), *at(ridge, made.peak), "roof")]
    marks += [stroke(*at(ridge, made.peak), *at(high_x, made.peak), "roof")]
    marks += [stroke(*at(low_x, made.pl_peak), *at(high_x, made.pl_peak), "threshold")]
    for place, point in enumerate(made.points, start=1):
        x, y = at(point.intensity, point.rate)
        last = place == len(made.points)
        marks.append(box(x - 4, y - 4, 8, 8, "whole" if last else "point", point.name))
        if last:
            marks.append(write(x - 7, y + 4, "all", "end", class_="mark"))
        else:
            marks.append(write(x + 7, y + 4, place, class_="mark"))
    marks.append(write((left + RIGHT) / 2, top + high + 32, "multiplications a byte", "middle"))
    words = (
        f"Roofline: at most {made.peak:,.0f} multiplications a cycle, {made.bytes_per_cycle:g} "
        f"bytes a cycle; the program does {made.points[-1].rate:,.1f} a cycle"
    )
    drawn = picture(top + high + 38, *marks, name=name, words=words)
    entries = [
        ("roof line", f"most a cycle: {made.peak:,.0f}; {made.bytes_per_cycle:g} bytes a cycle"),
        ("line", f"PL engine alone: {made.pl_peak:,.0f}"),
        ("point", "a job, by its number"),
        ("whole", "the whole program"),
    ]
    body = [
        (
            point.name,
            f"{point.intensity:,.2f}",
            f"{point.rate:,.1f}",
            f"{made.roof(point.intensity):,.1f}",
        )
        for point in made.points
    ]
    headings = ("what", "multiplications a byte", "a cycle", "roof there")
    caption = "Useful multiplications, modelled"
    return join([drawn, legend(entries), numbers(table(caption, headings, body))])


def shares(mapping: Mapping, device: Device, *, name: str) -> Markup:
    """Return how evenly one operand's work lies on lanes, banks and rows of the array."""
    made = occupancy(mapping, device)
    mean = [
        ("PL lanes", float(made.lanes.mean())),
        ("banks", float(made.banks.mean())),
        ("PE rows", float(made.pe_rows.mean())),
        ("slice columns", made.slice_columns),
        ("slice elements", made.slice_elements),
    ]
    drawn = bars(
        [(label, {"busy": share}) for label, share in mean],
        1.0,
        name=name,
        words="Shares in use: " + ", ".join(f"{label} {share:.1%}" for label, share in mean),
        unit="share in use, mean",
        share=True,
    )
    body = [(label, f"{share:.1%}") for label, share in made.rows()]
    return join([drawn, numbers(table("Each lane, bank and PE row", ("part", "in use"), body))])


def _decades(low: float, high: float) -> list[float]:
    first, last = round(math.log10(low)), round(math.log10(high))
    return [float(f"1e{power}") for power in range(first, last + 1)]
