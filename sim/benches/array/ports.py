# SPDX-License-Identifier: Apache-2.0
"""The PLIO ports of a module: one source or sink per lane of its packed port vectors."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from ...bfm import StreamSink, StreamSource


class Vector:
    """A packed port vector, driven lane by lane."""

    def __init__(self, handle: Any, lanes: int) -> None:
        self.handle = handle
        self.width = len(handle) // lanes
        self.mask = (1 << self.width) - 1
        self.driven = 0


class Lane:
    """One lane of a packed vector, with the part of a cocotb handle that sources and sinks use."""

    def __init__(self, vector: Vector, index: int) -> None:
        self._vector, self._shift = vector, index * vector.width

    def __len__(self) -> int:
        return self._vector.width

    @property
    def value(self) -> int:
        """The lane's value; what is set takes effect as of any cocotb handle."""
        return int(self._vector.handle.value) >> self._shift & self._vector.mask

    @value.setter
    def value(self, value: int) -> None:
        vector = self._vector
        vector.driven &= ~(vector.mask << self._shift)
        vector.driven |= int(value) << self._shift
        vector.handle.value = vector.driven


def vector_lanes(handle: Any, count: int) -> list[Lane]:
    """Return the lanes of a packed port vector."""
    vector = Vector(handle, count)
    return [Lane(vector, index) for index in range(count)]


def _port(dut: Any, name: str, count: int, into: str, out: str) -> list[dict[str, Lane]]:
    suffixes = {"tvalid": into, "tready": out, "tdata": into, "tlast": into}
    lanes = {s: vector_lanes(getattr(dut, f"{name}_{s}_{e}"), count) for s, e in suffixes.items()}
    return [{signal: lanes[signal][i] for signal in suffixes} for i in range(count)]


def plio_sources(
    dut: Any, clock: Any, name: str, count: int, *, stall: float, rng: random.Random
) -> list[StreamSource]:
    """Return a source per lane of the input ports ``<name>_t*_i``."""
    return [
        StreamSource(
            clock,
            port["tvalid"],
            port["tready"],
            {"data": port["tdata"], "last": port["tlast"]},
            stall=stall,
            rng=rng,
        )
        for port in _port(dut, name, count, "i", "o")
    ]


def plio_sinks(
    dut: Any, clock: Any, name: str, count: int, *, stall: float, rng: random.Random, reset: Any
) -> list[StreamSink]:
    """Return a sink per lane of the output ports ``<name>_t*_o``."""
    return [
        StreamSink(
            clock,
            port["tvalid"],
            port["tready"],
            {"data": port["tdata"], "last": port["tlast"]},
            stall=stall,
            rng=rng,
            reset=reset,
        )
        for port in _port(dut, name, count, "o", "i")
    ]


def stream_beats(packets: Sequence[Sequence[int]]) -> list[dict[str, int]]:
    """Return packets as beats of a source: data, and last on the final beat of each."""
    return [
        {"data": beat, "last": int(i == len(packet) - 1)}
        for packet in packets
        for i, beat in enumerate(packet)
    ]


def cut_packets(beats: Sequence[dict[str, int]]) -> list[list[int]]:
    """Return a sink's beats as packets; the last one may be unfinished."""
    packets: list[list[int]] = [[]]
    for beat in beats:
        packets[-1].append(beat["data"])
        if beat["last"]:
            packets.append([])
    return packets if packets[-1] else packets[:-1]
