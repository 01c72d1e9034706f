# SPDX-License-Identifier: Apache-2.0
"""A set of numbers held as disjoint ranges: lines of memory, rows of a store."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field


@dataclass(slots=True)
class LineSet:
    """Ranges ``[start, stop)``, sorted; neighbours are merged.

    A look-up is a binary search. To add a range costs what it swallows, and a move of the list
    behind it: nothing where ranges come in order.

    Examples
    --------
    >>> lines = LineSet()
    >>> lines.add(0, 4); lines.add(6, 8); lines.add(4, 5)
    >>> lines.covers(0, 5), lines.covers(0, 6), lines.meets(5, 6), lines.meets(5, 7)
    (True, False, False, True)
    >>> lines.first_gap(8)
    5
    """

    _starts: list[int] = field(default_factory=list)
    _stops: list[int] = field(default_factory=list)

    def add(self, start: int, stop: int) -> None:
        """Add ``[start, stop)``; an empty range adds nothing."""
        if start >= stop:
            return
        first = bisect_left(self._stops, start)
        last = bisect_right(self._starts, stop)
        if first < last:
            start = min(start, self._starts[first])
            stop = max(stop, self._stops[last - 1])
        self._starts[first:last] = [start]
        self._stops[first:last] = [stop]

    def covers(self, start: int, stop: int) -> bool:
        """Whether all of ``[start, stop)`` is in the set."""
        at = bisect_right(self._starts, start) - 1
        return start >= stop or (at >= 0 and stop <= self._stops[at])

    def meets(self, start: int, stop: int) -> bool:
        """Whether any of ``[start, stop)`` is in the set."""
        at = bisect_right(self._stops, start)
        return start < stop and at < len(self._starts) and self._starts[at] < stop

    def first_gap(self, stop: int) -> int:
        """The smallest number that is not in the set, at most ``stop``."""
        if not self._starts or self._starts[0] > 0:
            return 0
        return min(self._stops[0], stop)

    def clear(self) -> None:
        """Empty the set."""
        self._starts.clear()
        self._stops.clear()
