# SPDX-License-Identifier: Apache-2.0
"""The virtual board as a PYNQ device: PYNQ's own overlay, registers, buffers and interrupts on it.

One of the two files that import pynq (the other is the driver). Nothing of PYNQ is replaced but the
device: what is on the other side of registers, memory and the interrupt wire.
"""

from __future__ import annotations

import asyncio
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hgcn.errors import BackendError
from hgcn.isa.identity import INSTANCE
from hgcn.isa.registers import REGISTERS

from ..runs.waves import wave_file
from .build import build_board
from .faults import Faults
from .hwh import CONTROLLER, write_overlay
from .interrupt import InterruptController
from .memory import Allocation, BufferMemory
from .model import MEMORY_BASE, BoardModel
from .settings import BoardSettings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # PYNQ on a workstation: no board, pkg_resources
    from pynq._3rdparty import tinynumpy
    from pynq.buffer import PynqBuffer
    from pynq.interrupt import _InterruptController
    from pynq.mmio import _AccessHook
    from pynq.pl_server.device import Device as PynqDevice
    from pynqmetadata.frontends import Metadata
    from pynqmetadata.views.runtime.runtime_metadata_parser import RuntimeMetadataParser

_SLICE_CYCLES = 20_000
"""Simulated between two looks at the event loop: some tens of milliseconds."""

_IDLE_SECONDS = 0.01
_REGISTER_BYTES = 512
_CTRL = REGISTERS["CTRL"]
_BUSY = REGISTERS["STATUS"].fields["busy"]


