# SPDX-License-Identifier: Apache-2.0
"""Barriers: which engines a command must wait for, from what each command reads and writes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hgcn.format.numbers import ALL_ENGINES, Base, Engine
from hgcn.isa.commands import Command, Drain, End, Load, Spmm, streams
from hgcn.isa.line_set import LineSet

Uses = dict[Engine, tuple[int, int]]
"""What each engine reads and writes: masks of the two stores and of both engines' sums."""

_STORE, _LANES, _MERGE = 0b1, 0b100, 0b10000
"""Bit of number 0 of each; that of number 1 is the next."""


def _uses(command: Command) -> Uses:
    if isinstance(command, Load):
        return {Engine.LOAD: (0, _STORE << command.store)}
    if isinstance(command, Spmm):
        store = _STORE << command.store
        return {
            Engine.PL: (store, _LANES << command.buffer),
            Engine.ARRAY: (store, _MERGE << command.buffer),
        }
    if isinstance(command, Drain):
        sums = (_LANES | _MERGE) << command.buffer
        return {Engine.DRAIN: (sums, _STORE << command.store if command.write_store else 0)}
    return {}


@dataclass(slots=True)
class HazardTracker:
    """Sets `wait_mask` and `fence` of commands added in program order.

    An engine takes a command only when idle, so only its latest command can be running. Reading
    memory that any earlier DRAIN wrote needs a fence: streams are prefetched.
    """

    _running: Uses = field(default_factory=dict)
    _written: dict[Base, LineSet] = field(default_factory=lambda: {b: LineSet() for b in Base})

    def place(self, command: Command) -> Command:
        """Return ``command`` with the barriers it needs; those it has already are kept."""
        if isinstance(command, End):
            return replace(command, wait_mask=ALL_ENGINES)
        wait_mask, fence = self.needs(command)
        if (wait_mask, fence) == (command.wait_mask, command.fence):
            return command
        return replace(command, wait_mask=wait_mask, fence=fence)

    def needs(self, command: Command) -> tuple[int, bool]:
        """Add ``command``; return the `wait_mask` and the `fence` it needs, with those it has."""
        fence = command.fence or any(
            self._written[stream.base].meets(stream.offset, stream.offset + stream.lines)
            for stream in streams(command).values()
        )
        if fence:
            self._running.clear()
            for lines in self._written.values():
                lines.clear()
        wait_mask = command.wait_mask
        mine = _uses(command)
        reads = writes = 0
        for read, written in mine.values():
            reads |= read
            writes |= written
        for engine, (read, written) in list(self._running.items()):
            if wait_mask >> engine & 1:
                del self._running[engine]
            # Same-engine order is kept by the hardware; PL and array of an SPMM clash only with
            # others.
            elif engine not in mine and (written & (reads | writes) or read & writes):
                wait_mask |= 1 << engine
                del self._running[engine]
        self._running.update(mine)
        if isinstance(command, Drain) and command.write_memory:
            target = command.destination
            self._written[target.base].add(target.offset, target.offset + target.lines)
        return wait_mask, fence
