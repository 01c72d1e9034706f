# SPDX-License-Identifier: Apache-2.0
"""A compiled program: run, look at, save, load."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.arch.presets import device as preset
from hgcn.cycles.bound import Bound, Workload, lower_bound
from hgcn.cycles.estimate import Estimate
from hgcn.cycles.estimate import estimate as estimate_image
from hgcn.errors import ProgramError, SpecError
from hgcn.execution.backend import Execution, RunOptions
from hgcn.execution.backend import backend as find_backend
from hgcn.execution.result import Result, digest_logits
from hgcn.files import write_whole
from hgcn.mapping.mapped import Mapping as Mapped
from hgcn.model.feature_scale import FeatureScale
from hgcn.partition.split import Split
from hgcn.printable import one_line, printable
from hgcn.program.image import check_device, read_header, read_metadata
from hgcn.program.image_file import read_image
from hgcn.program.input_layout import InputLayout, PackedFeatures, pack_features
from hgcn.program.metadata import MAX_TEXT
from hgcn.program.output import read_output
from hgcn.program.validate import validate
from hgcn.reference.network import IntegerNetwork, infer
from hgcn.report.facts import checked_facts, feature_scale_of
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
        The artefacts behind the image, by operand (``features``, ``adjacency``); None for a program
        read from a file.
    seconds : mapping
        Wall clock of each stage of the compilation; empty for a program read from a file.
    features : PackedFeatures or None
        Of the graph compiled for, where they are not in the image: what a run takes by default.
        A file does not carry them.
    network : IntegerNetwork or None
        What runs with other features are compared with; None for a program read from a file.
    """

    image: bytes
    device: Device
    metadata: dict[str, Any]
    rows: NDArray[np.int32]
    splits: dict[str, Split] | None = None
    mappings: dict[str, Mapped] | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    features: PackedFeatures | None = None
    network: IntegerNetwork | None = None

    def __repr__(self) -> str:
        """Fit a line: `summary` says more."""
        return one_line(
            "Program",
            str(self.metadata.get("name", "")),
            f"{len(self.rows):,} nodes",
            f"{self.metadata.get('classes')} classes",
            f"{len(self.image):,} bytes for {self.device.name}",
        )

    @property
    def workload(self) -> Workload:
        """What the program computes, device apart."""
        return Workload(**self.metadata["workload"])

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
        work = self.workload
        layout = InputLayout.for_device(work.nodes, work.widths[0], self.device)
        return pack_features(features, scale, layout, self.rows)

    def input_of(self, features: object | None) -> PackedFeatures | None:
        """Return what a run with ``features`` reads: None for a program that has its own.

        Raises
        ------
        ProgramError
            If features are given to such a program, or None to one that does not hold the features
            of the graph it was compiled for.
        GraphError
            See `pack_features`.
        """
        if features is not None:
            return self.pack_features(features)
        if self.feature_scale is not None and self.features is None:
            work = self.workload
            raise ProgramError(
                "the program reads its features at run time and its file carries none: give "
                f"features of shape ({work.nodes}, {work.widths[0]})"
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
        progress : callable, optional
            Called with (stage, done, total).
        **options
            Handed to the backend, e.g. ``latency_cycles=80`` for ``rtl``.

        Raises
        ------
        BackendError
            If the backend is unknown, not installed, or fails.
        ProgramError
            If the image is damaged, takes no features, or lacks them.
        GraphError
            If the features do not fit.
        """
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
        meta = self.metadata
        ordered = read_output(execution.output, len(self.rows), meta["classes"], self.device)
        integer = np.empty_like(ordered)
        integer[self.rows] = ordered
        exact: bool | None = None
        if packed is self.features:
            exact = digest_logits(integer) == meta["logits_sha256"]
        elif check and packed is not None and self.network is not None:
            exact = np.array_equal(integer, infer(self.network, packed.integers))
        return Result(
            backend=backend,
            logits=integer.astype(np.float32) * np.float32(meta["logit_scale"]),
            integer_logits=integer,
            bit_exact=exact,
            execution=execution,
            seconds=seconds,
            program_bytes=len(self.image),
            saturated_features=0 if packed is None else packed.saturated,
        )

    def estimate(self) -> Estimate:
        """Model the cycles, engine by engine, without running anything."""
        return estimate_image(self.image, self.device)

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
        write_whole(Path(path), self.image, ProgramError)

    @staticmethod
    def load(path: str | os.PathLike[str], device: str | Device | None = None) -> Program:
        """Read and validate a program; the device defaults to the preset it was built for.

        Raises
        ------
        ProgramError
            If the file is missing, damaged, or not for ``device``.
        """
        image = read_image(path)
        try:
            return _from_image(image, device)
        except ProgramError as fault:
            raise ProgramError(f"program {printable(os.fspath(path))}: {fault}") from None


def _from_image(image: bytes, device: str | Device | None) -> Program:
    header = read_header(image)
    metadata, arrays = read_metadata(image, header)
    try:
        target = resolve_device(
            device if device is not None else str(metadata["device"])[:MAX_TEXT]
        )
    except SpecError as fault:
        raise ProgramError(f"{fault}, or give its own device") from None
    except KeyError as fault:
        raise ProgramError(f"it lacks metadata: {fault}") from None
    check_device(header, target)
    try:
        rows = checked_facts(metadata, arrays, header, target)
    except (LookupError, TypeError, ValueError) as fault:
        raise ProgramError(f"it lacks metadata: {fault}") from None
    validate(image, target)
    return Program(image=image, device=target, metadata=metadata, rows=rows)


def resolve_device(device: str | Device) -> Device:
    """Return a device, or the preset of that name."""
    return device if isinstance(device, Device) else preset(device)
