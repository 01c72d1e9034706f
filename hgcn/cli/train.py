# SPDX-License-Identifier: Apache-2.0
"""`hgcn train`: weights from a graph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hgcn import datasets
from hgcn.cli import options
from hgcn.cli.app import app
from hgcn.cli.output import warn
from hgcn.cli.progress import progress_bar
from hgcn.errors import ModelError
from hgcn.files import check_writable, file_stem
from hgcn.model.choose import quantise_measured
from hgcn.model.metrics import accuracy, labelled
from hgcn.model.model import Model
from hgcn.model.train import reproduce
from hgcn.model.train import train as fit
from hgcn.model.weights_file import SHIPPED


@app.command()
def train(
    graph: options.GraphArgument,
    output: Annotated[
        Path | None, typer.Option("--output", help="Weights file; default GRAPH.safetensors.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="gcn (the default), sage (without root weight) or gin."),
    ] = None,
    hidden: Annotated[int | None, typer.Option(help="Hidden width.", min=1)] = None,
    depth: Annotated[int | None, typer.Option(help="Layers.", min=1)] = None,
    epochs: Annotated[int | None, typer.Option(help="Epochs.", min=1)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of weights and dropout.")] = None,
    quiet: options.QuietOption = False,
) -> None:
    """Train a model on GRAPH with PyTorch. For a shipped model, without options: its very recipe.

    [bold]hgcn train cora --hidden 64 --output wide.safetensors[/], then
    [bold]hgcn run cora --model wide.safetensors[/].
    """
    if output is not None:
        check_writable(output, ModelError)
    data = datasets.load(graph)
    if data.labels is None or data.test_mask is None:
        raise ModelError(f"{data.name} has no labels to train on")
    target = output or Path(f"{file_stem(data.name)}.safetensors")
    check_writable(target, ModelError)
    given: dict[str, int | str | None] = {
        "kind": model,
        "hidden": hidden,
        "layers": depth,
        "epochs": epochs,
        "seed": seed,
    }
    chosen: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    with progress_bar(quiet=quiet) as bar:

        def progress(done: int, total: int) -> None:
            bar("Train", done, total)

        if data.name in SHIPPED and not chosen:
            made: Model = reproduce(data, progress=progress)
        else:
            made = fit(data, progress=progress, **chosen)
    made.save(target)
    say = _nothing if quiet else typer.echo
    if not labelled(data.labels, data.test_mask).any():
        say(f"no labelled test node, so no test accuracy; wrote {target}")
        return
    exact = accuracy(made.forward(data), data.labels, data.test_mask)
    quantised = quantise_measured(made, data)
    integer = accuracy(quantised.integer_logits, data.labels, data.test_mask)
    say(f"test accuracy {exact:.1%} in float, {integer:.1%} in int8; wrote {target}")
    warn(quantised.warnings)


def _nothing(_: str) -> None:
    """Say nothing."""
