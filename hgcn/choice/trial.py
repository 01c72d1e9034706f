# SPDX-License-Identifier: Apache-2.0
"""A trial: the program of some splits, and where its cycles go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.choice.candidates import Splits
from hgcn.choice.least import split_bytes
from hgcn.cycles.timeline import NO_LIMIT, timeline
from hgcn.isa.commands import Command, Drain
from hgcn.isa.input_layout import InputLayout
from hgcn.lowering.chains import turns
from hgcn.lowering.lower import lower
from hgcn.mapping.map import map_operand
from hgcn.reference.job import Named
from hgcn.reference.network import IntegerNetwork

NEVER = 1 << 40
"""Cycles of a row tile that the trial did not come to: more than any takes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """A program that was tried.

    Attributes
    ----------
    splits : dict of str to Split
    cycles : int or None
        Modelled; None if the trial was stopped at its limit.
    row_tiles : dict of str to ndarray of int64, shape (row tiles,)
        Cycles that each row tile of an operand adds to the program, in all feature tiles together:
        from the DRAIN before to its own.
    other_bytes : int
        Moved, the streams of the SPMMs apart; of a trial that ended.
    """

    splits: Splits
    cycles: int | None
    row_tiles: dict[str, NDArray[np.int64]]
    other_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bench:
    """What all trials have in common.

    Attributes
    ----------
    network : IntegerNetwork
        In processing order.
    layouts : mapping of str to InputLayout
        Of operands handed in at run time.
    device : Device
    """

    network: IntegerNetwork
    layouts: Mapping[str, InputLayout]
    device: Device

    def run(self, splits: Splits, limit: int = NO_LIMIT) -> Trial:
        """Make the program of ``splits`` and follow it for ``limit`` cycles at most."""
        mappings = {name: map_operand(made, self.device) for name, made in splits.items()}
        builder, scratch, output = lower(self.network, {**mappings, **self.layouts}, self.device)
        image = builder.finish(
            device_hash=self.device.hash,
            graph_hash=bytes(32),
            model_hash=bytes(32),
            scratch_lines=scratch,
            output_lines=output,
            metadata={},
            arrays={},
        )
        found = timeline(image, self.device, limit)
        beats = found.counts.read + found.counts.write
        return Trial(
            splits=splits,
            cycles=found.counts.cycles if found.ended else None,
            row_tiles=self._row_tiles(builder.commands, found.issued),
            other_bytes=beats * self.device.axi_bytes - split_bytes(builder.commands),
        )

    def _row_tiles(
        self, commands: Sequence[Command], issued: NDArray[np.int64]
    ) -> dict[str, NDArray[np.int64]]:
        # Rows that are wanted in two layouts are drained twice, one right after the other.
        last = [
            number
            for number, (each, then) in enumerate(pairwise(commands))
            if isinstance(each, Drain) and not isinstance(then, Drain)
        ]
        begun = issued[last]
        taken = np.where(begun > 0, np.diff(begun, prepend=0), NEVER)
        feature_tiles = list(turns(self.network.jobs, self.device.features))
        found: dict[str, NDArray[np.int64]] = {}
        for job, cycles in zip(feature_tiles, taken.reshape(len(feature_tiles), -1), strict=True):
            if isinstance(job.left, Named) and job.left.name not in self.layouts:
                name = job.left.name
                found[name] = found[name] + cycles if name in found else cycles
        return found
