# SPDX-License-Identifier: Apache-2.0
"""A compiled program on the board: runs it, and runs it again with other features."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import hgcn.api
from hgcn.api import Program
from hgcn.checking.validate import validate
from hgcn.errors import ModelError, ProgramError, require
from hgcn.execution.backend import Execution
from hgcn.execution.result import Result
from hgcn.graph.graph import Graph
from hgcn.isa.input_layout import PackedFeatures
from hgcn.model.model import Model

from .board_thread import BoardThread
from .loaded_image import LoadedImage, Progress, Upload
from .waiting import Limits, Wait

BACKEND = "pynq"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inference:
    """One run: what it runs, what the board's thread does for it, and what comes of that."""

    program: Program
    packed: PackedFeatures | None
    check: bool
    start: float
    work: Callable[[], Coroutine[Any, Any, Execution]]

    def result(self, execution: Execution) -> Result:
        return self.program.result(
            execution,
            backend=BACKEND,
            seconds=time.perf_counter() - self.start,
            packed=self.packed,
            check=self.check,
        )


class LoadedProgram:
    """A program resident in the board's memory; several can be, and run in turn.

    Made by `Session.load`; frees its memory at the end of a ``with`` block, or with the session.
    Several threads may use it: each run is of what its own call asked for.

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
        model: Model | None,
        thread: BoardThread,
        release: Callable[[LoadedImage], None],
    ) -> None:
        self.program, self.resident = program, resident
        self._model, self._thread, self._release = model, thread, release
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
            takes the processor longer than the accelerator; else nobody has checked it:
            ``checked`` is False and ``bit_exact`` None. Features a program was compiled with are
            checked always.
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
        limits = Limits(timeout_seconds=timeout_seconds, stall_seconds=stall_seconds)
        inference = self._inference(self.program, features, check, Wait(wait), limits, progress)
        return inference.result(self._thread.run(inference.work))

    async def run_async(
        self,
        *,
        features: object | None = None,
        check: bool = False,
        wait: Wait | str = Wait.AUTO,
        timeout_seconds: float | None = None,
        stall_seconds: float = 5.0,
    ) -> Result:
        """Run one inference while other tasks of any event loop run: the way for a notebook."""
        limits = Limits(timeout_seconds=timeout_seconds, stall_seconds=stall_seconds)
        inference = self._inference(self.program, features, check, Wait(wait), limits, None)
        return inference.result(await self._thread.run_async(inference.work))

    def update(self, program: Program, progress: Progress | None = None) -> Upload:
        """Replace the program by another for the same device, writing only what differs.

        Raises
        ------
        ProgramError
            If it is damaged, breaks a rule of the format, or is for another device.
        """
        return self._thread.call(lambda: self._replace(program, progress))

    def _replace(self, program: Program, progress: Progress | None = None) -> Upload:
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
        model: Model | None = None,
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
        model : Model, optional
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
        program = self._compiled(graph, features, model)
        limits = Limits(timeout_seconds=timeout_seconds)
        inference = self._inference(program, features, check, Wait.AUTO, limits, None)
        return inference.result(self._thread.run(inference.work))

    async def infer_async(
        self,
        graph: Graph | None = None,
        *,
        features: object | None = None,
        model: Model | None = None,
        check: bool = False,
        timeout_seconds: float | None = None,
    ) -> Result:
        """Do as `infer`, letting other tasks run while the accelerator does."""
        program = self._compiled(graph, features, model)
        limits = Limits(timeout_seconds=timeout_seconds)
        inference = self._inference(program, features, check, Wait.AUTO, limits, None)
        return inference.result(await self._thread.run_async(inference.work))

    def _compiled(
        self, graph: Graph | None, features: object | None, model: Model | None
    ) -> Program:
        """Return the program for ``graph``, that which is loaded if there is none."""
        given = [
            name for name, part in (("graph", graph), ("features", features)) if part is not None
        ]
        require(len(given) == 1, "infer's argument", given, "either a graph or features")
        if graph is None:
            return self.program
        chosen = model if model is not None else self._model
        if chosen is None:
            raise ModelError("infer needs a model: give it here or to load(program, model=...)")
        facts = self.program.metadata
        return hgcn.api.compile(
            chosen,
            graph,
            device=self.program.device,
            ordering=facts["ordering"],
            policy=facts["policy"],
            features="program" if self.program.feature_scale is None else "input",
        )

    def _inference(
        self,
        program: Program,
        features: object | None,
        check: bool,
        wait: Wait,
        limits: Limits,
        progress: Callable[[int], None] | None,
    ) -> _Inference:
        start = time.perf_counter()
        packed = program.input_of(features)

        async def work() -> Execution:
            self._put(program, packed)
            return await self.resident.execute(wait=wait, limits=limits, progress=progress)

        return _Inference(program=program, packed=packed, check=check, start=start, work=work)

    def _put(self, program: Program, packed: PackedFeatures | None) -> None:
        """Write what the next run reads, unless it is there."""
        if self.program is not program:
            self._replace(program)
        if packed is not None and packed is not self._written:
            self._written = None
            self.resident.write_input(packed.data)
        self._written = packed

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
