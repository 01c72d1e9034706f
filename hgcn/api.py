# SPDX-License-Identifier: Apache-2.0
"""The public way through: compile a model for a graph and a device, run it, look at it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.arch.presets import device as preset
from hgcn.cycles.bound import Bound, Workload, lower_bound
from hgcn.cycles.cost import window_cost
from hgcn.cycles.estimate import Estimate
from hgcn.cycles.estimate import estimate as estimate_image
from hgcn.errors import ProgramError, SpecError
from hgcn.execution.backend import Execution, RunOptions
from hgcn.execution.backend import backend as find_backend
from hgcn.execution.result import Result, digest_logits
from hgcn.files import write_whole
from hgcn.graph.graph import Graph
from hgcn.mapping.map import map_operand
from hgcn.mapping.mapped import Mapping as Mapped
from hgcn.model.gcn import GCN
from hgcn.model.quantise import quantise
from hgcn.ordering.columns import order_columns_by_count
from hgcn.ordering.network import permute_network
from hgcn.ordering.registry import DEFAULT_ORDERING, order_graph
from hgcn.partition.policy import Policy, parse_policy
from hgcn.partition.split import Grid, Split
from hgcn.partition.splitter import split
from hgcn.program.image import check_crc, read_header, read_metadata
from hgcn.program.lower import lower
from hgcn.program.output import read_output
from hgcn.program.validate import validate
from hgcn.report.facts import program_facts
from hgcn.report.summary import program_summary

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total)."""

