# SPDX-License-Identifier: Apache-2.0
"""AXI4 memory ends for the unit benches: they check the master's rules and stall at random."""

from __future__ import annotations

import random
from collections import deque
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from numpy.typing import NDArray

from hgcn.emit.axi import AXI_READ, AXI_WRITE, AxiBus, pack, unpack

from ...bfm import device_under_test

OKAY, SLVERR = 0, 2
INCR, BUFFERABLE = 0b01, 0b0011


def check_burst(request: dict[str, int], channel: str, beat_bytes: int) -> tuple[int, int]:
    """Check the rules of a burst: full beats, aligned, at most 1 KiB, within 4 KiB, of id 0.

    Returns its address and the number of its beats less one.
    """
    asked = {key: request[channel + key] for key in ("id", "size", "burst", "cache", "lock")}
    size = beat_bytes.bit_length() - 1
    assert asked == {"id": 0, "size": size, "burst": INCR, "cache": BUFFERABLE, "lock": 0}
    address, length = request[channel + "addr"], request[channel + "len"]
    span = (length + 1) * beat_bytes
    assert address % 64 == 0, f"burst at {address:#x}: not line-aligned"
    assert span <= 1024, f"burst of {span} bytes"
    assert address // 4096 == (address + span - 1) // 4096, f"{address:#x}+{span} crosses 4 KiB"
    return address, length


class MemoryPort:
    """The slave's end of a bus whose request is ``dut.m_axi_o`` and whose response ``m_axi_i``."""

    def __init__(self, dut: Any, bus: AxiBus) -> None:
        self._dut, self._bus, self._device = dut, bus, device_under_test()
        self._response: dict[str, int] = {}
        self.respond()

    def request(self) -> dict[str, int]:
        """Return what the master drives, by the names of the signals."""
        return unpack(self._bus, True, int(self._dut.m_axi_o.value), self._device)

    def respond(self, **signals: int) -> None:
        """Drive signals; the others stay."""
        self._response |= signals
        packed = pack(self._bus, False, self._response, self._device)
        self._dut.m_axi_i.value = packed


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
        self.port = MemoryPort(dut, AXI_READ)
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
            request = self.port.request()
            if ready and request["arvalid"]:
                address, length = check_burst(request, "ar", self.beat_bytes)
                self.bursts.append((self.cycle, address, length))
                for i in range(length + 1):
                    place = address + i * self.beat_bytes
                    self._due.append((self.cycle + self.latency, place, i == length))
            if offered is not None:
                assert request["rready"], "the reader refuses a beat it asked for"
                offered = None
                self.beats += 1
            due = self._due and self.cycle >= self._due[0][0] and not self.held
            if due and (not self.stall or self.rng.random() >= self.stall):
                offered = self._due.popleft()
            self.port.respond(rvalid=int(offered is not None))
            if offered is not None:
                _, place, last = offered
                beat = self.data[place : place + self.beat_bytes].tobytes()
                self.port.respond(
                    rdata=int.from_bytes(beat, "little"),
                    rlast=int(last),
                    rresp=SLVERR if place == self.error_at else OKAY,
                )
            ready = not self.stall or self.rng.random() >= self.stall
            self.port.respond(arready=int(ready))


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
        self.port = MemoryPort(dut, AXI_WRITE)
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
            request = self.port.request()
            if aw_ready and request["awvalid"]:
                address, length = check_burst(request, "aw", self.beat_bytes)
                self.bursts.append((self.cycle, address, length))
                self._addresses.append((address, length))
            if w_ready and request["wvalid"]:
                assert request["wstrb"] == (1 << self.beat_bytes) - 1
                self._beats.append((request["wdata"], request["wlast"] == 1))
                self.w_cycles.append(self.cycle)
            if answering:
                assert request["bready"]
                self.responses += 1
                answering = False
            self._commit()
            due = self._answers and self.cycle >= self._answers[0][0]
            if due and (not self.stall or self.rng.random() >= self.stall):
                self.port.respond(bresp=self._answers.popleft()[1])
                answering = True
            self.port.respond(bvalid=int(answering))
            aw_ready, w_ready = (
                not self.held and (not self.stall or self.rng.random() >= self.stall)
                for _ in range(2)
            )
            self.port.respond(awready=int(aw_ready), wready=int(w_ready))
