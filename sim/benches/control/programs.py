# SPDX-License-Identifier: Apache-2.0
"""Random programs, valid for the dispatcher, of a device."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.format.numbers import Base
from hgcn.isa.commands import NO_STREAM, Command, Drain, End, Load, Spmm, Stream


class Programs:
    """Random valid programs of a device."""

    def __init__(self, device: Device, rng: random.Random, size_lines: list[int]) -> None:
        self.device, self.rng, self.size_lines = device, rng, size_lines

    def stream(self, lines: int) -> Stream:
        """A stream of ``lines`` anywhere."""
        if not lines:
            return NO_STREAM
        base = Base(self.rng.randrange(4))
        # Now and then the last lines of the region
        room = self.size_lines[base] - lines
        offset = room if self.rng.random() < 0.2 else self.rng.randrange(room + 1)
        s1, s2 = self.rng.getrandbits(32), self.rng.getrandbits(32)
        return Stream(base=base, offset=offset, lines=lines, s1=s1, s2=s2)

    def load(self) -> Load:
        """A LOAD."""
        per_line = LINE_BYTES // self.device.features
        lines = self.rng.randrange(1, min(60, self.device.store_rows // per_line))
        last = self.device.store_rows // per_line - lines
        first = last if self.rng.random() < 0.2 else self.rng.randrange(last + 1)
        rows = lines * per_line - self.rng.randrange(per_line)
        return Load(
            store=self.rng.randrange(2),
            position=first * per_line,
            rows=rows,
            stream=self.stream(lines),
        )

    def spmm(self) -> Spmm:
        """An SPMM; either engine may have nothing to do."""
        rng, device = self.rng, self.device
        bundles, slices = (rng.choice([0, 1, rng.randrange(1, 200)]) for _ in range(2))
        int8 = rng.random() < 0.5
        return Spmm(
            clear=rng.random() < 0.5,
            pl_int8=int8,
            buffer=rng.randrange(2),
            store=rng.randrange(2),
            base=rng.randrange(device.store_rows // device.banks) * device.banks,
            bundles=bundles,
            slices=slices,
            packets=rng.randrange(1, slices + 1) if slices else 0,
            pl=self.stream(-(-bundles * device.lanes * (4 if int8 else 3) // LINE_BYTES)),
            control=self.stream(-(-slices * 8 // LINE_BYTES)),
            left=self.stream(-(-slices * device.block_rows // LINE_BYTES)),
        )

    def drain(self) -> Drain:
        """A DRAIN to a store, memory, or both."""
        rng, device = self.rng, self.device
        to_memory = rng.random() < 0.6
        to_store = not to_memory or rng.random() < 0.3
        int16 = not to_store and rng.random() < 0.5
        rows = rng.randrange(1, device.tile_rows // device.block_rows + 1) * device.block_rows
        lines = rows * device.features * (2 if int16 else 1) // LINE_BYTES
        last = (device.store_rows - rows) // device.banks
        target = self.stream(lines) if to_memory else NO_STREAM
        return Drain(
            relu=rng.random() < 0.5,
            int16=int16,
            buffer=rng.randrange(2),
            store=rng.randrange(2),
            write_store=to_store,
            write_memory=to_memory,
            tiled=not int16 and rng.random() < 0.5,
            position=rng.randrange(last + 1) * device.banks,
            rows=rows,
            shift=rng.randrange(1, 63),
            bias_shift=rng.randrange(32),
            records=self.stream(-(-(8 * device.features + 4 * rows) // LINE_BYTES)),
            destination=replace(target, s1=0, s2=0),
        )

    def program(self, count: int) -> list[Command]:
        """``count`` commands and an END."""
        made: list[Command] = []
        for _ in range(count):
            kinds: list[Callable[[], Load | Spmm | Drain]]
            kinds = [self.load, self.spmm, self.spmm, self.drain]
            command = self.rng.choice(kinds)()
            wait_mask = self.rng.choice([0, 0, self.rng.randrange(16)])
            made.append(replace(command, wait_mask=wait_mask, fence=self.rng.random() < 0.15))
        return [*made, End()]
