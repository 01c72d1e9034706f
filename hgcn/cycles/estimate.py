# SPDX-License-Identifier: Apache-2.0
"""Cycles of a program from its image: commands, barriers, engines and memory, each term named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hgcn.arch.device import K0, LINE_BYTES, Device
from hgcn.program.commands import Command, Drain, End, Load, Spmm, Stream, engines, streams
from hgcn.program.image import read_commands, read_header
from hgcn.program.layout import RECORD_BYTES, Engine
from hgcn.program.payload import decode_control


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Constants of the hardware the model follows, in PL cycles."""

    issue: int = 3
    engine_start: int = 3
    lane_drain: int = 6
    drain_depth: int = 16
    packet_turnaround: int = 24
    prefetch_beats: int = 64


TERMS = Terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Modelled cycles.

    Attributes
    ----------
    cycles : float
        Start to done, PL clock.
    engines : dict
        Busy cycles of each engine.
    seconds : float
        At the device's PL clock.
    bytes_read, bytes_written : int
    """

    cycles: float
    engines: dict[str, float]
    seconds: float
    bytes_read: int
    bytes_written: int


def estimate(image: bytes, device: Device) -> Estimate:
    """Model the run of ``image`` on ``device``.

    Raises
    ------
    ProgramError
        If the image is malformed.
    """
    header = read_header(image)
    commands = read_commands(image, header)
    clock = _Clock(device)
    clock.read_bytes += RECORD_BYTES * (1 + len(commands))
    clock.bus = device.dram_latency_cycles * 2 + 2 * LINE_BYTES / device.axi_bytes
    clock.issued = clock.bus
    for command in commands:
        clock.step(command, image)
    return Estimate(
        cycles=max(clock.issued, *clock.free.values()),
        engines=clock.busy,
        seconds=max(clock.issued, *clock.free.values()) / device.pl_hz,
        bytes_read=clock.read_bytes,
        bytes_written=clock.written_bytes,
    )


class _Clock:
    """Time at which each engine and the read channel become free."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.bus = 0.0
        self.issued = 0.0
        self.free = dict.fromkeys(Engine, 0.0)
        self.busy = dict.fromkeys(("read", "load", "pl", "sta", "merge", "drain", "write"), 0.0)
        self.read_bytes = 0
        self.written_bytes = 0
        self._slices: dict[Stream, float] = {}

    def step(self, command: Command, image: bytes) -> None:
        """Advance over one command."""
        if command.fence or isinstance(command, End):
            self.issued = max(self.issued, *self.free.values()) + TERMS.issue
            self.bus = max(self.bus, self.issued)
        waits = [self.free[engine] for engine in Engine if command.after >> engine & 1]
        waits += [self.free[engine] for engine in engines(command)]
        start = max([self.issued, *waits]) + TERMS.issue
        self.issued = start
        arrival = self._fetch(command, start)
        if isinstance(command, Load):
            beats = command.stream.lines * LINE_BYTES / self.device.axi_bytes
            self._finish(Engine.LOAD, "load", start, beats, arrival)
        elif isinstance(command, Spmm):
            self._finish(Engine.PL, "pl", start, command.words, arrival + TERMS.lane_drain)
            self._sta(command, start, arrival, image)
        elif isinstance(command, Drain):
            self._drain(command, start, arrival)

    def _fetch(self, command: Command, start: float) -> float:
        """Book the command's streams on the read channel; return when the last beat is there."""
        d = self.device
        per_beat = d.axi_bytes / d.dram_bytes_per_cycle
        beats = sum(stream.lines for stream in streams(command).values()) * LINE_BYTES / d.axi_bytes
        self.read_bytes += int(beats * d.axi_bytes)
        self.busy["read"] += beats
        if not beats:
            return start
        held = min(beats, TERMS.prefetch_beats * len(streams(command)))
        self.bus = max(self.bus + beats * per_beat, start + (beats - held) * per_beat)
        return max(self.bus, start)

    def _finish(self, engine: Engine, name: str, start: float, busy: float, arrival: float) -> None:
        self.busy[name] += busy
        self.free[engine] = max(start + TERMS.engine_start + busy, arrival)

    def _sta(self, command: Spmm, start: float, arrival: float, image: bytes) -> None:
        d = self.device
        slices = command.slices
        if not slices:
            self.free[Engine.STA] = start + TERMS.engine_start
            return
        if command.control not in self._slices:
            self._slices[command.control] = self._rows(command, image)
        rows = self._slices[command.control]
        gather = slices * K0 / d.gather_rows
        merge = command.packets * (d.block_rows * max(d.n0 // 4, 1) + 1)
        self.busy["sta"] += gather
        self.busy["merge"] += merge
        tail = TERMS.packet_turnaround + d.block_rows * d.pe_features / 4
        self.free[Engine.STA] = max(start + max(gather, rows, merge), arrival) + tail

    def _rows(self, command: Spmm, image: bytes) -> float:
        """PL cycles the busiest PE row needs: PE steps, PLIO A and B beats."""
        d = self.device
        stream = command.control
        data = image[stream.offset * LINE_BYTES : (stream.offset + stream.lines) * LINE_BYTES]
        records = decode_control(data, command.slices)
        steps = d.steps_per_slice * d.pl_hz / d.sta_hz
        left = d.block_rows / (2 if records.int8[0] else 16)
        per_slice = max(steps, left, d.pe_features / 2)
        return float(np.bincount(records.pe_row, minlength=d.sta_rows).max() * per_slice)

    def _drain(self, command: Drain, start: float, arrival: float) -> None:
        d = self.device
        self.busy["drain"] += command.rows
        done = max(start + TERMS.engine_start + command.rows, arrival) + TERMS.drain_depth
        if command.write_memory:
            beats = command.destination.lines * LINE_BYTES / d.axi_bytes
            self.busy["write"] += beats
            self.written_bytes += command.destination.lines * LINE_BYTES
            done = max(done, start + beats) + d.dram_latency_cycles
        self.free[Engine.DRAIN] = done
