# SPDX-License-Identifier: Apache-2.0
"""What a program's run has to say: as a report, and as a page of HTML."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from hgcn.arguments import as_path
from hgcn.baseline import Baseline
from hgcn.errors import BackendError
from hgcn.execution.result import Result
from hgcn.files import write_whole
from hgcn.graph.graph import Graph
from hgcn.model.layer_errors import layer_errors
from hgcn.model.model import Model
from hgcn.model.quantisation import parse_quantisation
from hgcn.program.program import Program
from hgcn.report.inference import inference_report
from hgcn.report.page.document import document
from hgcn.report.page.subject import Built, Subject


def run_report(
    program: Program,
    result: Result,
    *,
    seconds: Mapping[str, float],
    model: Model | None = None,
    graph: Graph | None = None,
    features: Mapping[str, Any] | None = None,
    baselines: Iterable[Baseline] = (),
) -> dict[str, Any]:
    """Return the report of a run, `hgcn.report.inference.inference_report`.

    Parameters
    ----------
    program : Program
    result : Result
        Of a run of it.
    seconds : mapping
        Wall clock of loading and of each stage of the compilation.
    model, graph : optional
        What the program was compiled from: without both there is no accuracy, and no error of
        layers.
    features, baselines : optional
        See `hgcn.report.inference.inference_report`.
    """
    logits, errors = None, []
    if model is not None and graph is not None:
        logits = model.forward(graph)
        used = parse_quantisation(program.metadata["quantisation"]["used"])
        errors = list(layer_errors(model, graph, used, program.feature_scale))
    return inference_report(
        program.metadata,
        result,
        graph=graph,
        float_logits=logits,
        device=program.device,
        estimate=program.estimate(),
        bound=program.bound,
        seconds=seconds,
        features=features,
        baselines=baselines,
        layer_errors=errors,
    )


def write_page(
    path: str | os.PathLike[str],
    run: Mapping[str, Any],
    *,
    program: Program | None,
    command: str,
) -> Path:
    """Write a run as one page of HTML, whole or not at all; a file that is there is replaced.

    Parameters
    ----------
    path : path
    run : mapping
        What `run_report` gives.
    program : Program or None
        None where only the run is known.
    command : str
        What makes the same page again.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    BackendError
        If the file cannot be written.
    """
    built = None
    if program is not None:
        built = Built(
            image=program.image,
            device=program.device,
            workload=program.workload,
            rows=program.rows,
            splits=program.splits,
            mappings=program.mappings,
        )
    page = document(
        Subject(
            command=command,
            run=run,
            program=built,
            versions={
                "hgcn": version("hgcn"),
                "Python": platform.python_version(),
                "NumPy": np.__version__,
            },
        )
    )
    file = as_path(path, "path")
    write_whole(file, page.encode(), BackendError)
    return file
