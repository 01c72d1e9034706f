# SPDX-License-Identifier: Apache-2.0
"""Ready/valid source and sink with random stalls; held to the contract of hw/README.md."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cocotb
from cocotb.triggers import RisingEdge
from cocotb.utils import get_sim_time

Beat = Mapping[str, int]
"""Values of the data signals of one beat, by the name they were given."""


class StreamSource:
    """Drives valid and data; each beat is offered after a random number of idle cycles.

    Parameters
    ----------
    clock, valid, ready : handles
        Sampled and driven at the rising edge.
    data : mapping of str to handle
        The data signals, by the names beats use.
    stall : float
        Probability, each cycle, of not offering the next beat yet.
    rng : random.Random
        Source of the stalls.
    """

    def __init__(
        self,
        clock: Any,
        valid: Any,
        ready: Any,
        data: Mapping[str, Any],
        *,
        stall: float = 0.0,
        rng: random.Random | None = None,
    ) -> None:
        self.clock, self.valid, self.ready, self.data = clock, valid, ready, dict(data)
        self.stall = stall
        self.rng = rng or random.Random(cocotb.RANDOM_SEED)
        self.times_ns: list[float] = []
        self.valid.value = 0

    async def send(self, beats: Sequence[Beat], *, limit_cycles: int = 100_000) -> None:
        """Offer every beat in order and return once the last is taken."""
        waited = 0
        for beat in beats:
            while self.stall and self.rng.random() < self.stall:
                await RisingEdge(self.clock)
            self.valid.value = 1
            for name, handle in self.data.items():
                handle.value = beat[name]
            while True:
                await RisingEdge(self.clock)
                if self.ready.value == 1:
                    break
                waited += 1
                if waited >= limit_cycles:
                    raise AssertionError(f"source waited {waited} cycles for ready")
            self.times_ns.append(get_sim_time("ns"))
            self.valid.value = 0
            for handle in self.data.values():  # Nobody may look at data without valid
                handle.value = self.rng.getrandbits(len(handle))


class StreamSink:
    """Drives ready at random and keeps what it takes; checks that stalled beats are held.

    ``beats`` grows as beats arrive; ``times_ns`` has the moment of each. Give ``reset`` (active
    low) if the sink is made before reset: registers start random and valid may be high there.
    """

    def __init__(
        self,
        clock: Any,
        valid: Any,
        ready: Any,
        data: Mapping[str, Any],
        *,
        stall: float = 0.0,
        rng: random.Random | None = None,
        reset: Any | None = None,
        on_beat: Callable[[Beat], None] | None = None,
    ) -> None:
        self.clock, self.valid, self.ready, self.data = clock, valid, ready, dict(data)
        self.stall = stall
        self.rng = rng or random.Random(cocotb.RANDOM_SEED + 1)
        self.reset = reset
        self.on_beat = on_beat
        self.beats: list[dict[str, int]] = []
        self.times_ns: list[float] = []
        self.ready.value = 0
        self._task = cocotb.start_soon(self._run())

    async def _run(self) -> None:
        held: dict[str, int] | None = None
        ready = False
        while True:
            ready = self.stall == 0 or self.rng.random() >= self.stall
            self.ready.value = int(ready)
            await RisingEdge(self.clock)
            if self.reset is not None and self.reset.value != 1:
                held = None
                continue
            if self.valid.value != 1:
                if held is not None:
                    raise AssertionError(f"valid fell before ready: {held}")
                continue
            beat = {name: int(handle.value) for name, handle in self.data.items()}
            if held is not None and beat != held:
                raise AssertionError(f"stalled beat changed: {held} to {beat}")
            held = None if ready else beat
            if ready:
                self.beats.append(beat)
                self.times_ns.append(get_sim_time("ns"))
                if self.on_beat:
                    self.on_beat(beat)

    async def receive(self, count: int, *, limit_cycles: int = 100_000) -> list[dict[str, int]]:
        """Wait until ``count`` beats have come in all; return them."""
        waited = 0
        while len(self.beats) < count:
            await RisingEdge(self.clock)
            waited += 1
            if waited >= limit_cycles:
                got = f"{len(self.beats)} of {count} beats"
                raise AssertionError(f"sink got {got} in {waited} cycles")
        return self.beats[:count]

    def stop(self) -> None:
        """Stop taking beats."""
        self._task.cancel()
        self.ready.value = 0
