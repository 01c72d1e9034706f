# SPDX-License-Identifier: Apache-2.0
"""`hgcn run`: graph to predictions on a backend."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

import hgcn.api
from hgcn.arch.presets import DEFAULT_DEVICE
from hgcn.arch.resolve import resolve_device
from hgcn.baseline import Baseline, measure_baselines
from hgcn.cli import options
from hgcn.cli.app import app
from hgcn.cli.inputs import open_graph, open_model
from hgcn.cli.output import STANDARD_OUTPUT, check_json_path, console, warn, write_json
from hgcn.cli.progress import progress_bar
from hgcn.cli.run_program import run_program
from hgcn.errors import BackendError
from hgcn.execution.backend import available, check_options
from hgcn.execution.backend import backend as find_backend
from hgcn.execution.result import Result
from hgcn.graph.graph import Graph
from hgcn.isa.image_file import is_program
from hgcn.model.model import Model
from hgcn.model.quantisation import AUTO, check_quantisation
from hgcn.model.quantise import quantise
from hgcn.ordering.registry import DEFAULT_ORDERING
from hgcn.printable import printable_path
from hgcn.program.program import Program
from hgcn.report.inference import inference_report, run_time_features
from hgcn.report.predictions import check_predictions_path, save_predictions
from hgcn.report.text import run_text


@app.command()
def run(
    context: typer.Context,
    graph: options.GraphOrProgramArgument,
    backend: Annotated[
        str,
        typer.Option(
            "--backend",
            "-b",
            help=f"Where to run: {', '.join(available())}. All give the same bits; those with a "
            "clock count cycles. hgcn doctor says what each is.",
        ),
    ] = "emulate",
    device: options.DeviceOption = DEFAULT_DEVICE,
    ordering: options.OrderingOption = DEFAULT_ORDERING,
    policy: options.PolicyOption = "balanced",
    features: options.FeaturesOption = "program",
    quantisation: options.QuantisationOption = AUTO,
    model: options.ModelOption = None,
    trained_with: options.TrainedWithOption = None,
    random_weights: options.RandomWeightsOption = None,
    hidden: options.HiddenOption = 16,
    depth: options.DepthOption = 2,
    random_features: options.RandomFeaturesOption = None,
    json_path: options.JsonOption = None,
    output: options.OutputOption = None,
    baseline: Annotated[
        bool,
        typer.Option(
            "--baseline",
            help="Time the same network on this machine's processor too: SciPy in integers and "
            "floats, and PyTorch where it is installed.",
        ),
    ] = False,
    quiet: options.QuietOption = False,
    virtual_board: Annotated[
        bool,
        typer.Option(
            "--virtual-board",
            help="Simulate the board's accelerator: short for --option virtual_board=true, of "
            "backends that run on boards.",
        ),
    ] = False,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            metavar="KEY=VALUE",
            help="A backend's own option, such as latency_cycles=80; may be repeated. A wrong one "
            "makes the backend list its own.",
        ),
    ] = None,
) -> None:
    """Classify the nodes of GRAPH: compile, run, compare with the reference arithmetic, report.

    Exit status 1 if the result differs from the reference arithmetic in a single bit.

    [bold]hgcn run digits[/]: emulated, nothing to install or download.

    [bold]hgcn run cora --backend rtl --json cora.json[/]: the RTL, cycle by cycle.

    [bold]hgcn run digits --output predictions.csv --quiet[/]: predictions alone.

    [bold]hgcn run digits --baseline[/]: and the time of SciPy on this machine.

    [bold]hgcn run digits --features input[/]: features read at run time, and what that costs.

    [bold]hgcn run roads.mtx --random-features 32 --random-weights 0[/]: any graph.

    [bold]hgcn run digits-tiny.hgcn[/]: a program that `hgcn compile` has written, on its device.
    """
    extra = dict(_option(text) for text in option or [])
    if virtual_board:
        extra["virtual_board"] = True
    # Whatever can be refused at once is refused before minutes of loading and mapping.
    check_quantisation(quantisation)
    check_json_path(json_path)
    if output is not None:
        check_predictions_path(output)
    check_options(find_backend(backend), extra)
    if is_program(graph):
        result, report = run_program(context, Path(graph), backend, extra)
        _finish(report, result, json_path, output, quiet=quiet)
        return
    target = resolve_device(device)
    with progress_bar(quiet=quiet) as progress:
        start = time.perf_counter()
        data = open_graph(graph, random_features)
        network = open_model(data, model, random_weights, hidden, depth, trained_with)
        load_seconds = time.perf_counter() - start

        def compiled(source: str) -> Program:
            return hgcn.api.compile(
                network,
                data,
                device=target,
                ordering=ordering,
                policy=policy,
                features=source,
                quantisation=quantisation,
                progress=progress,
            )

        program = compiled(features)
        read = None
        if program.input_bytes:
            read = run_time_features(
                program.metadata,
                input_bytes=program.input_bytes,
                compiled_in=compiled("program").estimate(),
            )
        result = program.run(backend, progress=progress, **extra)
        baselines = _baselines(network, data, program) if baseline else []
    report = inference_report(
        program.metadata,
        result,
        graph=data,
        float_logits=network.forward(data),
        device=program.device,
        estimate=program.estimate(),
        bound=program.bound,
        seconds={"load": load_seconds, **program.seconds},
        features=read,
        baselines=baselines,
    )
    _finish(report, result, json_path, output, quiet=quiet)


def _baselines(network: Model, data: Graph, program: Program) -> list[Baseline]:
    """Measure with the very integers of the program."""
    used = program.metadata["quantisation"]["used"]
    scale = program.feature_scale
    integers = quantise(network, data, quantisation=used, feature_scale=scale)
    return list(measure_baselines(integers))


def _finish(
    report: dict[str, Any],
    result: Result,
    json_path: Path | None,
    output: Path | None,
    *,
    quiet: bool,
) -> None:
    write_json(report, json_path)
    shown = json_path != STANDARD_OUTPUT and not quiet
    if shown:
        console().print(run_text(report))
    else:
        warn(result.warnings)
    if not result.bit_exact:
        raise BackendError(f"{result.backend} differs from the reference arithmetic")
    # Not before: wrong predictions are of use to nobody.
    if output is not None:
        save_predictions(result, output)
        if shown:
            typer.echo(f"wrote {printable_path(output)}, {len(result.logits):,} nodes")


def _option(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key.isidentifier():
        raise BackendError(f"--option must be KEY=VALUE, got {text!r}")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value
