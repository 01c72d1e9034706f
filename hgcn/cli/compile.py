# SPDX-License-Identifier: Apache-2.0
"""`hgcn compile` and `hgcn disasm`: programs as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import hgcn.api
from hgcn.cli import options
from hgcn.cli.app import app
from hgcn.cli.inputs import open_graph, open_model
from hgcn.cli.progress import progress_bar
from hgcn.cli.run import write_json
from hgcn.errors import ProgramError
from hgcn.ordering.registry import DEFAULT_ORDERING
from hgcn.program.disasm import disassemble
from hgcn.program.validate import validate


@app.command("compile")
def compile_command(
    graph: options.GraphArgument,
    output: Annotated[
        Path | None, typer.Option("--output", help="Program file; default GRAPH-DEVICE.hgcn.")
    ] = None,
    device: options.DeviceOption = "vck190",
    ordering: options.OrderingOption = DEFAULT_ORDERING,
    policy: options.PolicyOption = "balanced",
    model: options.ModelOption = None,
    random_weights: options.RandomWeightsOption = None,
    hidden: options.HiddenOption = 16,
    depth: options.DepthOption = 2,
    random_features: options.RandomFeaturesOption = None,
    json_path: options.JsonOption = None,
) -> None:
    """Compile a program for GRAPH and save it; print what it holds and what it should take."""
    with progress_bar() as progress:
        data = open_graph(graph, random_features)
        network = open_model(data, model, random_weights, hidden, depth)
        program = hgcn.api.compile(
            network, data, device=device, ordering=ordering, policy=policy, progress=progress
        )
    validate(program.image, program.device)
    target = output or Path(f"{data.name}-{device}.hgcn")
    program.save(target)
    write_json(program.metadata, json_path)
    if json_path != Path("-"):
        typer.echo(program.summary())
        typer.echo(f"wrote {target}, {len(program.image):,} bytes")


@app.command()
def disasm(
    program: Annotated[Path, typer.Argument(help="A program file.", show_default=False)],
) -> None:
    """Print the header and every command of a program."""
    try:
        image = program.read_bytes()
    except OSError as fault:
        raise ProgramError(f"cannot read program {program}: {fault.strerror}") from None
    for line in disassemble(image):
        typer.echo(line)
