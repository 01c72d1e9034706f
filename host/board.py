# SPDX-License-Identifier: Apache-2.0
"""The PYNQ overlay and driver of the accelerator: the only file of `host` that imports pynq."""

from __future__ import annotations

import contextlib
import functools
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from hgcn.api import Program
from hgcn.arch.device import Device
from hgcn.environment import path_variable
from hgcn.errors import BackendError, HgcnError
from hgcn.isa.identity import CORES
from hgcn.model.model import Model

from .accelerator import Accelerator
from .board_thread import board_thread
from .loaded_image import Progress
from .loaded_program import LoadedProgram
from .loading import explain
from .registers import Registers
from .session import Session
from .state import AcceleratorState
from .virtual import virtual_boards

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Off a board PYNQ warns that it finds none
    import pynq
    from pynq.interrupt import Interrupt, _InterruptController

VIRTUAL_BOARD = "HGCN_VIRTUAL_BOARD"
"""Environment variable: a preset's name puts the virtual board in place of a board."""

OVERLAY = "HGCN_OVERLAY"
"""Environment variable: path of the overlay where none is given."""

_OVERLAYS = Path(__file__).resolve().parent / "overlays"
_SUFFIXES = (".pdi", ".bit", ".xsa")


class HgcnDriver(pynq.DefaultIP):  # type: ignore[misc]
    """Driver of one accelerator, bound by its vendor, library, name and version.

    Attributes
    ----------
    registers : Registers
        By the names of the register description.
    accelerator : Accelerator
    """

    bindto = list(CORES.values())  # noqa: RUF012 - PYNQ's metaclass reads it

    def __init__(self, description: Any) -> None:
        super().__init__(description=description)
        self.registers = Registers(self.read, self.write)
        # A board's own counters are measured; the virtual board's device says that its are not.
        kind = getattr(self.device, "cycles_kind", "measured")
        self.accelerator = Accelerator(
            self.registers, lambda: self.interrupt, self.renew_interrupt, kind
        )
        pins = [getattr(self, name) for name in self._interrupts]
        self._pin = next((pin for pin in pins if pin is not None), None)

    @property
    def interrupt(self) -> Any:
        """The interrupt pin, None if the overlay has none."""
        # Loading an overlay makes the pins of all before it void.
        if self._pin is not None and self._pin.parent() is None:
            self.renew_interrupt()
        return self._pin

    def renew_interrupt(self) -> None:
        """Bind the interrupt anew, as after loading the overlay; in the board's thread.

        PYNQ keeps its UIO devices, its controllers and who waits on them. A wait that was broken
        off may have left any of them half written, and who waited on the overlay before would take
        the next interrupt away from us: all are forgotten.
        """
        claim = getattr(self.device, "claim_interrupts", None)
        if claim is not None:
            claim()
        for device in _InterruptController._uio_devices.values():
            device.wait_events.clear()
        _InterruptController._controllers.clear()
        for details in self._interrupts.values():
            try:
                self._pin = Interrupt(details["fullpath"])
            except ValueError:
                self._pin = None


