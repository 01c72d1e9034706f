# SPDX-License-Identifier: Apache-2.0
"""Lines, the rows drained in one cycle: devices that drain other numbers of rows, legal lines."""

from __future__ import annotations

import random
from dataclasses import replace

from hgcn.arch.device import Device
from hgcn.arch.presets import device


def drained(preset: str, *rows: int) -> tuple[Device, ...]:
    """Return a preset's variants that drain so many rows a cycle, without what it is itself."""
    shipped = device(preset)
    return tuple(
        replace(shipped, name=f"{preset}-drains-{count}", drain_rows=count)
        for count in rows
        if count != shipped.drain_rows
    )


def random_accumulators(rng: random.Random, on: Device, rows: int) -> list[tuple[int, int]]:
    """Return (lane, slot) for each of ``rows`` rows: the lanes of a line are distinct."""
    chosen = []
    for _ in range(rows // on.drain_rows):
        for lane in rng.sample(range(on.lanes), on.drain_rows):
            chosen.append((lane, rng.randrange(on.slots)))
    return chosen
