# SPDX-License-Identifier: Apache-2.0
"""A compiled program on the board: runs it, and runs it again with other features."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

import hgcn.api
from hgcn.api import Program
from hgcn.errors import ModelError, ProgramError
from hgcn.execution.backend import Execution
from hgcn.execution.result import Result
from hgcn.graph.graph import Graph
from hgcn.model.gcn import GCN

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

    def run(
        self,
        *,
        wait: Wait | str = Wait.AUTO,
        timeout_seconds: float | None = None,
        stall_seconds: float = 5.0,
        progress: Callable[[int], None] | None = None,
    ) -> Result:
        """Run one inference.

        Parameters
        ----------
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
        HardwareError
            If the accelerator stops with an error; `Session.reset` makes it usable again.
        AcceleratorTimeoutError
            If it does not end in time; the message has the state of every engine.
        InterruptLostError
            If ``wait`` is ``interrupt`` and none comes.
        """
        start = time.perf_counter()
        limits = Limits(timeout_seconds=timeout_seconds, stall_seconds=stall_seconds)
        execution = self.resident.execute(wait=Wait(wait), limits=limits, progress=progress)
        return self._result(execution, time.perf_counter() - start)

    async def run_async(
        self,
        *,
        wait: Wait | str = Wait.AUTO,
        timeout_seconds: float | None = None,
        stall_seconds: float = 5.0,
    ) -> Result:
        """Run one inference by interrupt while other tasks run: the way for a notebook."""
        start = time.perf_counter()
        limits = Limits(timeout_seconds=timeout_seconds, stall_seconds=stall_seconds)
        execution = await self.resident.execute_async(wait=Wait(wait), limits=limits)
        return self._result(execution, time.perf_counter() - start)

    def update(self, program: Program, progress: Progress | None = None) -> Upload:
        """Replace the program by another for the same device, writing only what differs.

        Raises
        ------
        ProgramError
            If it is damaged or for another device.
        """
        if program.device.hash != self.program.device.hash:
            raise ProgramError(
                f"the program must be for {self.program.device.name}, got {program.device.name}"
            )
        upload = self.resident.update(program.image, progress)
        self.program = program
        return upload

    def infer(
        self, graph: Graph, *, model: GCN | None = None, timeout_seconds: float | None = None
    ) -> Result:
        """Run an inference on the same graph with other features.

        Features are part of a program's streams, so it is compiled anew with the same ordering and
        policy; only the lines that differ are written to the board.

        Parameters
        ----------
        graph : Graph
        model : GCN, optional
            By default the one given to `Session.load`.

        Raises
        ------
        ModelError
            If no model is known.
        """
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
            )
        )
        return self.run(timeout_seconds=timeout_seconds)

    def _result(self, execution: Execution, seconds: float) -> Result:
        return self.program.result(execution, backend=BACKEND, seconds=seconds)

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
