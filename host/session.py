# SPDX-License-Identifier: Apache-2.0
"""Programs on one accelerator: loaded, run in turn, reset, freed."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from hgcn.api import Program
from hgcn.arch.device import Device
from hgcn.checking.validate import validate
from hgcn.execution.backend import Execution
from hgcn.model.model import Model

from .accelerator import Accelerator
from .board_thread import BoardThread
from .errors import ResetError
from .loaded_image import LoadedImage, Progress
from .loaded_program import LoadedProgram
from .memory import Allocate
from .state import AcceleratorState
from .waiting import Limits, Wait


class Session:
    """Owns every buffer made through it.

    Any thread may use it, and any event loop: all is done in the board's thread, one piece of work
    at a time. What is broken off, by Ctrl-C for example, stops the accelerator first.

    Parameters
    ----------
    accelerator : Accelerator
    allocate : callable
        Returns a buffer of so many bytes (`pynq.allocate`).
    reload : callable
        Loads the overlay again: the way out when a soft reset does not end.
    thread : BoardThread
    """

    def __init__(
        self,
        accelerator: Accelerator,
        allocate: Allocate,
        reload: Callable[[], None],
        thread: BoardThread,
    ) -> None:
        self.accelerator, self._allocate, self._reload = accelerator, allocate, reload
        self.thread = thread
        self._images: list[LoadedImage] = []

    def load(
        self, program: Program, *, model: Model | None = None, progress: Progress | None = None
    ) -> LoadedProgram:
        """Put a program into the board's memory beside those already there.

        Parameters
        ----------
        program : Program
        model : Model, optional
            What `LoadedProgram.infer` compiles other features with.
        progress : callable, optional
            Called with (bytes done, bytes in all) as the image is written, chunk by chunk.

        Raises
        ------
        ProgramError
            If the image is damaged or breaks a rule of the format.
        BackendError
            If the accelerator is not the device the program is for.
        BoardMemoryError
            If there is no room.
        """
        resident = self.load_image(program.image, program.device, progress)
        return LoadedProgram(program, resident, model, self.thread, self.release)

    def load_image(
        self, image: bytes, device: Device, progress: Progress | None = None
    ) -> LoadedImage:
        """Do as `load` for an image without its software part."""
        validate(image, device)
        return self.thread.call(lambda: self._place(image, device, progress), undo=self._drop)

    def _place(self, image: bytes, device: Device, progress: Progress | None) -> LoadedImage:
        self.accelerator.check(device)
        made = LoadedImage(self.accelerator, self._allocate, image, progress)
        self._images.append(made)
        return made

    def run_image(
        self,
        image: bytes,
        device: Device,
        input_data: bytes,
        *,
        wait: Wait,
        limits: Limits,
        progress: Callable[[int], None] | None = None,
    ) -> Execution:
        """Load an image, run it once and free it, with nobody in between.

        Raises
        ------
        ProgramError, BackendError, BoardMemoryError, HardwareError
            See `load` and `LoadedProgram.run`.
        """
        validate(image, device)

        async def work() -> Execution:
            resident = self._place(image, device, None)
            try:
                resident.write_input(input_data)
                return await resident.execute(wait=wait, limits=limits, progress=progress)
            finally:
                self._drop(resident)

        return self.thread.run(work)

    def release(self, image: LoadedImage) -> None:
        """Free one program; twice does no harm."""
        self.thread.call(lambda: self._drop(image))

    def _drop(self, image: LoadedImage) -> None:
        image.free()
        if image in self._images:
            self._images.remove(image)

    @property
    def loaded(self) -> int:
        """Number of programs resident."""
        return len(self._images)

    def state(self) -> AcceleratorState:
        """Read status, error and counters; between two runs, or from a progress callback."""
        return self.thread.look(self.accelerator.state)

    def reset(self) -> None:
        """Make the accelerator usable again after any error, with every program still loaded.

        A soft reset; if memory or the array does not answer, the overlay is loaded again. The
        interrupt is renewed, whatever a wait that was broken off left of it, and images are
        written anew from the processor's copies.

        Raises
        ------
        ResetError
            If not even that helps.
        """
        self.thread.call(self._reset)

    def _reset(self) -> None:
        try:
            self.accelerator.soft_reset()
        except ResetError:
            self._reload()
            self.accelerator.soft_reset()
        self.accelerator.renew_interrupt()
        self.accelerator.check()
        for image in self._images:
            image.refresh()

    def close(self) -> None:
        """Stop the accelerator if it runs, and free every program."""
        self.thread.call(self._close)

    def _close(self) -> None:
        try:
            if self._images and self.accelerator.state().busy:
                self.accelerator.soft_reset()
        finally:
            images, self._images = self._images, []
            for image in images:
                image.free()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
