# SPDX-License-Identifier: Apache-2.0
"""A compiled program on the board: runs it, and runs it again with other features."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

import hgcn.api
from hgcn.api import Program
from hgcn.errors import ModelError, ProgramError, require
from hgcn.execution.backend import Execution
from hgcn.execution.result import Result
from hgcn.graph.graph import Graph
from hgcn.model.gcn import GCN
from hgcn.program.input_layout import PackedFeatures
from hgcn.program.validate import validate

from .loaded_image import LoadedImage, Progress, Upload
from .waiting import Limits, Wait

BACKEND = "pynq"


class LoadedProgram:
    """A program resident in the board's memory; several can be, and run in turn.

    Made by `Session.load`; frees its memory at the end of a ``with`` block, or with the session.

    Attributes
    ----------
    program : Program
        What is loaded now.
    resident : LoadedImage
        Its buffers.
    """

    def __init__(
        self,
        program: Program,
        resident: LoadedImage,
        model: GCN | None,
        release: Callable[[LoadedImage], None],
    ) -> None:
        self.program, self.resident = program, resident
        self._model, self._release = model, release
        self._written: PackedFeatures | None = None

    def run(
        self,
        *,
        features: object | None = None,
        check: bool = False,
        wait: Wait | str = Wait.AUTO,
        timeout_seconds: float | None = None,
        stall_seconds: float = 5.0,
        progress: Callable[[int], None] | None = None,
    ) -> Result:
        """Run one inference.

        Parameters
        ----------
        features : array-like, tensor, SciPy sparse matrix or Csr, shape (n, f), optional
            For a program that reads them at run time (`Program.pack_features`): only they are
            written to the board. By default those of the graph it was compiled for.
        check : bool
            Whether to compare the result of such features with the reference arithmetic, which
            takes the processor longer than the accelerator; else ``bit_exact`` is None.
        wait : Wait or str
            ``auto``, ``interrupt`` or ``poll``.
        timeout_seconds : float, optional
            Longest time for the whole run; by default only standing still is an error.
        stall_seconds : float
            Longest time without any counter moving.
        progress : callable, optional
            Called with the command being issued, as the run goes on.

        Raises
        ------
        ProgramError
            If the program takes no features, or takes them and there are none.
        GraphError
            If they do not fit.
        HardwareError
            If the accelerator stops with an error; `Session.reset` makes it usable again.
        AcceleratorTimeoutError
            If it does not end in time; the message has the state of every engine.
        InterruptLostError
            If ``wait`` is ``interrupt`` and none comes.
        """
        start = time.perf_counter()
        limits = Limits(timeout_seconds=timeout_seconds, stall_seconds=stall_seconds)
        packed = self._hand_in(features)
        execution = self.resident.execute(wait=Wait(wait), limits=limits, progress=progress)
        return self._result(execution, start, packed, check)

    async def run_async(
        self,
        *,
        features: object | None = None,
        check: bool = False,
        wait: Wait | str = Wait.AUTO,
        timeout_seconds: float | None = None,
        stall_seconds: float = 5.0,
    ) -> Result:
        """Run one inference by interrupt while other tasks run: the way for a notebook."""
        start = time.perf_counter()
        limits = Limits(timeout_seconds=timeout_seconds, stall_seconds=stall_seconds)
        packed = self._hand_in(features)
        execution = await self.resident.execute_async(wait=Wait(wait), limits=limits)
        return self._result(execution, start, packed, check)

    def update(self, program: Program, progress: Progress | None = None) -> Upload:
        """Replace the program by another for the same device, writing only what differs.

        Raises
        ------
        ProgramError
            If it is damaged, breaks a law of the format, or is for another device.
        """
        if program.device.hash != self.program.device.hash:
            raise ProgramError(
                f"the program must be for {self.program.device.name}, got {program.device.name}"
            )
        validate(program.image, program.device)
        upload = self.resident.update(program.image, progress)
        self.program, self._written = program, None
        return upload

    def infer(
        self,
        graph: Graph | None = None,
        *,
        features: object | None = None,
        model: GCN | None = None,
        check: bool = False,
        timeout_seconds: float | None = None,
    ) -> Result:
        """Run an inference on the same graph with other features.

        With ``features``, for a program that reads them at run time: they are quantised in its
        scale and written to its input buffer; nothing is compiled, the program is not touched.

        With ``graph``, for any program: it is compiled anew with the same ordering and policy, and
        only the lines that differ are written to the board.

        Parameters
        ----------
        graph : Graph, optional
        features : array-like, tensor, SciPy sparse matrix or Csr, shape (n, f), optional
            Either this or the graph.
        model : GCN, optional
            To compile with; by default the one given to `Session.load`.
        check, timeout_seconds
            See `run`.

        Raises
        ------
        SpecError
            If neither graph nor features are given, or both.
        ModelError
            If no model is known to compile with.
        ProgramError, GraphError, HardwareError
            See `run`.
        """
        self._renew(graph, features, model)
        return self.run(features=features, check=check, timeout_seconds=timeout_seconds)

    async def infer_async(
        self,
        graph: Graph | None = None,
        *,
        features: object | None = None,
        model: GCN | None = None,
        check: bool = False,
        timeout_seconds: float | None = None,
    ) -> Result:
        """Do as `infer`, letting other tasks run while the accelerator does."""
        self._renew(graph, features, model)
        return await self.run_async(features=features, check=check, timeout_seconds=timeout_seconds)

    def _renew(self, graph: Graph | None, features: object | None, model: GCN | None) -> None:
        given = [
            name for name, part in (("graph", graph), ("features", features)) if part is not None
        ]
        require(len(given) == 1, "infer's argument", given, "either a graph or features")
        if graph is None:
            return
        chosen = model if model is not None else self._model
        if chosen is None:
            raise ModelError("infer needs a model: give it here or to load(program, model=...)")
        facts = self.program.metadata
        self.update(
            hgcn.api.compile(
                chosen,
                graph,
                device=self.program.device,
                ordering=facts["ordering"],
                policy=facts["policy"],
                features="program" if self.program.feature_scale is None else "input",
            )
        )

    def _hand_in(self, features: object | None) -> PackedFeatures | None:
        """Write the features of the next run, unless they are there."""
        packed = self.program.input_of(features)
        if packed is not None and packed is not self._written:
            self.resident.write_input(packed.data)
        self._written = packed
        return packed

    def _result(
        self, execution: Execution, start: float, packed: PackedFeatures | None, check: bool
    ) -> Result:
        seconds = time.perf_counter() - start
        return self.program.result(
            execution, backend=BACKEND, seconds=seconds, packed=packed, check=check
        )

    def free(self) -> None:
        """Give the memory back; twice does no harm."""
        self._release(self.resident)

    def __enter__(self) -> LoadedProgram:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.free()
