# SPDX-License-Identifier: Apache-2.0
"""Arguments several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hgcn.arch.presets import names
from hgcn.arch.resolve import DEVICE_HELP
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
    typer.Option("--model", "-m", help="Weights (safetensors); needed where no model is shipped."),
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
