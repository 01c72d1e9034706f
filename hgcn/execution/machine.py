# SPDX-License-Identifier: Apache-2.0
"""The accelerator as a state machine over a program image: memory, stores, sums, commands.

What an SPMM does to the sums is handed in: once slow and obvious (`hgcn.execution.reference`), once
fast (`hgcn.execution.emulate`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import LINE_BYTES, MAX_SLOTS, Device
from hgcn.checking.validate import validate
from hgcn.format.layouts import ROWS, TILED
from hgcn.format.numbers import K0, RECORD_BYTES, Base
from hgcn.isa.commands import Command, Drain, Load, Spmm, Stream
from hgcn.isa.image import check_input, read_header
from hgcn.isa.payload import decode_records
from hgcn.reference.requantise import Requantiser, requantise

SpmmFunction = Callable[["Machine", Spmm], None]
ProgressFunction = Callable[[int, int], None]


class Machine:
    """Architectural state of a device while a program runs.

    The program is validated first: no backend starts what another would refuse.

    Attributes
    ----------
    stores : ndarray of int8, shape (2, store_rows, F)
    lane_sums : ndarray of int32, shape (2, lanes * MAX_SLOTS, F)
        By buffer and accumulator (`hgcn.format.streams.ACCUMULATOR`).
    block_sums : ndarray of int32, shape (2, tile_rows, F)
        The tensor array's, by buffer and row of the row tile.
    """

    def __init__(self, image: bytes, device: Device, input_data: bytes = b"") -> None:
        # What passes has no undefined word in it, and fills the memory it claims.
        self.commands = validate(image, device)
        self.device = device
        self.header = read_header(image)
        check_input(self.header, input_data)
        self.memory = {
            Base.PROGRAM: np.frombuffer(image, dtype=np.uint8),
            Base.INPUT: np.frombuffer(input_data, dtype=np.uint8),
            Base.SCRATCH: np.zeros(self.header.scratch_lines * LINE_BYTES, dtype=np.uint8),
            Base.OUTPUT: np.zeros(self.header.output_lines * LINE_BYTES, dtype=np.uint8),
        }
        self.stores = np.zeros((2, device.store_rows, device.features), dtype=np.int8)
        self.lane_sums = np.zeros((2, device.lanes * MAX_SLOTS, device.features), dtype=np.int32)
        self.block_sums = np.zeros((2, device.tile_rows, device.features), dtype=np.int32)
        self.bytes_read = RECORD_BYTES * (1 + len(self.commands))
        self.bytes_written = 0

    def fetch(self, stream: Stream) -> bytes:
        """Read a stream."""
        start, stop = stream.offset * LINE_BYTES, (stream.offset + stream.lines) * LINE_BYTES
        data = self.memory[stream.base][start:stop].tobytes()
        self.bytes_read += len(data)
        return data

    def run(self, spmm: SpmmFunction, progress: ProgressFunction | None = None) -> None:
        """Execute every command in order; ``progress`` gets (done, total)."""
        total = len(self.commands)
        for index, command in enumerate(self.commands):
            self._step(command, spmm)
            if progress is not None:
                progress(index + 1, total)

    @property
    def output(self) -> bytes:
        """The output region."""
        return self.memory[Base.OUTPUT].tobytes()

    def _step(self, command: Command, spmm: SpmmFunction) -> None:
        if isinstance(command, Load):
            rows = np.frombuffer(self.fetch(command.stream), dtype=np.int8)
            rows = rows.reshape(-1, self.device.features)
            self.stores[command.store, command.position : command.position + len(rows)] = rows
        elif isinstance(command, Spmm):
            if command.clear:
                self.lane_sums[command.buffer] = 0
                self.block_sums[command.buffer] = 0
            spmm(self, command)
        elif isinstance(command, Drain):
            self._drain(command)

    def _drain(self, command: Drain) -> None:
        d = self.device
        col, bias, row, accumulator = decode_records(self.fetch(command.records), command.rows, d)
        scales = Requantiser(
            row=row,
            col=col,
            bias=bias,
            shift=command.shift,
            bias_shift=command.bias_shift,
            relu=command.relu,
            bits=16 if command.int16 else 8,
        )
        sums = (
            self.lane_sums[command.buffer, accumulator]
            + self.block_sums[command.buffer, : command.rows]
        )
        values = requantise(sums, scales)
        if command.write_store:
            span = slice(command.position, command.position + command.rows)
            self.stores[command.store, span] = values
        if command.write_memory:
            self._write(command, values)

    def _write(self, command: Drain, values: NDArray[np.int16]) -> None:
        d = self.device
        layout = TILED if command.tiled else ROWS
        elements = layout.pack(values, T=d.block_rows, K0=K0)
        data = elements.astype("<i2" if command.int16 else "i1").view(np.uint8)
        start = command.destination.offset * LINE_BYTES
        memory = self.memory[command.destination.base]
        memory[start : start + len(data)] = data
        self.bytes_written += len(data)
