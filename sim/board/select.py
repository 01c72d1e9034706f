# SPDX-License-Identifier: Apache-2.0
"""Makes a virtual board the device PYNQ uses."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Mapping
from typing import Any

from hgcn.arch.device import Device
from hgcn.errors import BackendError

from .device import VirtualBoard, activate
from .settings import ENVIRONMENT, BoardSettings

_boards: dict[BoardSettings, VirtualBoard] = {}
_making = threading.Lock()


def _forget() -> None:
    """Begin anew in a forked child: boards are the parent's, and their locks may be held."""
    global _making  # noqa: PLW0603
    _making = threading.Lock()
    _boards.clear()


os.register_at_fork(after_in_child=_forget)


def virtual_board(settings: BoardSettings) -> VirtualBoard:
    """Return the virtual board of these settings, made when first asked for, as PYNQ's device.

    Raises
    ------
    BackendError
        If the simulator cannot be built here.
    """
    with _making:
        board = _boards.get(settings)
        if board is None:
            board = _boards[settings] = VirtualBoard(settings)
        activate(board)
        return board


def for_device(device: Device, options: Mapping[str, Any]) -> VirtualBoard:
    """Return the virtual board of ``device`` with settings by name."""
    return virtual_board(BoardSettings.make(device, options))


def discard(board: VirtualBoard) -> None:
    """End a board's simulation, which completes its waves."""
    _boards.pop(board.settings, None)
    board.close()


@atexit.register
def _discard_all() -> None:
    for board in list(_boards.values()):
        discard(board)


def from_environment() -> VirtualBoard | None:
    """Return the virtual board the environment variable asks for, None if it does not.

    Raises
    ------
    BackendError
        If its value is not a preset and settings.
    """
    text = os.environ.get(ENVIRONMENT, "").strip()
    if not text:
        return None
    try:
        return virtual_board(BoardSettings.parse(text))
    except ValueError as fault:
        raise BackendError(f"{ENVIRONMENT}: {fault}") from None
