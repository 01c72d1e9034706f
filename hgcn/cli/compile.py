# SPDX-License-Identifier: Apache-2.0
"""`hgcn compile`: a program as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import hgcn.api
from hgcn.arch.presets import DEFAULT_DEVICE
from hgcn.arch.resolve import resolve_device
from hgcn.checking.validate import validate
from hgcn.cli import options
from hgcn.cli.app import app
from hgcn.cli.inputs import open_graph, open_model
from hgcn.cli.output import STANDARD_OUTPUT, check_json_path, warn, write_json
from hgcn.cli.progress import progress_bar
from hgcn.cli.stage_clock import StageClock
from hgcn.errors import ProgramError
from hgcn.files import check_writable, file_stem
from hgcn.model.quantisation import AUTO, check_quantisation
from hgcn.ordering.registry import DEFAULT_ORDERING
from hgcn.report.modelled import modelled_facts
from hgcn.report.summary import program_summary


@app.command("compile")
def compile_command(
    graph: options.GraphArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", help="Program file; default GRAPH-DEVICE.hgcn.", show_default=False
        ),
    ] = None,
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
    quiet: options.QuietOption = False,
) -> None:
    """Compile a program for GRAPH and save it; print what it holds and what it should take.

    The same graph, model and options give the same file, byte for byte.

    [bold]hgcn compile digits --device vck190[/] writes digits-vck190.hgcn;
    [bold]hgcn run digits-vck190.hgcn[/] runs it, [bold]hgcn disasm digits-vck190.hgcn[/] prints
    its commands.

    [bold]hgcn compile digits --features input[/]: a program that any features of this shape can be
    handed to from Python, in the scale of this graph's.
    """
    check_json_path(json_path)
    check_quantisation(quantisation)
    target = resolve_device(device)
    if output is not None:
        check_writable(output, ProgramError)
    clock = StageClock()
    with progress_bar(quiet=quiet) as progress:
        data = open_graph(graph, random_features)
        # Named after the graph, whose name may come out of a file: never a path.
        file = output or Path(f"{file_stem(data.name)}-{target.name}.hgcn")
        check_writable(file, ProgramError)
        network = open_model(data, model, random_weights, hidden, depth, trained_with)
        clock.end("load")
        program = hgcn.api.compile(
            network,
            data,
            device=target,
            ordering=ordering,
            policy=policy,
            features=features,
            quantisation=quantisation,
            progress=progress,
        )
    clock.end("compile")
    validate(program.image, program.device)
    program.save(file)
    clock.end("save")
    estimate, bound = program.estimate(), program.bound
    clock.end("estimate")
    report = {
        **program.metadata,
        **modelled_facts(estimate, bound, data.num_nodes, target),
        "bytes": {"program": len(program.image), "input": program.input_bytes},
        "seconds": clock.within("compile", program.seconds),
    }
    write_json(report, json_path)
    if json_path != STANDARD_OUTPUT and not quiet:
        typer.echo(program_summary(program.metadata, program.device, estimate, bound))
        typer.echo(f"wrote {file}, {len(program.image):,} bytes")
    else:
        warn(program.warnings)
