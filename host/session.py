# SPDX-License-Identifier: Apache-2.0
"""Programs on one accelerator: loaded, run in turn, reset, freed."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from hgcn.api import Program
from hgcn.arch.device import Device
from hgcn.model.gcn import GCN
from hgcn.program.validate import validate

from .accelerator import Accelerator
from .errors import ResetError
from .loaded_image import LoadedImage, Progress
from .loaded_program import LoadedProgram
from .memory import Allocate
from .state import AcceleratorState


class Session:
    """Owns every buffer made through it.

    Parameters
    ----------
    accelerator : Accelerator
    allocate : callable
        Returns a buffer of so many bytes (`pynq.allocate`).
    reload : callable
        Loads the overlay again: the way out when a soft reset does not end.
    """

    def __init__(
        self, accelerator: Accelerator, allocate: Allocate, reload: Callable[[], None]
    ) -> None:
        self.accelerator, self._allocate, self._reload = accelerator, allocate, reload
        self._images: list[LoadedImage] = []

    def load(
        self, program: Program, *, model: GCN | None = None, progress: Progress | None = None
    ) -> LoadedProgram:
        """Put a program into the board's memory beside those already there.

        Parameters
        ----------
        program : Program
        model : GCN, optional
            What `LoadedProgram.infer` compiles other features with.
        progress : callable, optional
            Called with (bytes done, bytes in all) as the image is written, chunk by chunk.

        Raises
        ------
        ProgramError
            If the image is damaged or breaks a law of the format.
        BackendError
            If the accelerator is not the device the program is for.
        BoardMemoryError
            If there is no room.
        """
        resident = self.load_image(program.image, program.device, progress)
        return LoadedProgram(program, resident, model, self.release)

    def load_image(
        self, image: bytes, device: Device, progress: Progress | None = None
    ) -> LoadedImage:
        """Do as `load` for an image without its software part."""
        validate(image, device)
        self.accelerator.check(device)
        made = LoadedImage(self.accelerator, self._allocate, image, progress)
        self._images.append(made)
        return made

    def release(self, image: LoadedImage) -> None:
        """Free one program; twice does no harm."""
        image.free()
        if image in self._images:
            self._images.remove(image)

    @property
    def loaded(self) -> int:
        """Number of programs resident."""
        return len(self._images)

    def state(self) -> AcceleratorState:
        """Read status, error and counters."""
        return self.accelerator.state()

    def reset(self) -> None:
        """Make the accelerator usable again after any error, with every program still loaded.

        A soft reset; if memory or the array does not answer, the overlay is loaded again. Images
        are then written anew from the processor's copies.

        Raises
        ------
        ResetError
            If not even that helps.
        """
        try:
            self.accelerator.soft_reset()
        except ResetError:
            self._reload()
            self.accelerator.soft_reset()
        self.accelerator.check()
        for image in self._images:
            image.refresh()

    def close(self) -> None:
        """Stop the accelerator if it runs, and free every program."""
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
