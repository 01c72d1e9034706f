# SPDX-License-Identifier: Apache-2.0
"""The AXI interrupt controller between the accelerator and the processor."""

from __future__ import annotations

from collections.abc import Callable

ISR, IPR, IER, IAR, SIE, CIE, IVR, MER = range(0x00, 0x20, 4)
"""Register offsets, as in AMD's product guide PG099."""

_ENABLED = 1
_LINES = 1


class InterruptController:
    """AMD's AXI INTC with one level-sensitive line.

    Parameters
    ----------
    line : callable
        Returns the level of the line.
    """

    def __init__(self, line: Callable[[], bool]) -> None:
        self._line = line
        self.lost = False
        """A broken wire: the line is never seen high."""
        self.reset()

    def reset(self) -> None:
        """Return to the state after power-up."""
        self._pending = self._enable = self._master = 0

    def _sample(self) -> int:
        if self._line() and not self.lost:
            self._pending |= 1
        return self._pending

    @property
    def output(self) -> bool:
        """Level of the wire to the processor."""
        return bool(self._master & _ENABLED and self._sample() & self._enable)

    def read(self, offset: int) -> int:
        """Return a register's word; those not implemented read zero."""
        pending = self._sample()
        lowest = 0 if pending & self._enable else 0xFFFFFFFF
        return {
            ISR: pending,
            IPR: pending & self._enable,
            IER: self._enable,
            IVR: lowest,
            MER: self._master,
        }.get(offset, 0)

    def write(self, offset: int, value: int) -> None:
        """Write a register's word.

        An acknowledged line that is still high is pending again at once, and stays so after it has
        fallen: software must expect an interrupt without a cause.
        """
        bits = value & ((1 << _LINES) - 1)
        self._sample()
        if offset == IER:
            self._enable = bits
        elif offset == SIE:
            self._enable |= bits
        elif offset == CIE:
            self._enable &= ~bits
        elif offset == IAR:
            self._pending &= ~bits
        elif offset == MER:
            self._master = value & 3
