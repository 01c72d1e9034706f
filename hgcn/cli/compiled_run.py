# SPDX-License-Identifier: Apache-2.0
"""From a graph's name to a result and its report: what `hgcn run` and `hgcn report` share."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hgcn.api
from hgcn.arch.resolve import resolve_device
from hgcn.baseline import Baseline, measure_baselines
from hgcn.cli.inputs import open_graph, open_model
from hgcn.cli.progress import progress_bar
from hgcn.execution.result import Result
from hgcn.graph.graph import Graph
from hgcn.model.model import Model
from hgcn.model.quantise import quantise
from hgcn.program.page import run_report
from hgcn.program.program import Program
from hgcn.report.inference import run_time_features


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiling:
    """The options of a command that compile, as they were given."""

    device: str
    ordering: str
    policy: str
    features: str
    quantisation: str
    model: Path | None
    trained_with: str | None
    random_weights: int | None
    hidden: int
    depth: int
    random_features: int | None


def compiled_run(
    graph: str,
    backend: str,
    extra: Mapping[str, Any],
    how: Compiling,
    *,
    baseline: bool = False,
    quiet: bool = False,
) -> tuple[Program, Result, dict[str, Any]]:
    """Load, compile and run; return the program, what it gave and the report of it.

    Raises
    ------
    HgcnError
        See `hgcn.api.compile` and `Program.run`.
    """
    target = resolve_device(how.device)
    with progress_bar(quiet=quiet) as progress:
        start = time.perf_counter()
        data = open_graph(graph, how.random_features)
        network = open_model(
            data, how.model, how.random_weights, how.hidden, how.depth, how.trained_with
        )
        load_seconds = time.perf_counter() - start

        def compiled(source: str) -> Program:
            return hgcn.api.compile(
                network,
                data,
                device=target,
                ordering=how.ordering,
                policy=how.policy,
                features=source,
                quantisation=how.quantisation,
                progress=progress,
            )

        program = compiled(how.features)
        read = None
        if program.input_bytes:
            read = run_time_features(
                program.metadata,
                input_bytes=program.input_bytes,
                compiled_in=compiled("program").estimate(),
            )
        result = program.run(backend, progress=progress, **extra)
        baselines = _baselines(network, data, program) if baseline else []
    report = run_report(
        program,
        result,
        seconds={"load": load_seconds, **program.seconds},
        model=network,
        graph=data,
        features=read,
        baselines=baselines,
    )
    return program, result, report


def _baselines(network: Model, data: Graph, program: Program) -> list[Baseline]:
    """Measure with the very integers of the program."""
    used = program.metadata["quantisation"]["used"]
    scale = program.feature_scale
    integers = quantise(network, data, quantisation=used, feature_scale=scale)
    return list(measure_baselines(integers))
