# SPDX-License-Identifier: Apache-2.0
"""Python models of what the engines read and write: feature stores, sums, packed structs."""

from __future__ import annotations

from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from cocotb.utils import get_sim_time
from numpy.typing import NDArray

from hgcn.arch.device import Device


def pack(*fields: tuple[int, int]) -> int:
    """Return a packed struct of (value, width) fields, first field highest."""
    word = 0
    for value, width in fields:
        assert 0 <= value < 1 << width, f"{value} does not fit {width} bits"
        word = word << width | value
    return word


def position_bits(device: Device) -> int:
    """Width of ``pos_t``."""
    return (device.store_rows - 1).bit_length()


def beats_of(data: bytes, beat_bytes: int) -> list[dict[str, int]]:
    """Cut a stream, zero-padded to whole lines of 64 bytes, into beats."""
    data += bytes(-len(data) % 64)
    cuts = range(0, len(data), beat_bytes)
    return [{"data": int.from_bytes(data[at : at + beat_bytes], "little")} for at in cuts]


class ReadStore:
    """Answers a store read port from an array; checks that only one store is read.

    ``rows`` has shape (2, store_rows, features), int8. Banks not read show random bytes.
    """

    def __init__(self, dut: Any, device: Device, rows: NDArray[np.int8], seed: int) -> None:
        self.dut, self.device, self.rows = dut, device, rows
        self.rng = np.random.default_rng(seed)
        self.reads = 0
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        dut, device = self.dut, self.device
        address_bits = (device.store_rows // device.banks - 1).bit_length()
        mask = (1 << address_bits) - 1
        noise = self.rng.bytes(device.banks * device.features)
        while True:
            await RisingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            enabled = int(dut.rd_en_o.value)
            data = bytearray(noise)
            if enabled:
                addresses, store = int(dut.rd_addr_o.value), int(dut.rd_store_o.value)
                for bank in range(device.banks):
                    if enabled >> bank & 1:
                        address = addresses >> bank * address_bits & mask
                        row = self.rows[store, address * device.banks + bank]
                        at = bank * device.features
                        data[at : at + device.features] = row.tobytes()
                        self.reads += 1
            dut.rd_data_i.value = int.from_bytes(data, "little")


class WriteStore:
    """Keeps what a store write port writes.

    ``written`` counts writes of each row; ``times_ns`` has the moment of each cycle that wrote.
    """

    def __init__(self, dut: Any, device: Device) -> None:
        self.dut, self.device = dut, device
        self.rows = np.zeros((2, device.store_rows, device.features), np.int8)
        self.written = np.zeros((2, device.store_rows), np.int64)
        self.times_ns: list[float] = []
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        dut, device = self.dut, self.device
        address_bits = (device.store_rows // device.banks - 1).bit_length()
        mask = (1 << address_bits) - 1
        while True:
            await RisingEdge(dut.clk_i)
            if dut.rst_ni.value != 1:
                continue
            enabled = int(dut.wr_en_o.value)
            if not enabled:
                continue
            self.times_ns.append(get_sim_time("ns"))
            store, addresses = int(dut.wr_store_o.value), int(dut.wr_addr_o.value)
            size = device.banks * device.features
            data = int(dut.wr_data_o.value).to_bytes(size, "little")
            for bank in range(device.banks):
                if enabled >> bank & 1:
                    row = (addresses >> bank * address_bits & mask) * device.banks + bank
                    part = data[bank * device.features : (bank + 1) * device.features]
                    self.rows[store, row] = np.frombuffer(part, np.int8)
                    self.written[store, row] += 1
