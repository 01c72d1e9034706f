# SPDX-License-Identifier: Apache-2.0
"""Pictures of time: when engines work, how long jobs take, and what they could do at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hgcn.arch.device import Device
from hgcn.report.job_times import JobTime
from hgcn.report.page.chart import (
    LEFT,
    RIGHT,
    bars,
    box,
    brief,
    legend,
    picture,
    stroke,
    ticks,
    write,
)
from hgcn.report.page.markup import Markup, join, number, table
from hgcn.report.page.parts import numbers
from hgcn.report.schedule import Step

MOST_STEPS = 300
"""Steps of an engine that are drawn, and rows of the table beside them."""
_ENGINES = {"load": "load", "spmm": "PL and array", "drain": "drain"}


def timeline(steps: Sequence[Step], cycles: int, *, name: str) -> Markup:
    """Return when each engine is given its commands; many short ones are drawn as one."""
    room, high = RIGHT - LEFT, 26
    marks = []
    engines = list(dict.fromkeys(step.engine for step in steps))
    bottom = 6 + high * len(engines)
    for value in ticks(cycles):
        x = LEFT + room * value / max(cycles, 1)
        marks += [stroke(x, 2, x, bottom, "grid"), write(x, bottom + 15, brief(value), "middle")]
    for place, engine in enumerate(engines):
        y = 6 + high * place
        marks.append(write(LEFT - 6, y + 16, _ENGINES.get(engine, engine), "end"))
        own = [step for step in steps if step.engine == engine]
        together = -(-len(own) // MOST_STEPS)
        for turn, first in enumerate(range(0, len(own), together)):
            some = own[first : first + together]
            begin, until = some[0].begin, some[-1].until
            which = f"command {some[0].command}"
            if len(some) > 1:
                which = f"commands {some[0].command} to {some[-1].command}"
            hint = f"{engine}, {which}: cycles {begin:,} to {until:,}"
            x, width = LEFT + room * begin / max(cycles, 1), room * (until - begin) / max(cycles, 1)
            marks.append(box(x, y + 3, max(width, 0.3), high - 8, f"step{turn % 2}", hint))
    marks.append(write((LEFT + RIGHT) / 2, bottom + 32, "cycles, modelled", "middle"))
    words = (
        f"When each engine is given its {len(steps):,} commands, over {cycles:,} modelled cycles"
    )
    drawn = picture(bottom + 38, *marks, name=name, words=words)
    body = (
        (step.command, step.engine, number(step.begin), number(step.until))
        for step in steps[:MOST_STEPS]
    )
    caption = "Commands, modelled"
    if len(steps) > MOST_STEPS:
        caption += f": the first {MOST_STEPS} of {len(steps):,}"
    made = table(caption, ("command", "engine", "begin", "next begins"), body, words=2)
    return join([drawn, numbers(made)])


def engines(
    busy: Mapping[str, int], stalled: Mapping[str, int], cycles: int, kind: str, *, name: str
) -> Markup:
    """Return the shares of a run's cycles in which each engine is busy, and stalled.

    Parameters
    ----------
    busy, stalled : mapping
        Cycles by engine; the model knows no stalls.
    cycles : int
        Of the whole run.
    kind : str
        Of the cycles.
    name : str
        Unique in the page.
    """
    whole = max(cycles, 1)
    rows = [
        (engine, {"busy": count / whole, "stalled": stalled.get(engine, 0) / whole})
        for engine, count in busy.items()
    ]
    words = f"Share of the {cycles:,} {kind} cycles in which each engine works"
    unit = f"share of the cycles, {kind}"
    most = max([1.0, *(sum(pieces.values()) for _, pieces in rows)])
    drawn = bars(rows, most, name=name, words=words, unit=unit, share=True)
    body = [
        (
            engine,
            number(count),
            number(stalled[engine]) if engine in stalled else "–",
            f"{count / whole:.1%}",
        )
        for engine, count in busy.items()
    ]
    headings = ("engine", "busy", "stalled", "busy share")
    made = table(f"Cycles of each engine, {kind}", headings, body)
    entries = [("busy", "busy"), *([("stalled", "stalled")] if any(stalled.values()) else [])]
    return join([drawn, legend(entries), numbers(made)])


def jobs(times: Sequence[JobTime], device: Device, *, layers: int | None, name: str) -> Markup:
    """Return how long each job takes, and each layer where sizes tell which job is whose.

    Parameters
    ----------
    times : sequence of JobTime
    device : Device
    layers : int or None
        The model has, where that is known.
    name : str
        Unique in the page.
    """
    whole = max(sum(time.cycles for time in times), 1)
    cycles: dict[int, int] = {}
    for time in times:
        cycles[time.layer] = cycles.get(time.layer, 0) + time.cycles
    known = layers == len(cycles)
    rows = [
        (
            f"{time.job + 1}: {time.left}",
            {f"layer{time.layer % 2 if known else 1}": float(time.cycles)},
        )
        for time in times
    ]
    words = f"Modelled cycles of each of {len(times)} jobs"
    words += f", in {layers} layers" if known else ""
    most = float(max(time.cycles for time in times))
    drawn = bars(rows, most, name=name, words=words, unit="cycles, modelled")
    body = [
        (
            time.job + 1,
            time.layer if known else "–",
            f"{time.left} ({time.depth:,} columns) x {time.columns:,}",
            number(time.cycles),
            f"{1e6 * time.cycles / device.pl_hz:,.1f}",
            f"{time.cycles / whole:.1%}",
            number(time.bytes_read + time.bytes_written),
            number(time.macs),
        )
        for time in times
    ]
    headings = ("job", "layer", "multiplies", "cycles", "µs", "share", "bytes", "multiplications")
    by_job = numbers(table("Each job, modelled", headings, body, words=3))
    if not known:
        return join([drawn, by_job])
    by_layer = table(
        "Each layer, modelled",
        ("layer", "cycles", "µs", "share"),
        [
            (layer, number(count), f"{1e6 * count / device.pl_hz:,.1f}", f"{count / whole:.1%}")
            for layer, count in cycles.items()
        ],
    )
    shades = legend([("layer1", "layers 1, 3, …"), ("layer0", "layers 2, 4, …")])
    return join([drawn, shades if len(cycles) > 1 else "", by_layer, by_job])
