# SPDX-License-Identifier: Apache-2.0
"""Seconds of a command by stage, without a gap between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping


class StageClock:
    """A clock that is read at the end of each stage, from when it is made."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._last = now()
        self._seconds: dict[str, float] = {}

    def end(self, stage: str) -> None:
        """Close a stage: all since the last one closed is its."""
        now = self._now()
        self._seconds[stage] = now - self._last
        self._last = now

    def within(self, stage: str, parts: Mapping[str, float]) -> dict[str, float]:
        """Return the seconds with ``parts`` in the place of a stage that consists of them."""
        found: dict[str, float] = {}
        for name, seconds in self._seconds.items():
            found.update(parts if name == stage else {name: seconds})
        return found
