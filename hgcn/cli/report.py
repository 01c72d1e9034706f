# SPDX-License-Identifier: Apache-2.0
"""`hgcn report`: a run as one page of HTML."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from hgcn.arch.presets import DEFAULT_DEVICE
from hgcn.cli import options
from hgcn.cli.app import app
from hgcn.cli.compiled_run import Compiling, compiled_run
from hgcn.cli.options import backend_options
from hgcn.cli.run_program import given_options, run_program
from hgcn.errors import BackendError
from hgcn.execution.backend import backend as find_backend
from hgcn.execution.backend import check_options
from hgcn.files import check_writable
from hgcn.isa.image_file import is_program
from hgcn.model.quantisation import AUTO, check_quantisation
from hgcn.ordering.registry import DEFAULT_ORDERING, ORDERINGS
from hgcn.printable import printable_path
from hgcn.program.page import write_page
from hgcn.program.program import Program
from hgcn.report.page.saved_run import read_run

_OF_A_PAGE = {"target", "output", "quiet"}
"""Parameters that say something of a page of a run that is over."""


@app.command()
def report(
    context: typer.Context,
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="A data set's name or a graph file as for `hgcn run`, a program (.hgcn), or what "
            "`hgcn run --json` has written (.json).",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The page; a file that is there is replaced."
        ),
    ] = Path("report.html"),
    backend: options.BackendOption = "emulate",
    device: options.DeviceOption = DEFAULT_DEVICE,
    ordering: Annotated[
        str, typer.Option("--ordering", help=f"Node ordering: {', '.join(ORDERINGS)}.")
    ] = DEFAULT_ORDERING,
    policy: options.PolicyOption = "balanced",
    features: options.FeaturesOption = "program",
    quantisation: options.QuantisationOption = AUTO,
    model: options.ModelOption = None,
    trained_with: options.TrainedWithOption = None,
    random_weights: options.RandomWeightsOption = None,
    hidden: options.HiddenOption = 16,
    depth: options.DepthOption = 2,
    random_features: options.RandomFeaturesOption = None,
    baseline: options.BaselineOption = False,
    quiet: options.QuietOption = False,
    virtual_board: options.VirtualBoardOption = False,
    option: options.BackendOptionsOption = None,
) -> None:
    """Run TARGET and write one page of HTML about it, which needs nothing beside itself.

    Result and time with the kind of each number, pictures with their numbers in tables, what the
    integers cost, every parameter, and what is missing with the command that gives it. The same
    command gives the same page.

    [bold]hgcn report digits -o report.html[/]: nothing to install or download.

    [bold]hgcn report digits --backend rtl[/]: and cycles of the RTL, with each engine's stalls.

    [bold]hgcn report digits-tiny.hgcn[/]: of a program; [bold]hgcn report a.json[/]: of a run that
    is over.
    """
    check_quantisation(quantisation)
    check_writable(output, BackendError)
    extra = backend_options(option, virtual_board=virtual_board)
    check_options(find_backend(backend), extra)
    program: Program | None = None
    if Path(target).suffix == ".json":
        _refuse_options(context, target)
        run: dict[str, Any] = read_run(Path(target))
    elif is_program(target):
        program, _, run = run_program(context, Path(target), backend, extra)
    else:
        program, _, run = compiled_run(
            target,
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
    command = shlex.join(["hgcn", *sys.argv[1:]])
    write_page(output, run, program=program, command=command)
    if not quiet:
        typer.echo(f"wrote {printable_path(output)}, {output.stat().st_size:,} bytes")
    if run["bit_exact"] is False:
        raise BackendError(f"{run['backend']} differs from the reference arithmetic")


def _refuse_options(context: typer.Context, target: str) -> None:
    given = given_options(context)
    if strange := [option for name, option in given.items() if name not in _OF_A_PAGE]:
        raise BackendError(
            f"{printable_path(target)} is of a run that is over: leave out {', '.join(strange)}, "
            "or report on its graph"
        )
