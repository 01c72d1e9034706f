# SPDX-License-Identifier: Apache-2.0
"""The whole page: its sections in order, each of what is at hand."""

from __future__ import annotations

from collections.abc import Iterator

from hgcn.errors import ProgramError
from hgcn.partition.split import Split
from hgcn.report.inference import total_split
from hgcn.report.job_times import job_times
from hgcn.report.page import facts, parts, peaks, times
from hgcn.report.page.markup import Markup, join, number, table, tag
from hgcn.report.page.style import CSS
from hgcn.report.page.subject import Built, Subject
from hgcn.report.roofline import roofline
from hgcn.report.schedule import schedule

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser may load for it: nothing."""


def document(subject: Subject) -> str:
    """Return the page.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    str
        HTML in UTF-8 with style and pictures inside and without a script; the same for the same
        subject. Every name that a file may hold is escaped.

    Raises
    ------
    ProgramError
        If the program's image is malformed.
    """
    graph = subject.run["graph"]
    name = f"{graph['name']} on {subject.run['device']}"
    sections = [
        ("result", "Result", facts.summary(subject)),
        ("time", "Where the time goes", _pictures(_times(subject))),
        ("split", "Who computes what", _split(subject)),
        ("quantisation", "What the integers cost", facts.quantisation(subject)),
        ("baseline", "On this machine's processor", _baselines(subject)),
        ("configuration", "Configuration", facts.configuration(subject)),
        ("missing", "What is missing", facts.missing(subject)),
        ("kinds", "Kinds of numbers", facts.kinds()),
    ]
    shown = [each for each in sections if each[2]]
    links = [tag("li", tag("a", title, href=f"#{place}")) for place, title, _ in shown]
    size = f"{graph['nodes']:,} nodes, {graph['edges']:,} edges"
    body = [
        tag("a", "To the result", href="#result", class_="skip"),
        tag("header", tag("h1", name), tag("p", f"hgcn report: {size}", class_="soft")),
        tag("nav", tag("ul", *links), aria_label="Sections"),
        tag(
            "main",
            *(
                tag(
                    "section",
                    tag("h2", title, id=f"{place}-title"),
                    made,
                    id=place,
                    aria_labelledby=f"{place}-title",
                )
                for place, title, made in shown
            ),
        ),
        tag("footer", tag("p", "Made by hgcn report.", class_="soft")),
    ]
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{name}: hgcn report"),
        tag("style", Markup(CSS)),
    ]
    page = tag("html", tag("head", *head), tag("body", *body), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _pictures(made: Iterator[tuple[str, str, Markup]]) -> Markup:
    """Return figures side by side, each of a title, a sentence and what it shows."""
    figures = [
        tag("figure", tag("figcaption", tag("h3", title), tag("p", words, class_="soft")), drawn)
        for title, words, drawn in made
    ]
    return tag("div", *figures, class_="pictures") if figures else Markup("")


def _times(subject: Subject) -> Iterator[tuple[str, str, Markup]]:
    run, program = subject.run, subject.program
    if run["cycles"] is not None and run["engines"]:
        busy, stalled = (
            {name: counts[what] for name, counts in run["engines"].items()}
            for what in ("busy", "stalled")
        )
        kind = run["cycles_kind"]
        yield (
            f"Engines, {kind}",
            "The accelerator's own counters: busy, and waiting for another engine or memory.",
            times.engines(busy, stalled, run["cycles"], kind, name="engines-counted"),
        )
    yield (
        "Engines, modelled",
        "Engines work side by side, so the shares do not add up to one.",
        times.engines(run["estimate"], {}, run["cycles_estimate"], "modelled", name="engines"),
    )
    if program is not None:
        found = run["agreement"]
        layers = len(found["layers"]) if found else None
        yield from _program_times(program, run["cycles_estimate"], layers)


def _program_times(
    program: Built, cycles: int, layers: int | None
) -> Iterator[tuple[str, str, Markup]]:
    steps = schedule(program.image, program.device)
    yield (
        "Time line, modelled",
        "A bar begins when the engine is given a command and ends when it is given the next.",
        times.timeline(steps, cycles, name="timeline"),
    )
    try:
        found = job_times(program.image, program.device, program.workload)
    except ProgramError as fault:
        # Whoever made the program by hand need not have made it as the compiler does.
        yield "Jobs and layers", "They cannot be told apart.", tag("p", fault)
        return
    yield (
        "Jobs and layers, modelled",
        "A job is one product; its bar counts cycles from its first command to the next job's.",
        times.jobs(found, program.device, layers=layers, name="jobs"),
    )
    yield (
        "Roofline, modelled",
        "Streams are fetched ahead: a job may stand above the roof of its own bytes.",
        peaks.roofs(roofline(found, program.device), name="roofline"),
    )


def _split(subject: Subject) -> Markup:
    program, run = subject.program, subject.run
    whole = parts.split_table(total_split(run["split_by_operand"]), "All operands")
    if program is None or program.splits is None:
        return whole
    return join([whole, _pictures(_split_pictures(program))])


def _split_pictures(program: Built) -> Iterator[tuple[str, str, Markup]]:
    splits = program.splits or {}
    # Those over nodes first: they have a picture before ordering beside that after.
    for operand, split in sorted(splits.items(), key=lambda each: not _is_square(each[1])):
        key = f"split{list(splits).index(operand)}"
        if _is_square(split):
            yield (
                f"{operand}, before ordering",
                "In the graph's own order. Stronger colours: more nonzeros.",
                parts.adjacency(split, program.rows, name=f"{key}-before"),
            )
        yield (
            f"{operand}, as processed",
            "Each cell has the colour of the part that most of its nonzeros are in.",
            parts.adjacency(split, None, name=f"{key}-after"),
        )
        yield (
            f"{operand}: segments",
            "A segment is a column of a row block; the array pays the same for every one.",
            parts.segments(split, name=f"{key}-segments"),
        )
        yield (
            f"{operand}: cost of a threshold",
            "The slowest of PL engine, array, drain and memory, before conflicts and waiting.",
            parts.costs(split, program.device, name=f"{key}-costs"),
        )
        if program.mappings is not None and operand in program.mappings:
            yield (
                f"{operand}: lanes, banks and array",
                "Lanes and banks: share of the PL schedule's cycles; PE rows: of the fullest "
                "one's slices.",
                peaks.shares(program.mappings[operand], program.device, name=f"{key}-shares"),
            )


def _is_square(split: Split) -> bool:
    return split.operand.shape[0] == split.operand.shape[1]


def _baselines(subject: Subject) -> Markup:
    found = subject.run["baselines"]
    if not found:
        return Markup("")
    rows = [
        (
            one["library"],
            one["arithmetic"],
            number(one["microseconds"]),
            number(one["repeats"]),
            number(one["threads"]),
            f"{one['same_class']:.1%}",
        )
        for one in found
    ]
    headings = ("library", "arithmetic", "µs", "median of runs", "threads at most", "same class")
    return table("The same network, wall clock", headings, rows, words=2)