_STAGES = ("quantise", "order", "split", "map", "encode")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """A compiled program: its image, and what the software knows of it.

    Attributes
    ----------
    image : bytes
        What the hardware reads (`docs/program-format.md`).
    device : Device
    metadata : dict
        Graph, model, split and mapping facts; the keys `hgcn compile --json` prints.
    rows : ndarray of int32, shape (n,)
        Node at each row of the processing order.
    splits, mappings : dict or None
        The artefacts behind the image, by operand (``features``, ``adjacency``); None for a program
        read from a file.
    seconds : mapping
        Wall clock of each stage of the compilation; empty for a program read from a file.
    """

    image: bytes
    device: Device
    metadata: dict[str, Any]
    rows: NDArray[np.int32]
    splits: dict[str, Split] | None = None
    mappings: dict[str, Mapped] | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def bound(self) -> Bound:
        """The smallest cycles any program for this workload can take on this device."""
        return lower_bound(Workload(**self.metadata["workload"]), self.device)

    def run(
        self, backend: str = "emulate", *, progress: Progress | None = None, **options: Any
    ) -> Result:
        """Execute on a backend and return logits, cycles and traffic.

        Parameters
        ----------
        backend : str
            ``reference``, ``emulate``, ``rtl`` or any other installed one.
        progress : callable, optional
            Called with (stage, done, total).
        **options
            Handed to the backend, e.g. ``latency_cycles=80`` for ``rtl``.

        Raises
        ------
        BackendError
            If the backend is unknown, not installed, or fails.
        ProgramError
            If the image is damaged.
        """
        start = time.perf_counter()
        done = None if progress is None else (lambda at, of: progress("run", at, of))
        execution = find_backend(backend).run(
            self.image, self.device, RunOptions(progress=done, extra=options)
        )
        return self.result(execution, backend=backend, seconds=time.perf_counter() - start)

    def result(self, execution: Execution, *, backend: str, seconds: float) -> Result:
        """Turn what a backend gave back into logits in the graph's node order, and check them."""
        meta = self.metadata
        ordered = read_output(execution.output, len(self.rows), meta["classes"], self.device)
        integer = np.empty_like(ordered)
        integer[self.rows] = ordered
        return Result(
            backend=backend,
            logits=integer.astype(np.float32) * np.float32(meta["logit_scale"]),
            integer_logits=integer,
            bit_exact=digest_logits(integer) == meta["logits_sha256"],
            execution=execution,
            seconds=seconds,
            program_bytes=len(self.image),
        )

    def estimate(self) -> Estimate:
        """Model the cycles, engine by engine, without running anything."""
        return estimate_image(self.image, self.device)

    def summary(self) -> str:
        """Describe the program in a few lines of text."""
        return program_summary(self.metadata, self.device, self.estimate(), self.bound)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the image to ``path``, whole or not at all.

        Raises
        ------
        ProgramError
            If the file cannot be written.
        """
        write_whole(Path(path), self.image, ProgramError)

    @staticmethod
    def load(path: str | os.PathLike[str], device: str | Device | None = None) -> Program:
        """Read and validate a program; the device defaults to the preset it was built for.

        Raises
        ------
        ProgramError
            If the file is missing, damaged, or not for ``device``.
        """
        try:
            image = Path(path).read_bytes()
        except OSError as fault:
            raise ProgramError(f"cannot read program {path}: {fault.strerror}") from None
        header = read_header(image)
        check_crc(image, header)
        metadata, arrays = read_metadata(image, header)
        try:
            target = _device(device if device is not None else str(metadata["device"]))
            rows = _checked_facts(metadata, arrays)
        except SpecError as fault:
            raise ProgramError(f"program {path}: {fault}, or give its own device") from None
        except (KeyError, TypeError, ValueError) as fault:
            raise ProgramError(f"program {path} lacks metadata: {fault}") from None
        validate(image, target)
        return Program(image=image, device=target, metadata=metadata, rows=rows)


def _checked_facts(metadata: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> NDArray[np.int32]:
    """Return the node order; raise what `Program.load` turns into a `ProgramError`."""
    workload, rows = Workload(**metadata["workload"]), arrays["rows"]
    facts = (metadata["classes"], metadata["logit_scale"], metadata["logits_sha256"])
    if [type(fact) for fact in facts] != [int, float, str]:
        raise ValueError("classes, logit_scale or logits_sha256 of a wrong type")
    if rows.dtype != np.int32 or not np.array_equal(np.sort(rows), np.arange(workload.nodes)):
        raise ValueError("rows must name each node once")
    return rows


def compile(
    model: GCN,
    graph: Graph,
    *,
    device: str | Device = "vck190",
    ordering: str = DEFAULT_ORDERING,
    policy: str | Policy = "balanced",
    progress: Progress | None = None,
) -> Program:
    """Compile a model for a graph and a device.

    Parameters
    ----------
    model : GCN
    graph : Graph
        With features as wide as the model's first layer.
    device : str or Device
        A preset's name, or a device of your own.
    ordering : str
        Node ordering; see `hgcn.ordering`.
    policy : str or Policy
        ``balanced``, ``threshold:<count>``, ``pl-only`` or ``aie-only``.
    progress : callable, optional
        Called with (stage, done, total).

    Raises
    ------
    ModelError
        If the model does not fit the graph.
    CompileError
        If the device cannot compute it; the message says which limit is met.

    Examples
    --------
    >>> import hgcn
    >>> graph = hgcn.datasets.load("digits")
    >>> program = hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny")
    >>> result = program.run(backend="emulate")
    >>> result.bit_exact, result.logits.shape
    (True, (1797, 10))
    """
    target, chosen = _device(device), policy if isinstance(policy, Policy) else parse_policy(policy)
    seconds: dict[str, float] = {}
    with _stage("quantise", seconds, progress):
        network = quantise(model, graph)
    with _stage("order", seconds, progress):
        rows = order_graph(network.adjacency, ordering).rows
        columns = order_columns_by_count(network.features)
        placed = permute_network(network, rows, columns)
    splits: dict[str, Split] = {}
    with _stage("split", seconds, progress):
        for name, operand in (("features", placed.features), ("adjacency", placed.adjacency)):
            cost = window_cost(target, binary=operand.data is None)
            splits[name] = split(operand, Grid.for_device(*operand.shape, target), chosen, cost)
    with _stage("map", seconds, progress):
        mappings = {name: map_operand(made, target) for name, made in splits.items()}
    metadata = program_facts(
        graph,
        network,
        target,
        ordering=ordering,
        policy=str(chosen),
        splits=splits,
        mappings=mappings,
    )
    with _stage("encode", seconds, progress):
        builder, scratch, output = lower(
            placed, mappings["features"], mappings["adjacency"], target
        )
        image = builder.finish(
            device_hash=target.hash,
            graph_hash=graph.digest(),
            model_hash=network.digest(),
            scratch_lines=scratch,
            output_lines=output,
            metadata=metadata,
            arrays={"rows": rows},
        )
    return Program(
        image=image,
        device=target,
        metadata=metadata,
        rows=rows,
        splits=splits,
        mappings=mappings,
        seconds=seconds,
    )


def run(
    model: GCN,
    graph: Graph,
    *,
    backend: str = "emulate",
    device: str | Device = "vck190",
    **options: Any,
) -> Result:
    """Compile and run in one call; see `compile` and `Program.run`."""
    return compile(model, graph, device=device).run(backend, **options)


def _device(device: str | Device) -> Device:
    return device if isinstance(device, Device) else preset(device)


@contextmanager
def _stage(name: str, seconds: dict[str, float], progress: Progress | None) -> Iterator[None]:
    """Time a stage of `compile` and tell that it is done."""
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start
    if progress is not None:
        progress(name, _STAGES.index(name) + 1, len(_STAGES))
