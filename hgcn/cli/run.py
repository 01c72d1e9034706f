# SPDX-License-Identifier: Apache-2.0
"""`hgcn run`: graph to predictions on a backend."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

import hgcn.api
from hgcn.cli import options
from hgcn.cli.app import app
from hgcn.cli.inputs import open_graph, open_model
from hgcn.cli.progress import progress_bar
from hgcn.errors import BackendError
from hgcn.execution.backend import available
from hgcn.ordering.registry import DEFAULT_ORDERING
from hgcn.report.inference import inference_report
from hgcn.report.text import run_text


@app.command()
def run(
    graph: options.GraphArgument,
    backend: Annotated[
        str, typer.Option("--backend", "-b", help=f"Where to run: {', '.join(available())}.")
    ] = "emulate",
    device: options.DeviceOption = "tiny",
    ordering: options.OrderingOption = DEFAULT_ORDERING,
    policy: options.PolicyOption = "balanced",
    model: options.ModelOption = None,
    random_weights: options.RandomWeightsOption = None,
    hidden: options.HiddenOption = 16,
    depth: options.DepthOption = 2,
    random_features: options.RandomFeaturesOption = None,
    json_path: options.JsonOption = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            metavar="KEY=VALUE",
            help="A backend's own option, e.g. latency_cycles=80 for rtl.",
        ),
    ] = None,
) -> None:
    """Classify the nodes of GRAPH: compile, run, compare with the reference arithmetic, report."""
    extra = dict(_option(text) for text in option or [])
    with progress_bar() as progress:
        start = time.perf_counter()
        data = open_graph(graph, random_features)
        network = open_model(data, model, random_weights, hidden, depth)
        load_seconds = time.perf_counter() - start
        program = hgcn.api.compile(
            network, data, device=device, ordering=ordering, policy=policy, progress=progress
        )
        result = program.run(backend, progress=progress, **extra)
    report = inference_report(
        program.metadata,
        data,
        network.forward(data),
        result,
        program.estimate(),
        program.bound,
        load_seconds,
    )
    write_json(report, json_path)
    if json_path != Path("-"):
        Console().print(run_text(report))
    if not result.bit_exact:
        raise BackendError(f"{backend} differs from the reference arithmetic")


def write_json(report: dict[str, Any], path: Path | None) -> None:
    """Write ``report`` to ``path`` whole or not at all, or to standard output for '-'."""
    if path is None:
        return
    text = json.dumps(report, indent=2) + "\n"
    if path == Path("-"):
        sys.stdout.write(text)
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_text(text)
        os.replace(partial, path)
    except OSError as fault:
        raise BackendError(f"cannot write {path}: {fault.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)


def _option(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals:
        raise BackendError(f"--option must be KEY=VALUE, got {text!r}")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value
