# SPDX-License-Identifier: Apache-2.0
"""What a page says in tables: the result, its kinds of numbers, how to have it again."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from hgcn.arch.device import Device
from hgcn.arch.parameter import parameters
from hgcn.report.agreement_text import quantisation_text
from hgcn.report.choice_text import choice_text
from hgcn.report.page.markup import Markup, join, number, table, tag, text
from hgcn.report.page.subject import Subject

KINDS = {
    "modelled": "by the cycle model, from the program alone",
    "simulated": "counted by the accelerator's own RTL in a simulator",
    "measured": "counted by the accelerator on a board",
    "bound": "computed from workload and device: no program of this format takes less",
    "wall clock": "of the processor that made this page, not of the accelerator",
}


def kind(name: str) -> Markup:
    """Return the mark of a number's kind."""
    return tag("span", name, class_="kind")


def summary(subject: Subject) -> Markup:
    """Return what came out, each number with its kind."""
    run = subject.run
    exact = run["bit_exact"]
    verdict = {
        True: tag("span", "equal to the reference arithmetic in every bit", class_="good"),
        False: tag("span", "NOT equal to the reference arithmetic", class_="bad"),
        None: tag("span", "not compared with the reference arithmetic", class_="soft"),
    }[exact]
    where = f"backend {run['backend']}, device {run['device']}: "
    said = [tag("p", where, verdict)]
    for title, words in (("Warning: ", "warnings"), ("Note: ", "notes")):
        said += [tag("p", tag("strong", title), line) for line in run[words]]
    return join([*said, table("One inference", ("what", "value", "kind"), _results(run))])


