# SPDX-License-Identifier: Apache-2.0
"""Things that go wrong on a board, switched on and off."""

from __future__ import annotations

from .interrupt import InterruptController
from .model import MEMORY_BASE, BoardModel


class Faults:
    """The faults of one virtual board; device addresses are those buffers report."""

    def __init__(self, model: BoardModel, controller: InterruptController) -> None:
        self._model, self._controller = model, controller

    def axi_error(
        self,
        address: int,
        size_bytes: int = 1,
        *,
        response: int = 2,
        reads: bool = True,
        writes: bool = True,
    ) -> None:
        """Answer ``response`` (2 SLVERR, 3 DECERR) to memory beats that touch these bytes."""
        self._model.inject(address, size_bytes, response, reads=reads, writes=writes)

    def lose_interrupts(self) -> None:
        """Cut the wire from the accelerator to the interrupt controller."""
        self._controller.lost = True

    def hang_memory(self) -> None:
        """Let the memory neither take nor answer anything, until `clear` or a new overlay."""
        self._model.hang()

    def corrupt(self, address: int, mask: int = 0x01) -> None:
        """Flip bits of one byte of the accelerator's memory."""
        self._model.memory[address - MEMORY_BASE] ^= mask

    def clear(self) -> None:
        """Undo all but `corrupt`."""
        self._model.clear_injections()
        self._model.hang(False)
        self._controller.lost = False
