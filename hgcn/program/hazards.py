# SPDX-License-Identifier: Apache-2.0
"""Barriers: which engines a command must wait for, from what each command reads and writes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hgcn.program.commands import Command, Drain, End, Load, Spmm, streams
from hgcn.program.layout import Base, Engine

_ALL = 0b1111

Uses = dict[Engine, tuple[set[object], set[object]]]


def _uses(command: Command) -> Uses:
    """What each engine of the command reads and writes."""
    if isinstance(command, Load):
        return {Engine.LOAD: (set(), {("store", command.store)})}
    if isinstance(command, Spmm):
        store: set[object] = {("store", command.store)}
        return {
            Engine.PL: (store, {("lanes", command.half)}),
            Engine.STA: (store, {("merge", command.half)}),
        }
    if isinstance(command, Drain):
        sums: set[object] = {("lanes", command.half), ("merge", command.half)}
        written: set[object] = {("store", command.store)} if command.write_store else set()
        return {Engine.DRAIN: (sums, written)}
    return {}


@dataclass(slots=True)
class HazardTracker:
    """Sets `after` and `fence` of commands added in program order.

    An engine takes a command only when idle, so only its latest command can be running. Reading
    memory that any earlier DRAIN wrote needs a fence: streams are prefetched.
    """

    _running: Uses = field(default_factory=dict)
    _written: list[tuple[Base, int, int]] = field(default_factory=list)

    def place(self, command: Command) -> Command:
        """Return ``command`` with the barriers it needs; those it has already are kept."""
        if isinstance(command, End):
            return replace(command, after=_ALL)
        fence = command.fence or any(
            stream.base == base and stream.offset < high and low < stream.offset + stream.lines
            for stream in streams(command).values()
            for base, low, high in self._written
        )
        if fence:
            self._running.clear()
            self._written.clear()
        after = command.after
        mine = _uses(command)
        for engine, (read, written) in list(self._running.items()):
            if after >> engine & 1:
                del self._running[engine]
            if engine in mine or after >> engine & 1:
                continue
            clash = any(
                (written & (my_read | my_written)) or (read & my_written)
                for my_read, my_written in mine.values()
            )
            if clash:
                after |= 1 << engine
                del self._running[engine]
        # Same-engine order is kept by the hardware; PL and STA of an SPMM clash only with others.
        self._running.update(mine)
        if isinstance(command, Drain) and command.write_memory:
            target = command.destination
            self._written.append((target.base, target.offset, target.offset + target.lines))
        return replace(command, after=after, fence=fence)