class HgcnOverlay(pynq.Overlay):  # type: ignore[misc]
    """An overlay with the accelerator in it.

    Parameters
    ----------
    bitfile_name : str, optional
        Name or path of the ``.pdi`` or ``.bit``; by default what ``HGCN_OVERLAY`` names, else the
        one in ``hgcn_host/overlays``. The virtual board has its own.
    download : bool
        Load it onto the board.
    device : pynq Device, optional
    memory : str, optional
        Name in ``mem_dict`` of the memory programs and results are put into; by default PYNQ's,
        the processor's own at address zero. The accelerator must be wired to it.

    Raises
    ------
    BackendError
        If no overlay is found, it cannot be loaded, or it has no accelerator.

    Notes
    -----
    At the end of a ``with`` block every program is freed; the overlay stays on the board.
    """

    def __init__(
        self,
        bitfile_name: str | None = None,
        *,
        download: bool = True,
        device: Any = None,
        memory: str | None = None,
    ) -> None:
        if device is None and os.environ.get(VIRTUAL_BOARD, "").strip():
            device = virtual_boards().from_environment()
        own = getattr(device, "overlay_path", None)
        name = str(own) if own is not None else str(bitfile_name or _default_overlay())
        thread = board_thread()
        thread.call(lambda: self._load(name, download, device))
        self._memory = self._named(memory)
        self.session = Session(self.driver.accelerator, self._allocate, self._load_again, thread)

    def _load(self, name: str, download: bool, device: Any) -> None:
        """Load it and bind its driver: PYNQ takes the event loop of the thread that does."""
        with _pynqs_own(name):
            super().__init__(name, download=download, device=device)
        self.driver  # noqa: B018 - made when first asked for

    @functools.cached_property
    def driver(self) -> HgcnDriver:
        """Driver of the accelerator, whatever the block design calls it."""
        for name, entry in self.ip_dict.items():
            if entry["type"] in CORES.values():
                found = functools.reduce(getattr, name.split("/"), self)
                if isinstance(found, HgcnDriver):
                    return found
        raise BackendError(
            f"{Path(self.bitfile_name).name} has no {' or '.join(CORES.values())}: it holds "
            f"{', '.join(entry['type'] for entry in self.ip_dict.values()) or 'nothing'}"
        )

    def allocate(self, size_bytes: int) -> Any:
        """Return a PYNQ buffer of so many bytes in this board's memory."""
        return self.session.thread.call(lambda: self._allocate(size_bytes))

    def _allocate(self, size_bytes: int) -> Any:
        return pynq.allocate((size_bytes,), dtype="u1", target=self._memory)

    def _named(self, memory: str | None) -> Any:
        """Return what PYNQ allocates from: the named memory, by default the device."""
        if memory is None:
            return self.device
        # Those without an index are in the hand-off file only: XRT does not know them.
        known = {
            name: entry
            for name, entry in self.mem_dict.items()
            if "idx" in entry and not entry["streaming"]
        }
        if memory not in known:
            raise BackendError(
                f"{Path(self.bitfile_name).name} has no memory {memory!r}: choose from "
                f"{', '.join(known) or 'none'}"
            )
        return self.device.get_memory(known[memory])

    def _load_again(self) -> None:
        with _pynqs_own(self.bitfile_name):
            self.download()
        self.driver.renew_interrupt()

    # What a session does, without asking for it first.

    def load(
        self, program: Program, *, model: Model | None = None, progress: Progress | None = None
    ) -> LoadedProgram:
        """Put a program into the board's memory; see `Session.load`."""
        return self.session.load(program, model=model, progress=progress)

    @property
    def preset(self) -> Device:
        """The device to compile for: the preset the accelerator was built from.

        Raises
        ------
        BackendError
            If this hgcn has no such preset.
        """
        found = self.driver.accelerator.preset
        if found is None:
            number = self.driver.accelerator.device_hash
            raise BackendError(
                f"no preset of this hgcn has device hash {number:#018x}: compile for its file"
            )
        return found

    def state(self) -> AcceleratorState:
        """Read the accelerator's status, error and counters."""
        return self.session.state()

    def reset(self) -> None:
        """Make the accelerator usable again after any error; see `Session.reset`.

        Stands in for PYNQ's ``Overlay.reset``, which only forgets bookkeeping.
        """
        self.session.reset()

    def free(self) -> None:
        """Free every program."""
        self.session.close()
        self.session.thread.call(super().free)

    def __enter__(self) -> HgcnOverlay:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.free()


@contextlib.contextmanager
def _pynqs_own(name: str) -> Iterator[None]:
    """Let PYNQ load the overlay ``name``: its usual warnings unsaid, its errors explained."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*pkg_resources.*")
            warnings.simplefilter("ignore", ResourceWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    except HgcnError:
        raise
    except (OSError, RuntimeError) as fault:
        raise explain(Path(name), fault) from fault


def _default_overlay() -> str:
    chosen = path_variable(OVERLAY)
    if chosen is not None:
        return str(chosen)
    found = sorted(path for path in _OVERLAYS.iterdir() if path.suffix in _SUFFIXES)
    if len(found) == 1:
        return str(found[0])
    raise BackendError(
        f"name the overlay: HgcnOverlay('hgcn.pdi'), or {OVERLAY}; {_OVERLAYS} has "
        f"{', '.join(path.name for path in found) or 'none'}. Without a board: {VIRTUAL_BOARD}=tiny"
    )