def _results(run: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    suffixes = {"modelled": "_estimate"}
    if run["cycles"] is not None:
        suffixes = {run["cycles_kind"]: "", **suffixes}
    for which, suffix in suffixes.items():
        cycles = run[f"cycles{suffix}"]
        yield "cycles", number(cycles), kind(which)
        yield "latency", f"{run[f'microseconds{suffix}']:,.1f} µs", kind(which)
        yield "nodes a second", f"{run[f'nodes_per_second{suffix}']:,.0f}", kind(which)
        yield "cycles / bound", f"{cycles / max(run['bound_cycles'], 1):.2f}", kind(which)
    yield f"cycles, bound by {run['bound_cause']}", number(run["bound_cycles"]), kind("bound")
    yield "latency", f"{run['bound_microseconds']:,.1f} µs", kind("bound")
    for what in ("program", "read", "written"):
        yield f"bytes, {what}", number(run["bytes"][what]), ""
    if run["accuracy"]:
        for arithmetic in ("float", "int8"):
            share = f"{run['accuracy'][arithmetic]:.1%}"
            yield f"accuracy on the test nodes, {arithmetic}", share, ""


def quantisation(subject: Subject) -> Markup:
    """Return what the integers cost: classes, logits, and what is lost in each layer."""
    run = subject.run
    found, chosen = run["agreement"], run["quantisation"]
    if not found:
        return tag("p", "Not measured in this run.", class_="soft")
    said = []
    if chosen:
        said.append(tag("p", "Ranges: ", quantisation_text(chosen), "."))
    share = found["same_class"] / max(found["nodes"], 1)
    rows = [
        ("nodes with the float model's class", f"{share:.2%}"),
        ("nodes with another", number(found["nodes"] - found["same_class"])),
        ("error of the logits, rms, of their spread", f"{found['logit_rms']:.2%}"),
        ("error of the logits, largest, of their spread", f"{found['logit_max']:.2%}"),
        ("turn of a node's logits, mean (1: a right angle)", f"{found['turn']:.4f}"),
    ]
    if run["accuracy"]:
        before, after = run["accuracy"]["float"], run["accuracy"]["int8"]
        change = f"{100 * (after - before):+.1f} points"
        rows.append(("accuracy, float to integers", f"{before:.1%} to {after:.1%}, {change}"))
    said.append(table("Integers against the float model", ("what", "value"), rows))
    errors = {error["layer"]: error for error in run["layer_errors"]}
    headings = (
        "layer",
        "error, rms",
        "error, largest",
        "values",
        "products cut",
        "outputs cut",
        "rows lost",
        "columns lost",
        "rows scaled",
    )
    names = (
        "values",
        "saturated_products",
        "saturated_outputs",
        "zero_rows",
        "zero_columns",
        "scaled_rows",
    )
    layers = [
        (place, *_error(errors.get(place)), *(number(layer[name]) for name in names))
        for place, layer in enumerate(found["layers"], start=1)
    ]
    words = (
        "Of each layer: the error of what it gives, over the float model's values, errors of the "
        "layers before it included; and how many values were cut to their width or lost."
    )
    said += [tag("p", words, class_="soft"), table("Each layer", headings, layers)]
    return join(said)


def _error(found: Mapping[str, Any] | None) -> tuple[str, str]:
    return ("–", "–") if found is None else (f"{found['rms']:.2%}", f"{found['largest']:.2%}")


def configuration(subject: Subject) -> Markup:
    """Return how to have the same page again, and all that it depends on."""
    run, program = subject.run, subject.program
    rows: list[tuple[object, object]] = [
        ("command", tag("code", subject.command)),
        ("ordering", run["ordering"]),
        ("policy", run["policy"]),
    ]
    if run["choice"] and (chosen := choice_text(run["choice"])):
        rows.append(("split", chosen))
    if program is not None:
        digest = hashlib.sha256(program.image).hexdigest()
        rows.append(("program", join([number(len(program.image)), " bytes, SHA-256 ", digest])))
    rows += [(f"version of {name}", version) for name, version in subject.versions.items()]
    made = [tag("div", table("Made by", ("what", "value"), rows, words=2), class_="wide")]
    if program is not None:
        device = tag("summary", f"Every parameter of device {program.device.name}")
        made.append(tag("details", device, _device(program.device)))
    return join(made)


def _device(device: Device) -> Markup:
    rows = [
        (each.name, _parameter(getattr(device, each.name)), each.unit, each.meaning)
        for each in parameters(type(device))
    ]
    headings = ("parameter", "value", "unit", "meaning")
    return table(f"Device {device.name}", headings, rows, words=4)


def _parameter(value: object) -> str:
    return f"{value:,g}" if isinstance(value, float) else str(value)


def kinds() -> Markup:
    """Return what the words beside the numbers mean."""
    rows = [(kind(name), words) for name, words in KINDS.items()]
    return table("Kinds of numbers, never set against each other", ("kind", "is"), rows, words=2)


def missing(subject: Subject) -> Markup:
    """Return what the page lacks, and the command that fills it."""
    rows = [(what, tag("code", command)) for what, command in _missing(subject)]
    if not rows:
        return tag("p", text("Nothing that a run can give is missing."))
    return table("What is missing, and what gives it", ("what", "command"), rows, words=2)


def _missing(subject: Subject) -> Iterator[tuple[str, str]]:
    run, program = subject.run, subject.program
    whole = program is not None and program.splits is not None
    device = f"hgcn report GRAPH --device {shlex.quote(run['device'])}"
    # With all its options: a graph may need those to have a model at all.
    again = subject.command if subject.command.startswith("hgcn report ") and program else device
    graph = again if whole else "hgcn report GRAPH"
    if program is None:
        yield "time line, jobs and layers, roofline", "hgcn report GRAPH (or PROGRAM.hgcn)"
    if not whole:
        yield "adjacency, segments, lanes and banks", "hgcn report GRAPH"
    if run["cycles"] is None:
        yield "simulated cycles, and the stalls of each engine", f"{again} --backend rtl"
    if run["cycles_kind"] != "measured":
        yield "measured cycles: on a board", f"{again} --backend pynq"
    if not run["layer_errors"]:
        yield "error of each layer", "hgcn report GRAPH"
    if run["accuracy"] is None:
        yield "accuracy", "hgcn report GRAPH, of one with labels and a test mask"
    if not run["baselines"]:
        yield "time of this machine's processor", f"{graph} --baseline"
