# SPDX-License-Identifier: Apache-2.0
"""The `pynq` backend: a program on the board, or on the virtual board."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hgcn.arch.device import Device
from hgcn.errors import BackendError
from hgcn.execution.backend import Execution, RunOptions
from hgcn.execution.options import FLAG, NAME, POSITIVE, Option, checked_options
from hgcn.isa.image import read_commands, read_header

from .packages import board_module
from .virtual import virtual_boards, virtual_settings
from .waiting import Limits, Wait

_BOARD_OPTIONS = {
    "virtual_board": FLAG,
    "overlay": NAME,
    "memory": NAME,
    "wait": Option(read=Wait, want="auto, interrupt or poll"),
    "timeout_seconds": POSITIVE,
    "stall_seconds": POSITIVE,
}
_overlays: dict[Any, Any] = {}
_running = threading.Lock()
"""Held for a whole run: threads take turns, and none sees another's overlay half loaded."""


def _forget() -> None:
    """Begin anew in a forked child: the board is the parent's, and the lock may be held."""
    global _running  # noqa: PLW0603
    _running = threading.Lock()
    _overlays.clear()


os.register_at_fork(after_in_child=_forget)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    virtual: bool = False
    board: Mapping[str, Any] = field(default_factory=dict)
    simulation: Mapping[str, Any] = field(default_factory=dict)


class PynqBackend:
    """Runs images through PYNQ.

    Options: ``virtual_board=True`` for the simulated board of the program's device; ``overlay`` (a
    path), ``memory`` (its name in the overlay), ``wait`` (auto, interrupt, poll),
    ``timeout_seconds``, ``stall_seconds``; for the virtual board also ``latency_cycles``,
    ``bytes_per_cycle``, ``stall_probability``, ``seed``, ``memory_bytes``, ``access_cycles``,
    ``waves``.

    Raises
    ------
    BackendError
        If pynq is not installed.
    """

    name = "pynq"
    summary = "a board under PYNQ, or the virtual board; counts cycles"

    def __init__(self) -> None:
        self._board = board_module()

    def run(self, image: bytes, device: Device, options: RunOptions) -> Execution:
        """Execute ``image``; see `hgcn.execution.backend.Backend`.

        Raises
        ------
        ProgramError
            If the image is damaged or for another device, or the input is not as long as it says.
        HardwareError
            If the accelerator stops with an error or does not end.
        BackendError
            If an option is unknown, or there is no board and no overlay.
        """
        chosen = self.check_options(options.extra)
        thread = self._board.board_thread()
        if thread.inside:
            raise BackendError("a program cannot be run from another run's progress callback")
        with _running:
            return self._run(image, device, options, chosen)

    def _run(
        self, image: bytes, device: Device, options: RunOptions, chosen: _Options
    ) -> Execution:
        virtual = self._virtual(chosen, device)
        overlay = self._overlay(chosen, virtual)
        limits = {key: chosen.board[key] for key in Limits.__slots__ if key in chosen.board}
        try:
            return overlay.session.run_image(  # type: ignore[no-any-return]
                image,
                device,
                options.input_data,
                wait=chosen.board.get("wait", Wait.AUTO),
                limits=Limits(**limits),
                progress=_per_command(image, options),
            )
        except BaseException:
            # The next call starts from a freshly loaded overlay.
            _overlays.clear()
            raise
        finally:
            if virtual is not None and chosen.simulation.get("waves"):
                _overlays.clear()
                virtual_boards().discard(virtual)

    def check_options(self, extra: Mapping[str, Any]) -> _Options:
        """Return the options as `run` takes them; see `hgcn.execution.backend.check_options`.

        Raises
        ------
        BackendError
            If one is unknown, has a value it cannot take, or is the virtual board's without one.
        """
        chosen = checked_options(self.name, {**_BOARD_OPTIONS, **virtual_settings()}, extra)
        board = {name: chosen.pop(name) for name in _BOARD_OPTIONS if name in chosen}
        virtual = board.pop("virtual_board", False)
        if chosen and not virtual:
            raise BackendError(
                f"{', '.join(chosen)}: settings of the virtual board only; add virtual_board=True"
            )
        return _Options(virtual=virtual, board=board, simulation=chosen)

    def _virtual(self, chosen: _Options, device: Device) -> Any:
        if chosen.virtual:
            return virtual_boards().for_device(device, chosen.simulation)
        if os.environ.get(self._board.VIRTUAL_BOARD, "").strip():
            return virtual_boards().from_environment()
        return None

    def _overlay(self, chosen: _Options, virtual: Any) -> Any:
        named, memory = chosen.board.get("overlay"), chosen.board.get("memory")
        key = (named, memory, id(virtual))
        found = _overlays.get(key)
        if found is None or not found.is_loaded():
            _overlays.clear()
            found = self._board.HgcnOverlay(named, device=virtual, memory=memory)
            _overlays[key] = found
        return found


def _per_command(image: bytes, options: RunOptions) -> Callable[[int], None] | None:
    report = options.progress
    if report is None:
        return None
    total = len(read_commands(image, read_header(image)))
    return lambda command: report(command, total)
