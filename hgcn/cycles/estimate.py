# SPDX-License-Identifier: Apache-2.0
"""Cycles of a program from its image: commands, barriers, engines and memory, each term named."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from hgcn.arch.device import K0, LINE_BYTES, Device
from hgcn.program.commands import Command, Drain, End, Load, Spmm, Stream, engines, streams
from hgcn.program.image import read_commands, read_header
from hgcn.program.layout import RECORD_BYTES, Engine
from hgcn.program.payload import decode_control


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Constants of the hardware the model follows, in PL cycles; each names its module's law."""

    issue: int = 4
    """hgcn_issue: a command every 4 cycles."""
    ahead: int = 5
    """hgcn_dispatch: commands parsed, their streams requested, before their turn."""
    fifo_beats: int = 512
    """hgcn_stream_reader: beats a client holds ahead of its engine."""
    start: int = 6
    """Command taken to first item moved, and last item to idle."""
    fence: int = 30
    """Parsing a command and its streams once everything before has finished."""
    pl_tail: int = 7
    """hgcn_pl_engine: last word to its sums written."""
    drain_depth: int = 12
    """hgcn_drain: row record to row written."""
    sta_fill: int = 30
    """First record to first C beat: gather, crossings, PE, crossings, merge."""


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
        self._paces: dict[Stream, float] = {}
        self._history: deque[float] = deque(maxlen=TERMS.ahead)

    def step(self, command: Command, image: bytes) -> None:
        """Advance over one command."""
        if command.fence or isinstance(command, End):
            self.issued = max(self.issued, *self.free.values())
            requested = self.issued = self.issued + TERMS.fence
        else:
            requested = self._history[0] if len(self._history) == TERMS.ahead else 0.0
        waits = [self.free[engine] for engine in Engine if command.after >> engine & 1]
        waits += [self.free[engine] for engine in engines(command)]
        start = self.issued = max([self.issued, *waits]) + TERMS.issue
        self._history.append(start)
        arrival = self._fetch(command, requested, start)
        if isinstance(command, Load):
            beats = command.stream.lines * LINE_BYTES / self.device.axi_bytes
            self._finish(Engine.LOAD, "load", start, beats, arrival)
        elif isinstance(command, Spmm):
            self._finish(Engine.PL, "pl", start, command.words, arrival + TERMS.pl_tail)
            self._sta(command, start, arrival, image)
        elif isinstance(command, Drain):
            self._drain(command, start, arrival)

    def _fetch(self, command: Command, requested: float, start: float) -> float:
        """Book the command's streams on the read channel; return when the last beat is there."""
        d = self.device
        latency = d.dram_latency_cycles
        sizes = [stream.lines * LINE_BYTES for stream in streams(command).values()]
        self.read_bytes += sum(sizes)
        self.busy["read"] += sum(sizes) / d.axi_bytes
        if not sizes:
            return start
        held = TERMS.fifo_beats * d.axi_bytes
        late = sum(max(size - held, 0) for size in sizes) / d.dram_bytes_per_cycle
        self.bus = max(max(self.bus, requested) + self._memory(sum(sizes)), start + late)
        return max(self.bus + latency, start)

    def _memory(self, size_bytes: float) -> float:
        """Cycles memory is busy with ``size_bytes``, read or written: both directions share it."""
        return size_bytes / self.device.dram_bytes_per_cycle

    def _finish(self, engine: Engine, name: str, start: float, busy: float, arrival: float) -> None:
        self.busy[name] += busy
        self.free[engine] = max(start + TERMS.start + busy, arrival)

    def _sta(self, command: Spmm, start: float, arrival: float, image: bytes) -> None:
        d = self.device
        slices = command.slices
        if not slices:
            self.free[Engine.STA] = start + TERMS.start
            return
        if command.control not in self._paces:
            self._paces[command.control] = self._pace(command, image)
        gather = slices * K0 / d.gather_rows
        pace = self._paces[command.control]
        self.busy["sta"] += gather
        self.busy["merge"] += command.packets * d.block_rows
        tail = TERMS.sta_fill + d.block_rows * d.pe_features / 4
        self.free[Engine.STA] = max(start + max(gather, pace), arrival) + tail

    def _pace(self, command: Spmm, image: bytes) -> float:
        """PL cycles of the busiest PE row, and of the merge of all.

        A PE row takes, for each slice, the largest of its steps, its A beats and its B beats, and
        a header beat more for each packet; and ``T * N / 4 + 1`` beats of C for each packet. The
        merge takes a row of F sums a cycle.
        """
        d = self.device
        stream = command.control
        data = image[stream.offset * LINE_BYTES : (stream.offset + stream.lines) * LINE_BYTES]
        records = decode_control(data, command.slices)
        slices = np.bincount(records.pe_row, minlength=d.sta_rows)
        packets = np.bincount(records.pe_row[records.last], minlength=d.sta_rows)
        steps = d.steps_per_slice * d.pl_hz / d.sta_hz
        left = d.block_rows / (2 if records.int8[0] else 16)
        work = slices * max(steps, left, d.pe_features / 2) + packets
        sums = packets * (d.block_rows * d.pe_features / 4 + 1)
        return float(max(work.max(), sums.max(), command.packets * d.block_rows))

    def _drain(self, command: Drain, start: float, arrival: float) -> None:
        d = self.device
        beats = command.destination.lines * LINE_BYTES / d.axi_bytes
        rows = max(command.rows, beats) + d.features
        self.busy["drain"] += command.rows + d.features
        done = max(start + TERMS.start + rows, arrival) + TERMS.drain_depth
        if command.write_memory:
            self.busy["write"] += beats
            self.written_bytes += command.destination.lines * LINE_BYTES
            self.bus += self._memory(command.destination.lines * LINE_BYTES)
            done += d.dram_latency_cycles
        self.free[Engine.DRAIN] = done
