# SPDX-License-Identifier: Apache-2.0
"""`hgcn run`: graph to predictions on a backend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from hgcn.arch.presets import DEFAULT_DEVICE
from hgcn.cli import options
from hgcn.cli.app import app
from hgcn.cli.compiled_run import Compiling, compiled_run
from hgcn.cli.options import backend_options
from hgcn.cli.output import STANDARD_OUTPUT, check_json_path, console, warn, write_json
from hgcn.cli.run_program import run_program
from hgcn.errors import BackendError
from hgcn.execution.backend import backend as find_backend
from hgcn.execution.backend import check_options
from hgcn.execution.result import Result
from hgcn.isa.image_file import is_program
from hgcn.model.quantisation import AUTO, check_quantisation
from hgcn.ordering.registry import DEFAULT_ORDERING
from hgcn.printable import printable_path
from hgcn.report.predictions import check_predictions_path, save_predictions
from hgcn.report.text import run_text


@app.command()
def run(
    context: typer.Context,
    graph: options.GraphOrProgramArgument,
    backend: options.BackendOption = "emulate",
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
    baseline: options.BaselineOption = False,
    quiet: options.QuietOption = False,
    virtual_board: options.VirtualBoardOption = False,
    option: options.BackendOptionsOption = None,
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
    extra = backend_options(option, virtual_board=virtual_board)
    # Whatever can be refused at once is refused before minutes of loading and mapping.
    check_quantisation(quantisation)
    check_json_path(json_path)
    if output is not None:
        check_predictions_path(output)
    check_options(find_backend(backend), extra)
    if is_program(graph):
        _, result, report = run_program(context, Path(graph), backend, extra)
        _finish(report, result, json_path, output, quiet=quiet)
        return
    _, result, report = compiled_run(
        graph,
        backend,
        extra,
        Compiling(
            device=device,
            ordering=ordering,
            policy=policy,
            features=features,
            quantisation=quantisation,
            model=model,
            trained_with=trained_with,
            random_weights=random_weights,
            hidden=hidden,
            depth=depth,
            random_features=random_features,
        ),
        baseline=baseline,
        quiet=quiet,
    )
    _finish(report, result, json_path, output, quiet=quiet)


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
