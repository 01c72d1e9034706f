# SPDX-License-Identifier: Apache-2.0
"""When the commands of a program begin, by the cycle model: as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hgcn.arch.device import Device
from hgcn.cycles.timeline import timeline
from hgcn.isa.commands import End
from hgcn.isa.image import read_commands, read_header


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command on the engine that does it.

    Attributes
    ----------
    engine : str
        ``load``, ``spmm`` (PL engine and tensor array, side by side) or ``drain``.
    command : int
        Its number in the program.
    begin : int
        Cycle in which it is issued.
    until : int
        Cycle in which the engine is given its next command, or the program is done: it has ended
        by then, and may have before.
    """

    engine: str
    command: int
    begin: int
    until: int


def schedule(image: bytes, device: Device) -> tuple[Step, ...]:
    """Return the modelled schedule, in the order of the program.

    Parameters
    ----------
    image : bytes
        ``program.image``.
    device : Device
        ``program.device``.

    Raises
    ------
    ProgramError
        See `hgcn.cycles.estimate`.

    Examples
    --------
    >>> import hgcn
    >>> program = hgcn.compile(hgcn.GCN.load("digits"), hgcn.datasets.load("digits"))
    >>> steps = schedule(program.image, program.device)
    >>> max(step.until for step in steps) == program.estimate().cycles
    True
    """
    made = timeline(image, device)
    begins: dict[str, list[tuple[int, int]]] = {}
    for number, command in enumerate(read_commands(image, read_header(image))):
        if not isinstance(command, End):
            name = type(command).__name__.lower()
            begins.setdefault(name, []).append((number, int(made.issued[number])))
    steps = [
        Step(engine=engine, command=number, begin=begin, until=until)
        for engine, found in begins.items()
        for (number, begin), (_, until) in pairwise([*found, (-1, made.counts.cycles)])
    ]
    return tuple(sorted(steps, key=lambda step: step.command))
