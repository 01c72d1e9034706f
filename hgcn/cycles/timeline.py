# SPDX-License-Identifier: Apache-2.0
"""When each command of a program begins: the cycle model's run, and where its time goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.cycles.sizes import sizes_of
from hgcn.cycles.steps import Counts, run
from hgcn.cycles.tables import tables
from hgcn.errors import ProgramError
from hgcn.isa.image import read_commands, read_header

NO_LIMIT = (1 << 62) - 1
"""Cycles that no program reaches."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timeline:
    """A run of the cycle model.

    Attributes
    ----------
    counts : Counts
        Cycles are -2 if the run was stopped at its limit.
    issued : ndarray of int64, shape (commands,)
        The cycle in which each command's engines take it; 0 where the run did not come so far, and
        for END, which none takes.
    """

    counts: Counts
    issued: NDArray[np.int64]

    @property
    def ended(self) -> bool:
        """Whether the program came to its end."""
        return self.counts.cycles >= 0


def timeline(image: bytes, device: Device, limit: int = NO_LIMIT) -> Timeline:
    """Run the cycle model, for ``limit`` cycles at most; see `hgcn.cycles.estimate.estimate`.

    Raises
    ------
    ProgramError
        If the image is malformed, or the program would never end.
    """
    header = read_header(image)
    commands = read_commands(image, header)
    issued = np.zeros(len(commands), np.int64)
    program = tables(commands, image, header.commands_line, device)
    counts = run(program, sizes_of(device), limit, issued)
    if counts.cycles == -1:
        raise ProgramError("the program does not end: an engine waits for what no stream brings")
    issued.setflags(write=False)
    return Timeline(counts=counts, issued=issued)
