# SPDX-License-Identifier: Apache-2.0
"""A program image in the board's memory, with its scratch, its output and its input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import gt

import numpy as np

from hgcn.arch.device import LINE_BYTES
from hgcn.errors import BackendError, ProgramError
from hgcn.execution.backend import Execution
from hgcn.isa.image import check_crc, check_input, read_header
from hgcn.isa.records import Header

from .accelerator import Accelerator
from .memory import Allocate, Region
from .state import AcceleratorState
from .waiting import Limits, Wait

CHUNK_BYTES = 4 << 20
"""Copied between two reports of progress."""

_SPARE_BYTES, _SPARE_SHARE = 1 << 16, 8
"""Room for a re-compiled program of other features: 64 KiB and an eighth."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What an upload did.

    Attributes
    ----------
    lines, changed_lines : int
        Lines of 64 bytes in the image, and those that were written.
    moved : bool
        New buffers had to be allocated.
    """

    lines: int
    changed_lines: int
    moved: bool


class LoadedImage:
    """Owns the buffers: the image, its scratch, its output; its input if it reads one.

    Used in the board's thread alone (`host.board_thread`).

    Parameters
    ----------
    accelerator : Accelerator
    allocate : callable
    image : bytes
        Already validated.
    progress : callable, optional
        Called with (bytes done, bytes in all).
    """

    def __init__(
        self,
        accelerator: Accelerator,
        allocate: Allocate,
        image: bytes,
        progress: Progress | None = None,
    ) -> None:
        self._accelerator, self._allocate = accelerator, allocate
        self._regions: list[Region] = []
        self._fed: Header | None = None  # Of the program the input was written for
        self.upload = self._place(image, progress)

    # -- Upload ------------------------------------------------------------------------------

    def _place(self, image: bytes, progress: Progress | None) -> Upload:
        header = read_header(image)
        self.free()
        spare = _SPARE_BYTES + len(image) // _SPARE_SHARE
        sizes = (len(image) + spare, *_working_bytes(header))
        try:
            for size in sizes:
                self._regions.append(Region(self._allocate, size))
            self._write(image, progress)
        except BaseException:
            self.free()
            raise
        self.header, self.size_bytes = header, len(image)
        lines = len(image) // LINE_BYTES
        return Upload(lines=lines, changed_lines=lines, moved=True)

    def _write(self, image: bytes, progress: Progress | None) -> None:
        target, data = self._regions[0].bytes, np.frombuffer(image, np.uint8)
        for start in range(0, len(data), CHUNK_BYTES):
            end = min(start + CHUNK_BYTES, len(data))
            target[start:end] = data[start:end]
            if progress is not None:
                progress(end, len(data))
        self._regions[0].flush()

    def update(self, image: bytes, progress: Progress | None = None) -> Upload:
        """Replace the image, writing only the lines that differ where the buffers are large enough.

        Raises
        ------
        ProgramError
            If the image is damaged.
        BoardMemoryError
            If larger buffers are needed and not to be had.
        """
        header = read_header(image)
        check_crc(image, header)
        needs = (len(image), *_working_bytes(header))
        held = [region.capacity for region in self._live()]
        if len(needs) != len(held) or any(map(gt, needs, held)):
            self.upload = self._place(image, progress)
            return self.upload
        new = np.frombuffer(image, np.uint8).reshape(-1, LINE_BYTES)
        old = self._regions[0].bytes[: len(image)].reshape(-1, LINE_BYTES)
        different = np.flatnonzero((new != old).any(axis=1))
        old[different] = new[different]
        self._regions[0].flush()
        self.header, self.size_bytes = header, len(image)
        self.upload = Upload(lines=len(new), changed_lines=len(different), moved=False)
        if progress is not None:
            progress(len(image), len(image))
        return self.upload

    def write_input(self, data: bytes) -> None:
        """Replace the features the program reads at run time, and nothing else.

        Raises
        ------
        ProgramError
            If there are more or fewer bytes than it reads.
        """
        check_input(self.header, data)
        if data:
            target = self.buffer("input")
            target.bytes[: len(data)] = np.frombuffer(data, np.uint8)
            target.flush()
            self._fed = self.header

    def refresh(self) -> None:
        """Write image and input to the accelerator's memory again, in case that was damaged."""
        for name in ("image", "input") if self.header.input_lines else ("image",):
            self.buffer(name).flush()

    def _live(self) -> list[Region]:
        if not self._regions:
            raise BackendError("the program has been freed: load it again")
        return self._regions

    # -- Runs --------------------------------------------------------------------------------

    def regions(self) -> list[tuple[int, int]]:
        """Addresses and sizes of program, input, scratch and output.

        Without features to be read at run time the input region is the image.

        Raises
        ------
        ProgramError
            If features are to be read and `write_input` has not been called.
        """
        if self.header.input_lines and self._fed is not self.header:
            raise ProgramError("the program reads features at run time, and none are written yet")
        sizes = (self.size_bytes, *_working_bytes(self.header))
        placed = [(region.address, size) for region, size in zip(self._live(), sizes, strict=True)]
        image, scratch, output = placed[:3]
        return [image, placed[3] if self.header.input_lines else image, scratch, output]

    async def execute(
        self, *, wait: Wait, limits: Limits, progress: Callable[[int], None] | None = None
    ) -> Execution:
        """Run the program; see `Accelerator.run`."""
        state = await self._accelerator.run(
            self.regions(), wait=wait, limits=limits, progress=progress
        )
        return self._collect(state)

    def _collect(self, state: AcceleratorState) -> Execution:
        output = self._live()[2]
        output.invalidate()
        size = _working_bytes(self.header)[1]
        return Execution(
            output=output.bytes[:size].tobytes(),
            bytes_read=state.counters["READ_BYTES"],
            bytes_written=state.counters["WRITTEN_BYTES"],
            cycles=state.counters["CYCLES"],
            cycles_kind=self._accelerator.cycles_kind,
            engines=state.engines(),
        )

    def buffer(self, name: str) -> Region:
        """Return the buffer called ``image``, ``scratch``, ``output`` or (not always) ``input``."""
        return dict(zip(("image", "scratch", "output", "input"), self._live(), strict=False))[name]

    def free(self) -> None:
        """Give all memory back; twice does no harm."""
        regions, self._regions = self._regions, []
        for region in regions:
            region.free()


def _working_bytes(header: Header) -> list[int]:
    """Bytes of scratch and output, and of the input if there is any."""
    lines = [header.scratch_lines, header.output_lines]
    lines += [header.input_lines] if header.input_lines else []
    return [LINE_BYTES * count for count in lines]
