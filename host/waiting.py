# SPDX-License-Identifier: Apache-2.0
"""Waits for a run's end: by interrupt, or by looking; gives up on time and on standstill."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from hgcn.errors import SpecError
from hgcn.execution.options import POSITIVE, checked_options

from .errors import AcceleratorTimeoutError
from .registers import Registers
from .state import AcceleratorState

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 20e-6, 1e-3
_LOOK_SECONDS = 0.25
"""How often to look whether the run still moves."""

_LOST_SECONDS = 2.0
"""How long an interrupt may come after the run's end: more than a busy processor is late."""


class Wait(Enum):
    """How a run's end is noticed.

    ``AUTO``: by interrupt where the overlay has one, and by polling from the first lost one on;
    ``INTERRUPT``: a lost one is an error; ``POLL``: by reading STATUS.
    """

    AUTO = "auto"
    INTERRUPT = "interrupt"
    POLL = "poll"

    @classmethod
    def _missing_(cls, value: object) -> Wait:
        names = ", ".join(item.value for item in cls)
        raise SpecError(f"wait must be one of {names}, got {value!r}")


class InterruptPin(Protocol):
    """What PYNQ's ``Interrupt`` offers."""

    async def wait(self) -> None:
        """Return once the pin has been high."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a run may take.

    Parameters
    ----------
    timeout_seconds : float or None
        Whole run; None for no limit as long as it moves.
    stall_seconds : float
        Longest time without any counter moving.
    """

    timeout_seconds: float | None = None
    stall_seconds: float = 5.0

    def __post_init__(self) -> None:
        given = {"stall_seconds": self.stall_seconds}
        if self.timeout_seconds is not None:
            given["timeout_seconds"] = self.timeout_seconds
        checked_options("run", dict.fromkeys(given, POSITIVE), given)


class Watch:
    """Judges whether a run may go on."""

    def __init__(
        self,
        registers: Registers,
        limits: Limits,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._registers, self._limits, self._progress = registers, limits, progress
        self._start = self._moved = time.monotonic()
        self._last: tuple[int, ...] = ()

    def look(self) -> None:
        """Report progress; raise `AcceleratorTimeoutError` if the run has had its time."""
        now = time.monotonic()
        state = AcceleratorState.read(self._registers)
        if not state.busy:
            return
        if state.progress() != self._last:
            self._last, self._moved = state.progress(), now
            if self._progress is not None:
                self._progress(state.command)
        limit = self._limits.timeout_seconds
        if limit is not None and now - self._start > limit:
            raise AcceleratorTimeoutError(f"not done after {limit} s: {state.describe()}")
        if now - self._moved > self._limits.stall_seconds:
            raise AcceleratorTimeoutError(
                f"nothing moved for {self._limits.stall_seconds} s: {state.describe()}"
            )


def _busy(registers: Registers) -> bool:
    return bool(registers.get("STATUS", "busy"))


class _Pauses:
    """Pauses between two looks at STATUS: short at first, then a millisecond."""

    def __init__(self, watch: Watch) -> None:
        self._watch, self._pause = watch, _FIRST_PAUSE_SECONDS
        self._next = time.monotonic() + _LOOK_SECONDS

    def next(self) -> float:
        if time.monotonic() >= self._next:
            self._watch.look()
            self._next = time.monotonic() + _LOOK_SECONDS
        self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
        return self._pause


async def poll(registers: Registers, watch: Watch) -> None:
    """Return once STATUS says that the run has ended."""
    pauses = _Pauses(watch)
    while _busy(registers):
        await asyncio.sleep(pauses.next())


async def wait_interrupt(pin: InterruptPin, registers: Registers, watch: Watch) -> bool:
    """Return once the run has ended; whether its interrupt came.

    An interrupt without a cause (the controller may keep an old one) is waited out.
    """
    while True:
        came = await _came(pin, _LOOK_SECONDS)
        if not _busy(registers):
            return came or await _came(pin, _LOST_SECONDS)
        watch.look()


async def _came(pin: InterruptPin, seconds: float) -> bool:
    try:
        await asyncio.wait_for(pin.wait(), seconds)
    except asyncio.TimeoutError:
        return False
    return True
