# SPDX-License-Identifier: Apache-2.0
"""The kernel's UIO driver of one interrupt, as PYNQ's `UioController` sees it: a device file.

A pseudo-terminal stands for it: 4 bytes written allow the next interrupt, 4 bytes read are one.
"""

from __future__ import annotations

import asyncio
import os
import tty
from pathlib import Path
from typing import Any

_SLICE_CYCLES = 20_000
_IDLE_SECONDS = 0.01


class Uio:
    """One ``/dev/uio``.

    Parameters
    ----------
    board : VirtualBoard
        Its time passes while an interrupt is allowed and the event loop runs.

    Attributes
    ----------
    path : Path
        What to open.
    interrupts : int
        How many were delivered.
    """

    def __init__(self, board: Any) -> None:
        self._board = board
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.path = Path(os.ttyname(self._theirs))
        self.interrupts = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._next: asyncio.Handle | None = None

    def opened(self) -> None:
        """Serve who opens the file from now on, on the event loop that is current."""
        self._loop = asyncio.get_event_loop()
        self._loop.add_reader(self._ours, self._allow)

    def close(self) -> None:
        """Remove the device."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._ours)
        if self._next is not None:
            self._next.cancel()
        os.close(self._ours)
        os.close(self._theirs)

    def _allow(self) -> None:
        os.read(self._ours, 4)
        self._again(0.0)

    def _again(self, seconds: float) -> None:
        assert self._loop is not None
        if self._next is not None:
            self._next.cancel()
        self._next = self._loop.call_later(seconds, self._pass_time)

    def _pass_time(self) -> None:
        if self._board.advance(_SLICE_CYCLES):
            self.interrupts += 1
            os.write(self._ours, self.interrupts.to_bytes(4, "little"))
        else:
            # An idle accelerator raises no interrupt: do not burn the processor for it.
            self._again(0.0 if self._board.busy else _IDLE_SECONDS)
