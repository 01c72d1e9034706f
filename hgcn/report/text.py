# SPDX-License-Identifier: Apache-2.0
"""Reports as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hgcn.arch.latency import Latency
from hgcn.printable import printable
from hgcn.report.agreement_text import agreement_text, quantisation_text


class _Grid:
    """Lines of a heading and a text; texts hold names from files, so nothing in them is markup."""

    def __init__(self) -> None:
        self.table = Table.grid(padding=(0, 2))
        self.table.add_column(style="dim")
        self.table.add_column()

    def add(self, heading: str, text: str | Text) -> None:
        """Add a line."""
        self.table.add_row(heading, Text(printable(text)) if isinstance(text, str) else text)


def split_table(split: dict[str, dict[str, int]]) -> Table:
    """Three rows: what each part holds."""
    engine = {"dense": "array, burst", "sparse": "array, gathered", "scattered": "PL"}
    table = Table(title="split by density", title_justify="left", box=None, padding=(0, 2))
    for heading in ("part", "engine", "nonzeros", "share", "columns"):
        table.add_column(heading, justify="left" if heading in ("part", "engine") else "right")
    total = sum(counts["nonzeros"] for counts in split.values()) or 1
    for part, counts in split.items():
        table.add_row(
            Text(part),
            engine[part],
            f"{counts['nonzeros']:,}",
            f"{counts['nonzeros'] / total:.1%}",
            f"{counts['columns']:,}",
        )
    return table


def engine_table(engines: dict[str, dict[str, int]], cycles: int | None) -> Table:
    """Where the time goes: busy and stalled cycles of each engine."""
    table = Table(title="where the time goes", title_justify="left", box=None, padding=(0, 2))
    for heading in ("engine", "busy", "stalled", "share of cycles"):
        table.add_column(heading, justify="left" if heading == "engine" else "right")
    for name, counts in engines.items():
        share = f"{counts['busy'] / cycles:.1%}" if cycles else "-"
        table.add_row(Text(printable(name)), f"{counts['busy']:,}", f"{counts['stalled']:,}", share)
    return table


def baseline_table(baselines: list[dict[str, Any]]) -> Table:
    """The same network on this machine's processor: no cycles of the accelerator beside them."""
    title = "the same network on this machine's processor"
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2))
    for heading in (
        "library",
        "arithmetic",
        "us, wall clock",
        "median of",
        "threads",
        "same class",
    ):
        left = heading in ("library", "arithmetic")
        table.add_column(heading, justify="left" if left else "right")
    for one in baselines:
        table.add_row(
            one["library"],
            one["arithmetic"],
            f"{one['microseconds']:,.1f}",
            f"{one['repeats']} runs",
            f"at most {one['threads']}",
            f"{one['same_class']:.1%}",
        )
    return table


def layer_table(errors: list[dict[str, Any]], agreement: Mapping[str, Any] | None) -> Table:
    """What the integers cost, layer by layer; each has the errors of those before it too."""
    title = "what the integers cost"
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2))
    for heading in ("layer", "error, rms", "error, largest", "values cut"):
        table.add_column(heading, justify="right")
    losses = agreement["layers"] if agreement else []
    for error in errors:
        cut = "-"
        if error["layer"] <= len(losses):
            lost = losses[error["layer"] - 1]
            cut = f"{lost['saturated_products'] + lost['saturated_outputs']:,}"
        table.add_row(str(error["layer"]), f"{error['rms']:.2%}", f"{error['largest']:.2%}", cut)
    return table


def run_text(report: dict[str, Any]) -> RenderableType:
    """The report of `hgcn.report.inference` for people."""
    graph, grid = report["graph"], _Grid()
    grid.add(
        "graph",
        f"{graph['name']}: {graph['nodes']:,} nodes, {graph['edges']:,} edges, "
        f"{graph.get('nnz_features', 0):,} feature nonzeros",
    )
    grid.add(
        "device", f"{report['device']}, ordering {report['ordering']}, policy {report['policy']}"
    )
    if report["features"]:
        read = report["features"]
        grid.add(
            "features",
            f"read at run time: {read['input_bytes']:,} bytes, step {read['step']:.4g}",
        )
    verdict = (
        Text("bit-exact", "bold green")
        if report["bit_exact"]
        else Text("NOT bit-exact", "bold red")
    )
    grid.add(
        "result",
        Text.assemble(
            f"{printable(report['backend'])}: ", verdict, " with the reference arithmetic"
        ),
    )
    _add_agreement(grid, report)
    if report["accuracy"]:
        grid.add(
            "accuracy",
            f"{report['accuracy']['int8']:.1%} in int8, {report['accuracy']['float']:.1%} in float",
        )
    cycles, bound = report["cycles"], report["bound_cycles"]
    if cycles:
        times = f"{cycles / max(bound, 1):.2f} x the bound"
        grid.add("cycles", f"{_latency(report, report['cycles_kind'])}, {times}")
    grid.add("" if cycles else "cycles", _latency(report, "modelled", "_estimate"))
    if report["features"]:
        other = report["features"]["cycles_estimate_compiled_in"]
        share = report["cycles_estimate"] / max(other, 1)
        grid.add("", f"{share:.2f} x the {other:,} modelled with the features compiled in")
    grid.add(
        "bound", f"{bound:,}, {report['bound_microseconds']:,.1f} us ({report['bound_cause']})"
    )
    traffic = report["bytes"]
    grid.add(
        "bytes",
        f"{traffic['program']:,} program, {traffic['read']:,} read, {traffic['written']:,} written",
    )
    for kind, words, style in _sentences(report):
        grid.add(kind, Text(printable(words), style))
    parts: list[RenderableType] = [grid.table, Text(), split_table(report["split"])]
    if report["layer_errors"]:
        parts += [Text(), layer_table(report["layer_errors"], report["agreement"])]
    if report["engines"]:
        parts += [Text(), engine_table(report["engines"], cycles)]
    if report["baselines"]:
        parts += [Text(), baseline_table(report["baselines"])]
    return Group(*parts)


def _latency(report: Mapping[str, Any], kind: str, suffix: str = "") -> str:
    numbers = ("cycles", "microseconds", "nodes_per_second")
    return str(Latency(kind=kind, **{name: report[name + suffix] for name in numbers}))


def _add_agreement(grid: _Grid, report: Mapping[str, Any]) -> None:
    if report["quantisation"]:
        grid.add("ranges", quantisation_text(report["quantisation"]))
    if report["agreement"]:
        grid.add("agreement", agreement_text(report["agreement"]))
    if report["saturated_features"]:
        grid.add("", f"{report['saturated_features']:,} features beyond the scale, cut to it")


def _sentences(report: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    warnings = [("warning", words, "yellow") for words in report["warnings"]]
    return warnings + [("note", words, "") for words in report["notes"]]
