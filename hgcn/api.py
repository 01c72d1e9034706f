# SPDX-License-Identifier: Apache-2.0
"""The public way through: compile a model for a graph and a device, run it, look at it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from hgcn.arch.presets import DEFAULT_DEVICE
from hgcn.arch.resolve import DeviceLike, resolve_device
from hgcn.arguments import as_progress
from hgcn.choice.choose import choose
from hgcn.errors import require
from hgcn.execution.result import Result
from hgcn.graph.graph import Graph
from hgcn.isa.input_layout import InputLayout
from hgcn.lowering.lower import lower
from hgcn.mapping.map import map_operand
from hgcn.mapping.mapped import Mapping as Mapped
from hgcn.model.choose import quantise_measured
from hgcn.model.handed_in import Source
from hgcn.model.kinds import require_model_and_graph
from hgcn.model.model import Model
from hgcn.model.quantisation import AUTO, Quantisation
from hgcn.ordering.network import order_network_columns, permute_network
from hgcn.ordering.registry import DEFAULT_ORDERING, order_graph
from hgcn.partition.policy import Policy, parse_policy
from hgcn.program.program import Program, Progress
from hgcn.report.facts import program_facts

__all__ = ["FEATURE_SOURCES", "Program", "Progress", "compile", "run"]

FEATURE_SOURCES = ("program", "input")
"""Where a program's features are: compiled into its streams, or handed in when it runs."""

_STAGES = ("quantise", "order", "split", "map", "encode")


def compile(
    model: Model,
    graph: Graph,
    *,
    device: DeviceLike = DEFAULT_DEVICE,
    ordering: str = DEFAULT_ORDERING,
    policy: str | Policy = "balanced",
    features: str = "program",
    quantisation: str | Quantisation = AUTO,
    progress: Progress | None = None,
) -> Program:
    """Compile a model for a graph and a device.

    Parameters
    ----------
    model : Model
    graph : Graph
        With features as wide as the model's first layer.
    device : str, path or Device
        A preset's name, the path of a device file, or a device.
    ordering : str
        Node ordering; see `hgcn.ordering`.
    policy : str or Policy
        ``balanced``, ``threshold:<count>``, ``pl-only`` or ``aie-only``.
    features : str
        ``program``: the graph's features become part of the program, and their zeros cost nothing.
        ``input``: features are handed in at each run (`Program.run`) as a dense matrix, in the
        scale of this graph's; to be had without compiling again.
    quantisation : str or Quantisation
        Where the ranges of int8 end: ``auto``, ``max``, ``percentile:<p>``, ``limit:<times>``,
        ``degree``; see docs/quantisation.md. ``auto`` is ``max``, unless fewer than 99 % of the
        nodes get the float model's class: then the best measured of the others. What was measured
        is in `Program.agreement`, what is wrong with it in `Program.warnings`.
    progress : callable, optional
        Called with (stage, done, total).

    Raises
    ------
    ModelError
        If the model does not fit the graph.
    CompileError
        If the device cannot compute it; the message says which limit is met.
    SpecError
        If an option has a value it cannot take.

    Examples
    --------
    >>> import hgcn
    >>> graph = hgcn.datasets.load("digits")
    >>> program = hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny")
    >>> result = program.run(backend="emulate")
    >>> result.bit_exact, result.logits.shape
    (True, (1797, 10))
    """
    require_model_and_graph(model, graph)
    known = isinstance(features, str) and features in FEATURE_SOURCES
    require(known, "features", features, "'program' or 'input'")
    as_progress(progress)
    target = resolve_device(device)
    chosen = policy if isinstance(policy, Policy) else parse_policy(policy)
    seconds: dict[str, float] = {}
    with _stage("quantise", seconds, progress):
        quantised = quantise_measured(model, graph, quantisation, at_run_time=features == "input")
        network, scale = quantised.network, quantised.feature_scale
    with _stage("order", seconds, progress):
        rows = order_graph(network.structure, ordering).rows
        placed = permute_network(network, rows, order_network_columns(network))
    layouts = {
        name: InputLayout.for_device(*operand.shape, target)
        for name, operand in placed.operands.items()
        if name == network.handed_in
    }
    with _stage("split", seconds, progress):
        choice = choose(placed, layouts, target, chosen)
    mappings: dict[str, Mapped] = {}
    with _stage("map", seconds, progress):
        for name, made in choice.splits.items():
            mappings[name] = map_operand(made, target)
    with _stage("encode", seconds, progress):
        metadata = program_facts(
            graph,
            quantised,
            target,
            ordering=ordering,
            policy=str(chosen),
            choice=choice,
            mappings=mappings,
        )
        arrays: dict[str, NDArray[Any]] = {"rows": rows}
        if network.logit_rows is not None:
            arrays["logit_rows"] = network.logit_rows
        builder, scratch, output = lower(placed, {**mappings, **layouts}, target)
        image = builder.finish(
            device_hash=target.hash,
            graph_hash=graph.digest(),
            model_hash=network.digest(),
            scratch_lines=scratch,
            output_lines=output,
            input_lines=sum(layout.lines for layout in layouts.values()),
            metadata=metadata,
            arrays=arrays,
        )
        program = Program(
            logit_rows=network.logit_rows,
            image=image,
            device=target,
            metadata=metadata,
            rows=rows,
            splits=choice.splits,
            mappings=mappings,
            seconds=seconds,
        )
        if scale is not None:
            program = replace(
                program,
                source=Source(
                    model=model,
                    graph=graph,
                    network=network,
                    asked=quantised.asked,
                    quantisation=quantised.quantisation,
                ),
                features=program.pack_features(graph.features),
            )
    return program


def run(
    model: Model,
    graph: Graph,
    *,
    backend: str = "emulate",
    device: DeviceLike = DEFAULT_DEVICE,
    ordering: str = DEFAULT_ORDERING,
    policy: str | Policy = "balanced",
    features: str = "program",
    quantisation: str | Quantisation = AUTO,
    progress: Progress | None = None,
    **options: Any,
) -> Result:
    """Compile and run in one call.

    Parameters
    ----------
    model, graph, device, ordering, policy, features, quantisation
        See `compile`.
    backend, **options
        See `Program.run`.
    progress : callable, optional
        Called with (stage, done, total) by both.

    Examples
    --------
    >>> import hgcn
    >>> graph = hgcn.datasets.load("digits")
    >>> hgcn.run(hgcn.GCN.load("digits"), graph, policy="pl-only").bit_exact
    True
    """
    program = compile(
        model,
        graph,
        device=device,
        ordering=ordering,
        policy=policy,
        features=features,
        quantisation=quantisation,
        progress=progress,
    )
    return program.run(backend, progress=progress, **options)


@contextmanager
def _stage(name: str, seconds: dict[str, float], progress: Progress | None) -> Iterator[None]:
    """Time a stage of `compile` and tell that it is done."""
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start
    if progress is not None:
        progress(name, _STAGES.index(name) + 1, len(_STAGES))
