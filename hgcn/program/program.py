# SPDX-License-Identifier: Apache-2.0
"""A compiled program: run, look at, save, load."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.arch.latency import Latency
from hgcn.arch.resolve import DeviceLike
from hgcn.arguments import as_path, as_progress
from hgcn.cycles.bound import Bound, lower_bound
from hgcn.cycles.estimate import Estimate
from hgcn.cycles.estimate import estimate as estimate_image
from hgcn.cycles.workload import Workload
from hgcn.errors import ProgramError
from hgcn.execution.backend import Execution, RunOptions
from hgcn.execution.backend import backend as find_backend
from hgcn.execution.result import Result, digest_logits, real_logits
from hgcn.files import write_whole
from hgcn.isa.image import read_header
from hgcn.isa.image_file import read_image
from hgcn.isa.input_layout import InputLayout, PackedFeatures, pack_features
from hgcn.isa.output import read_output
from hgcn.mapping.mapped import Mapping as Mapped
from hgcn.model.agreement import Agreement
from hgcn.model.feature_scale import FeatureScale
from hgcn.model.handed_in import Source
from hgcn.partition.split import Split
from hgcn.printable import one_line, printable
from hgcn.program.saved import read_parts
from hgcn.report.facts import agreement_of, feature_scale_of
from hgcn.report.summary import program_summary

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total)."""


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
        The artefacts behind the image, by operand (``features``, ``adjacency``); None from a file.
    seconds : mapping
        Wall clock of each stage of the compilation; empty from a file.
    features : PackedFeatures or None
        Of the graph compiled for, where they are not in the image: what a run takes by default.
        A file does not carry them.
    source : Source or None
        What runs with other features are compared with; None from a file.
    logit_rows : ndarray of float64, shape (n,), or None
        How many times the logits' step a node's is, in the graph's node order; None: once.
    """

    image: bytes
    device: Device
    metadata: dict[str, Any]
    rows: NDArray[np.int32]
    splits: dict[str, Split] | None = None
    mappings: dict[str, Mapped] | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    features: PackedFeatures | None = None
    source: Source | None = None
    logit_rows: NDArray[np.float64] | None = None

    def __repr__(self) -> str:
        size = f"{len(self.rows):,} nodes, {self.metadata.get('classes')} classes"
        place = f"{len(self.image):,} bytes for {self.device.name}"
        return one_line("Program", str(self.metadata.get("name", "")), size, place)

    @property
    def agreement(self) -> Agreement | None:
        """How the logits agree with the float model's, measured at compilation; None if not."""
        return agreement_of(self.metadata)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the agreement, why, and what to do; empty where all is well."""
        return tuple(self.metadata.get("warnings", ()))

    @property
    def workload(self) -> Workload:
        """What the program computes, device apart."""
        return Workload.from_facts(self.metadata["workload"])

    @property
    def input_shape(self) -> tuple[int, int]:
        """Shape of the features read at run time; no columns if they are compiled in."""
        work = self.workload
        return work.nodes, work.input_columns or 0

    @property
    def bound(self) -> Bound:
        """The smallest cycles any program for this workload can take on this device."""
        return lower_bound(self.workload, self.device)

    @property
    def input_bytes(self) -> int:
        """Bytes of the features read at run time; 0 if they are compiled into the image."""
        return read_header(self.image).input_lines * LINE_BYTES

    @property
    def feature_scale(self) -> FeatureScale | None:
        """Scale of the features read at run time; None if they are compiled into the image."""
        return feature_scale_of(self.metadata)

    def pack_features(self, features: object) -> PackedFeatures:
        """Quantise features with the program's scale and lay them out as it reads them.

        Parameters
        ----------
        features : array-like, tensor, SciPy sparse matrix or Csr, shape (n, f)
            Real numbers, in the graph's node order, not normalised: that is done here if the model
            wants it.

        Raises
        ------
        ProgramError
            If the features are compiled into the program.
        GraphError
            If they are not a matrix of finite real numbers of this shape.
        """
        scale = self.feature_scale
        if scale is None:
            raise ProgramError(
                "the program has its features compiled in: compile it with features='input' to "
                "hand them in at run time"
            )
        layout = InputLayout.for_device(*self.input_shape, self.device)
        return pack_features(features, scale, layout, self.rows)

    def input_of(self, features: object | None) -> PackedFeatures | None:
        """Return what a run with ``features`` reads: None for a program that has its own.

        Raises
        ------
        ProgramError
            If features are given to such a program, or None to one that holds none.
        GraphError
            See `pack_features`.
        """
        if features is not None:
            return self.pack_features(features)
        if self.feature_scale is not None and self.features is None:
            raise ProgramError(
                "the program reads its features at run time and its file carries none: give "
                f"features of shape {self.input_shape}"
            )
        return self.features

    def run(
        self,
        backend: str = "emulate",
        *,
        features: object | None = None,
        progress: Progress | None = None,
        **options: Any,
    ) -> Result:
        """Execute on a backend and return logits, cycles and traffic.

        Parameters
        ----------
        backend : str
            ``reference``, ``emulate``, ``rtl`` or any other installed one.
        features : array-like, tensor, SciPy sparse matrix or Csr, shape (n, f), optional
            For a program compiled with ``features="input"``; see `pack_features`. By default those
            of the graph it was compiled for.
        progress : Progress, optional
        **options
            Handed to the backend, e.g. ``latency_cycles=80`` for ``rtl``.

        Raises
        ------
        BackendError
            If the backend is unknown, not installed, or fails.
        ProgramError, GraphError
            If the image is damaged, takes no features or lacks them; if they do not fit.
        """
        as_progress(progress)
        start = time.perf_counter()
        done = None if progress is None else (lambda at, of: progress("run", at, of))
        packed = self.input_of(features)
        data = b"" if packed is None else packed.data
        execution = find_backend(backend).run(
            self.image, self.device, RunOptions(progress=done, extra=options, input_data=data)
        )
        seconds = time.perf_counter() - start
        return self.result(execution, backend=backend, seconds=seconds, packed=packed)

    def result(
        self,
        execution: Execution,
        *,
        backend: str,
        seconds: float,
        packed: PackedFeatures | None = None,
        check: bool = True,
    ) -> Result:
        """Turn what a backend gave back into logits in the graph's node order, and check them.

        Parameters
        ----------
        execution : Execution
        backend : str
        seconds : float
        packed : PackedFeatures, optional
            What the run read from the INPUT region.
        check : bool
            Whether to compute the reference arithmetic where the features are others than those
            compiled with; it costs more than most runs.
        """
        meta, nodes = self.metadata, len(self.rows)
        ordered = read_output(execution.output, nodes, meta["classes"], self.device)
        integer = np.empty_like(ordered)
        integer[self.rows] = ordered
        exact: bool | None = None
        agreement, warnings = None, tuple[str, ...]()
        if packed is self.features:
            exact = digest_logits(integer) == meta["logits_sha256"]
            if exact:
                agreement, warnings = self.agreement, self.warnings
        elif check and packed is not None and self.source is not None:
            wanted, agreement, warnings = self.source.measure(
                packed.source, packed.integers, packed.saturated
            )
            exact = np.array_equal(integer, wanted)
        cycles, kind = execution.cycles, execution.cycles_kind
        return Result(
            backend=backend,
            logits=real_logits(integer, meta["logit_scale"], self.logit_rows),
            integer_logits=integer,
            bit_exact=exact,
            execution=execution,
            seconds=seconds,
            program_bytes=len(self.image),
            latency=None if cycles is None else Latency.of(kind, cycles, nodes, self.device),
            saturated_features=0 if packed is None else packed.saturated,
            agreement=agreement,
            warnings=warnings,
        )

    def estimate(self) -> Estimate:
        """Model the cycles, engine by engine, without running anything."""
        return estimate_image(self.image, self.device)

    @property
    def latency(self) -> Latency:
        """Modelled latency of one inference, without running anything; see `estimate`."""
        return Latency.of("modelled", self.estimate().cycles, len(self.rows), self.device)

    def summary(self) -> str:
        """Describe the program in a few lines of text."""
        return program_summary(self.metadata, self.device, self.estimate(), self.bound)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the image to ``path``, whole or not at all; features read at run time stay out.

        Raises
        ------
        ProgramError
            If the file cannot be written.
        """
        write_whole(as_path(path, "path"), self.image, ProgramError)

    @staticmethod
    def load(path: str | os.PathLike[str], device: DeviceLike | None = None) -> Program:
        """Read and validate a program; the device defaults to the preset it was built for.

        Raises
        ------
        ProgramError
            If the file is missing, damaged, not for ``device``, or for a device of one's own while
            none is given.
        SpecError
            If ``device`` is neither a preset nor a device file.
        """
        image = read_image(as_path(path, "path"))
        try:
            target, metadata, rows, steps = read_parts(image, device)
        except ProgramError as fault:
            raise ProgramError(f"program {printable(os.fspath(path))}: {fault}") from None
        return Program(image=image, device=target, metadata=metadata, rows=rows, logit_rows=steps)
