# SPDX-License-Identifier: Apache-2.0
"""AXI4 memory ends for the unit benches: they check the master's laws and stall at random."""

from __future__ import annotations

import random
from collections import deque
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from numpy.typing import NDArray

OKAY, SLVERR = 0, 2


def check_burst(address: int, length: int, beat_bytes: int) -> None:
    """Check the laws of a burst's address: aligned, at most 1 KiB, within 4 KiB."""
    size = (length + 1) * beat_bytes
    assert address % 64 == 0, f"burst at {address:#x}: not line-aligned"
    assert size <= 1024, f"burst of {size} bytes"
    assert address // 4096 == (address + size - 1) // 4096, f"{address:#x}+{size} crosses 4 KiB"


class ReadMemory:
    """Answers AR with R beats in order from ``data``, after ``latency`` cycles.

    ``stall`` is the probability of a cycle without ARREADY and of one without RVALID;
    ``error_at`` is a byte address whose beat carries SLVERR.
    """

    def __init__(
        self,
        dut: Any,
        data: NDArray[np.uint8],
        *,
        beat_bytes: int,
        stall: float = 0.0,
        latency: int = 1,
        rng: random.Random | None = None,
        error_at: int | None = None,
    ) -> None:
        self.dut, self.data, self.beat_bytes = dut, data, beat_bytes
        self.stall, self.latency, self.error_at = stall, latency, error_at
        self.rng = rng or random.Random(cocotb.RANDOM_SEED)
        self.bursts: list[tuple[int, int, int]] = []  # Cycle, address, length
        self.beats = 0
        self.cycle = 0
        self.held = False  # No R beat while set
        self._due: deque[tuple[int, int, bool]] = deque()  # Cycle, address, last
        dut.m_axi_arready_i.value = 0
        dut.m_axi_rvalid_i.value = 0
        cocotb.start_soon(self._run())

    @property
    def outstanding(self) -> int:
        """Beats asked for and not yet given."""
        return len(self._due)

    async def _run(self) -> None:
        dut = self.dut
        offered: tuple[int, int, bool] | None = None
        ready = False
        while True:
            await RisingEdge(dut.clk_i)
            self.cycle += 1
            if dut.rst_ni.value != 1:
                continue
            if ready and dut.m_axi_arvalid_o.value == 1:
                address, length = int(dut.m_axi_araddr_o.value), int(dut.m_axi_arlen_o.value)
                check_burst(address, length, self.beat_bytes)
                self.bursts.append((self.cycle, address, length))
                for i in range(length + 1):
                    place = address + i * self.beat_bytes
                    self._due.append((self.cycle + self.latency, place, i == length))
            if offered is not None:
                assert dut.m_axi_rready_o.value == 1, "the reader refuses a beat it asked for"
                offered = None
                self.beats += 1
            due = self._due and self.cycle >= self._due[0][0] and not self.held
            if due and (not self.stall or self.rng.random() >= self.stall):
                offered = self._due.popleft()
            dut.m_axi_rvalid_i.value = int(offered is not None)
            if offered is not None:
                _, place, last = offered
                beat = self.data[place : place + self.beat_bytes].tobytes()
                dut.m_axi_rdata_i.value = int.from_bytes(beat, "little")
                dut.m_axi_rlast_i.value = int(last)
                dut.m_axi_rresp_i.value = SLVERR if place == self.error_at else OKAY
            ready = not self.stall or self.rng.random() >= self.stall
            dut.m_axi_arready_i.value = int(ready)


class WriteMemory:
    """Takes AW and W independently, writes ``data``, answers B after ``latency`` cycles.

    ``error_at`` is a byte address whose burst is answered with SLVERR.
    """

    def __init__(
        self,
        dut: Any,
        data: NDArray[np.uint8],
        *,
        beat_bytes: int,
        stall: float = 0.0,
        latency: int = 1,
        rng: random.Random | None = None,
        error_at: int | None = None,
    ) -> None:
        self.dut, self.data, self.beat_bytes = dut, data, beat_bytes
        self.stall, self.latency, self.error_at = stall, latency, error_at
        self.rng = rng or random.Random(cocotb.RANDOM_SEED)
        self.bursts: list[tuple[int, int, int]] = []  # Cycle, address, length
        self.w_cycles: list[int] = []
        self.cycle = 0
        self.responses = 0
        self.held = False  # Neither AWREADY nor WREADY while set
        self._addresses: deque[tuple[int, int]] = deque()
        self._beats: deque[tuple[int, bool]] = deque()
        self._answers: deque[tuple[int, int]] = deque()
        for name in ("awready", "wready", "bvalid"):
            getattr(dut, f"m_axi_{name}_i").value = 0
        cocotb.start_soon(self._run())

    def _commit(self) -> None:
        """Write the bursts of which address and all beats have come."""
        while self._addresses and len(self._beats) > self._addresses[0][1]:
            address, length = self._addresses.popleft()
            for i in range(length + 1):
                value, last = self._beats.popleft()
                assert last == (i == length), f"WLAST at beat {i} of {length + 1}"
                place = address + i * self.beat_bytes
                beat = np.frombuffer(value.to_bytes(self.beat_bytes, "little"), dtype=np.uint8)
                self.data[place : place + self.beat_bytes] = beat
            bad = self.error_at is not None and address <= self.error_at < place + self.beat_bytes
            self._answers.append((self.cycle + self.latency, SLVERR if bad else OKAY))

    async def _run(self) -> None:
        dut = self.dut
        aw_ready = w_ready = False
        answering = False
        while True:
            await RisingEdge(dut.clk_i)
            self.cycle += 1
            if dut.rst_ni.value != 1:
                continue
            if aw_ready and dut.m_axi_awvalid_o.value == 1:
                address, length = int(dut.m_axi_awaddr_o.value), int(dut.m_axi_awlen_o.value)
                check_burst(address, length, self.beat_bytes)
                self.bursts.append((self.cycle, address, length))
                self._addresses.append((address, length))
            if w_ready and dut.m_axi_wvalid_o.value == 1:
                assert int(dut.m_axi_wstrb_o.value) == (1 << self.beat_bytes) - 1
                self._beats.append((int(dut.m_axi_wdata_o.value), dut.m_axi_wlast_o.value == 1))
                self.w_cycles.append(self.cycle)
            if answering:
                assert dut.m_axi_bready_o.value == 1
                self.responses += 1
                answering = False
            self._commit()
            due = self._answers and self.cycle >= self._answers[0][0]
            if due and (not self.stall or self.rng.random() >= self.stall):
                dut.m_axi_bresp_i.value = self._answers.popleft()[1]
                answering = True
            dut.m_axi_bvalid_i.value = int(answering)
            aw_ready, w_ready = (
                not self.held and (not self.stall or self.rng.random() >= self.stall)
                for _ in range(2)
            )
            dut.m_axi_awready_i.value = int(aw_ready)
            dut.m_axi_wready_i.value = int(w_ready)