class VirtualUio:
    """What PYNQ takes for a UIO device: waits for the interrupt by letting simulated time pass.

    Attributes
    ----------
    wait_events : list
        Who waits, as in PYNQ's own: cleared when a new overlay makes them void.
    """

    def __init__(self, board: VirtualBoard) -> None:
        self._board = board
        self.wait_events: list[Any] = []
        self._next: asyncio.Handle | None = None

    def add_event(self, event: Any, number: int) -> None:
        """Call ``event.set()`` once the wire to the processor is high."""
        self.wait_events.append(event)
        self._again(asyncio.get_running_loop(), 0.0)

    def _again(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        if self._next is not None:
            self._next.cancel()
        self._next = loop.call_later(seconds, self._pass_time, loop)

    def _pass_time(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self.wait_events:
            return
        if not self._board.advance(_SLICE_CYCLES):
            # An idle accelerator raises no interrupt: do not burn the processor for it.
            self._again(loop, 0.0 if self._board.busy else _IDLE_SECONDS)
            return
        events, self.wait_events = self.wait_events, []
        for event in events:
            event.set()


class VirtualBoard(PynqDevice):  # type: ignore[misc]
    """A board whose programmable logic is the Verilated accelerator.

    Parameters
    ----------
    settings : BoardSettings

    Attributes
    ----------
    model : BoardModel
    buffers : BufferMemory
    faults : Faults
    """

    cycles_kind = "simulated"
    capabilities = {"MEMORY_MAPPED": True}  # noqa: RUF012

    def __init__(self, settings: BoardSettings) -> None:
        super().__init__(f"hgcn-virtual-{settings.device.name}")
        self.name = self.tag
        self.settings = settings
        waves = None if settings.waves is None else wave_file(settings.waves)
        library = build_board(settings.device, waves=waves is not None)
        self.model = BoardModel(replace(settings, waves=waves), library)
        self.buffers = BufferMemory(self.model.memory, MEMORY_BASE)
        self.controller = InterruptController(lambda: self.model.irq)
        self.uio = VirtualUio(self)
        self.faults = Faults(self.model, self.controller)
        self.overlay_path = write_overlay(settings.device)
        self.timestamp = ""
        self.bitfile_name: str | None = None
        self._bases: dict[str, tuple[int, int]] = {}
        self._lines: list[int] = []

    def close(self) -> None:
        """End the simulation."""
        self.model.close()

    # -- Overlays ----------------------------------------------------------------------------

    def get_bitfile_metadata(self, bitfile_name: str, partial: bool = False) -> Any:
        """Parse the .hwh beside the overlay with PYNQ's own parser."""
        path = Path(bitfile_name).with_suffix(".hwh")
        if not path.exists():
            raise BackendError(f"{path.name} is missing beside {bitfile_name}")
        parser = RuntimeMetadataParser(Metadata(input=str(path)))
        parser.mem_dict["PSDDR"] = {
            "base_address": MEMORY_BASE,
            "size": self.settings.memory_bytes,
            "idx": 0,
            "raw_type": 0,
            "streaming": False,
            "used": 1,
            "tag": "PSDDR",
            "type": "DDR4",
            "fullpath": "PSDDR",
        }
        # Programmable clocks are the processor's registers, which are not simulated.
        parser.clock_dict = {}
        return parser

    def download(self, bitstream: Any, parser: Any = None) -> None:
        """Put an overlay on the board."""
        text = Path(bitstream.bitfile_name).read_bytes()
        want = f"virtual overlay {self.settings.device.hash:016x}\n".encode()
        if text != want:
            raise BackendError(
                f"the virtual board of {self.settings.device.name} takes only its own overlay "
                f"{self.overlay_path}, got {bitstream.bitfile_name}"
            )
        parser = parser or self.get_bitfile_metadata(bitstream.bitfile_name)
        self.configure(parser)
        self._lines = [entry["raw_irq"] for entry in parser.interrupt_controllers.values()]
        self.claim_interrupts()
        self.post_download(bitstream, parser, self.name)

    def claim_interrupts(self) -> None:
        """Be the device whose interrupts PYNQ knows: another board may have been it meanwhile."""
        # PYNQ keeps its UIO devices here by number, from one overlay to the next, and looks here
        # first.
        for line in self._lines:
            _InterruptController._uio_devices[line] = self.uio
        activate(self)

    def configure(self, parser: Any) -> None:
        """Do what new programmable logic does: a hardware reset, and the parser's address map."""
        self._bases = {
            name: (entry["phys_addr"], entry["addr_range"])
            for name, entry in parser.ip_dict.items()
            if "phys_addr" in entry
        }
        self.model.reset()
        self.controller.reset()

    def gen_cache(self, bitstream: Any, parser: Any = None) -> None:
        """Keep no metadata cache: PYNQ's lies in its own package folder."""

    def get_memory(self, description: Any) -> VirtualBoard:
        """Return what buffers in a named memory come from: there is one memory."""
        return self

    # -- Buffers -----------------------------------------------------------------------------

    def allocate(self, shape: Any, dtype: Any, **_: Any) -> Any:
        """Return a PYNQ buffer; see `hgcn_sim.board.memory`."""
        count = int(np.prod(shape))
        made = self.buffers.allocate(count * np.dtype(dtype).itemsize)
        buffer = PynqBuffer(
            shape,
            dtype,
            buffer=made.host.data,
            device=self,
            device_address=self.buffers.address(made),
            bo=made,
            coherent=False,
        )
        # So `freebuffer` gives it back to us, once; there is no libc mapping to undo.
        buffer.memory, buffer.pointer, buffer.return_to, buffer.freed = self, made, self, True
        return buffer

    def return_pointer(self, pointer: Allocation) -> None:
        """Free a buffer; PYNQ calls it."""
        self.buffers.free(pointer)

    def flush(self, bo: Allocation, offset: int, vaddr: int, nbytes: int) -> None:
        """Make the processor's writes visible to the accelerator."""
        self.buffers.flush(bo, offset, nbytes)

    def invalidate(self, bo: Allocation, offset: int, vaddr: int, nbytes: int) -> None:
        """Make the accelerator's writes visible to the processor."""
        self.buffers.invalidate(bo, offset, nbytes)

    # -- Registers and time ------------------------------------------------------------------

    def mmap(self, base_addr: int, length: int) -> Any:
        """Return an array of words whose accesses are bus transactions."""
        return tinynumpy.ndarray(
            shape=(length // 4,), dtype="u4", hook=_AccessHook(base_addr, self)
        )

    def _decode(self, address: int) -> tuple[str, int]:
        for name, (base, size) in self._bases.items():
            if base <= address < base + size:
                return name, address - base
        raise BackendError(f"bus error: nothing answers at {address:#x} on the virtual board")

    def read_registers(self, address: int, length: int) -> bytes:
        """Read words over the bus."""
        words = [self._read(address + offset) for offset in range(0, length, 4)]
        return np.array(words, dtype="<u4").tobytes()

    def write_registers(self, address: int, data: bytes) -> None:
        """Write words over the bus."""
        for index, word in enumerate(np.frombuffer(bytes(data), dtype="<u4")):
            self._write(address + 4 * index, int(word))

    def _read(self, address: int) -> int:
        name, offset = self._decode(address)
        if name == CONTROLLER:
            return self.controller.read(offset)
        self.model.step(self.settings.access_cycles)
        return self.model.read(offset % _REGISTER_BYTES)

    def _write(self, address: int, value: int) -> None:
        name, offset = self._decode(address)
        if name == CONTROLLER:
            self.controller.write(offset, value)
            return
        if name != INSTANCE:
            raise BackendError(f"bus error: {name} takes no writes on the virtual board")
        self.model.step(self.settings.access_cycles)
        if offset == _CTRL.offset and _CTRL.fields["start"].get(value):
            self.model.align()
        self.model.write(offset % _REGISTER_BYTES, value)

    def advance(self, cycles: int) -> bool:
        """Let time pass, at most until the processor is interrupted; return whether it is."""
        if not self.controller.output:
            self.model.step(cycles, until_irq=not self.controller.lost)
        return self.controller.output

    @property
    def busy(self) -> bool:
        """Whether a program is running: STATUS, read without letting time pass."""
        return bool(_BUSY.get(self.model.read(REGISTERS["STATUS"].offset)))


def activate(board: VirtualBoard) -> None:
    """Make ``board`` the device PYNQ uses where none is named."""
    PynqDevice.active_device = board
