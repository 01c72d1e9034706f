# SPDX-License-Identifier: Apache-2.0
"""Arguments several commands share."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from hgcn.arch.presets import names
from hgcn.arch.resolve import DEVICE_HELP
from hgcn.errors import BackendError
from hgcn.execution.backend import available
from hgcn.model.header import USUAL
from hgcn.model.quantisation import QUANTISATION_HELP
from hgcn.ordering.registry import ORDERINGS

GraphArgument = Annotated[
    str,
    typer.Argument(
        metavar="GRAPH",
        help="A data set's name (see `hgcn datasets`) or a file: .npz, .mtx (MatrixMarket), "
        ".graph (METIS), or an edge list (.txt, .csv, .tsv, .edges).",
        show_default=False,
    ),
]
GraphOrProgramArgument = Annotated[
    str,
    typer.Argument(
        metavar="GRAPH",
        help="A data set's name (see `hgcn datasets`) or a file: a graph as for `hgcn compile`, or "
        "a program that it has written (.hgcn).",
        show_default=False,
    ),
]
DeviceOption = Annotated[
    str,
    typer.Option("--device", "-d", help=f"{DEVICE_HELP} Presets: {', '.join(names())}."),
]
OrderingOption = Annotated[
    str,
    typer.Option(
        "--ordering",
        "-o",
        help=f"Node ordering: {', '.join(ORDERINGS)}. It changes cycles, never the result.",
    ),
]
PolicyOption = Annotated[
    str,
    typer.Option(
        "--policy",
        "-p",
        help="Split: balanced (smallest makespan), threshold:C (columns of a row block with C or "
        "more nonzeros to the AI Engine array), pl-only, aie-only.",
    ),
]
FeaturesOption = Annotated[
    str,
    typer.Option(
        "--features",
        help="Where the features are: program (compiled in; their zeros cost nothing) or input "
        "(handed in at each run as a dense matrix, without compiling again).",
    ),
]
QuantisationOption = Annotated[
    str, typer.Option("--quantisation", help=f"Where int8 ranges end: {QUANTISATION_HELP}.")
]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        "-m",
        help="Weights (safetensors), or cora-sage and the like; needed where no model is shipped.",
    ),
]
TrainedWithOption = Annotated[
    str | None,
    typer.Option(
        "--trained-with",
        metavar="TEXT",
        help=f"How weights from elsewhere are to be used, which their file does not say: {USUAL} "
        "is what PyTorch Geometric's GCNConv does unless told otherwise.",
    ),
]
RandomWeightsOption = Annotated[
    int | None,
    typer.Option(
        "--random-weights",
        metavar="SEED",
        min=0,
        help="Random weights instead of a model: for cycles, not for accuracy.",
    ),
]
HiddenOption = Annotated[int, typer.Option(help="Hidden width of the random weights.", min=1)]
DepthOption = Annotated[int, typer.Option(help="Layers of the random weights.", min=1)]
RandomFeaturesOption = Annotated[
    int | None,
    typer.Option(
        "--random-features",
        metavar="WIDTH",
        help="Random features of this width, for a graph without any.",
        min=1,
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="FILE",
        help="Write the predictions here: .csv (node, class, probability) or .npz (logits, "
        "classes, probabilities). A file that is there is replaced.",
    ),
]
QuietOption = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Print warnings and errors alone, and no progress."),
]
JsonOption = Annotated[
    Path | None,
    typer.Option("--json", help="Write the report here as JSON ('-': to standard output, alone)."),
]
BackendOption = Annotated[
    str,
    typer.Option(
        "--backend",
        "-b",
        help=f"Where to run: {', '.join(available())}. All give the same bits; those with a "
        "clock count cycles. hgcn doctor says what each is.",
    ),
]
BaselineOption = Annotated[
    bool,
    typer.Option(
        "--baseline",
        help="Time the same network on this machine's processor too: SciPy in integers and "
        "floats, and PyTorch where it is installed.",
    ),
]
VirtualBoardOption = Annotated[
    bool,
    typer.Option(
        "--virtual-board",
        help="Simulate the board's accelerator: short for --option virtual_board=true, of "
        "backends that run on boards.",
    ),
]
BackendOptionsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        metavar="KEY=VALUE",
        help="A backend's own option, such as latency_cycles=80; may be repeated. A wrong one "
        "makes the backend list its own.",
    ),
]


def backend_options(given: Iterable[str] | None, *, virtual_board: bool) -> dict[str, Any]:
    """Return a backend's own options from the words of a command.

    Raises
    ------
    BackendError
        Naming the word that is no KEY=VALUE.
    """
    found = dict(_option(text) for text in given or [])
    return found | ({"virtual_board": True} if virtual_board else {})


def _option(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key.isidentifier():
        raise BackendError(f"--option must be KEY=VALUE, got {text!r}")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value
