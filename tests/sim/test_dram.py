# SPDX-License-Identifier: Apache-2.0
"""The DRAM model alone, clocked from Python through its C functions."""

from __future__ import annotations

import ctypes
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hgcn_sim.dram import SOURCES, Dram

from hgcn.toolchain import cxx_compiler

BEAT = 16
BASE = 0x1_0000_0000
SIZE = 64 * 1024
INCR_16 = 4 << 8 | 1 << 11  # Beats of 16 bytes, INCR


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import subprocess

    target = tmp_path_factory.mktemp("dram") / "libdram.so"
    flags = ["-shared", "-fPIC", "-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([cxx_compiler(), *flags, "-o", str(target), *map(str, SOURCES)], check=True)
    return target


@dataclass
class Edge:
    """Master pins at one edge; slave pins as they were before it."""

    ar: tuple[int, int] | None = None  # address, beats
    aw: tuple[int, int] | None = None
    w: bytes | None = None
    last: bool = False
    strobe: int = 0xFFFF
    r_ready: bool = True
    b_ready: bool = True


@dataclass
class Bus:
    """A master in Python: `step` is one edge and returns what moved at it."""

    dram: Dram
    library: Any
    ar_ready: bool = False
    aw_ready: bool = False
    w_ready: bool = False
    r_valid: bool = False
    r_last: bool = False
    b_valid: bool = False
    r_resp: int = 0
    b_resp: int = 0
    r_data: bytes = b""
    cycle: int = 0
    moved: set[str] = field(default_factory=set)

    def step(self, edge: Edge) -> set[str]:
        flags = int(edge.ar is not None) | int(edge.r_ready) << 1 | int(edge.aw is not None) << 2
        flags |= int(edge.w is not None) << 3 | int(edge.last) << 4 | int(edge.b_ready) << 5
        pins = {
            "ar": edge.ar is not None and self.ar_ready,
            "aw": edge.aw is not None and self.aw_ready,
            "w": edge.w is not None and self.w_ready,
            "r": self.r_valid and edge.r_ready,
            "b": self.b_valid and edge.b_ready,
        }
        ar, aw = edge.ar or (0, 1), edge.aw or (0, 1)
        data = (ctypes.c_uint32 * 4).from_buffer_copy(edge.w or bytes(BEAT))
        out, ids, read = ctypes.c_uint32(), ctypes.c_uint32(), (ctypes.c_uint32 * 4)()
        self.library.hgcn_dram_clock(
            ctypes.c_uint32(flags),
            ctypes.c_uint64(ar[0]),
            ctypes.c_uint32(ar[1] - 1 | INCR_16),
            ctypes.c_uint64(aw[0]),
            ctypes.c_uint32(aw[1] - 1 | INCR_16),
            ctypes.c_uint64(edge.strobe),
            data,
            ctypes.byref(out),
            ctypes.byref(ids),
            read,
        )
        bits = [bool(out.value >> i & 1) for i in range(6)]
        self.ar_ready, self.r_valid, self.r_last, self.aw_ready, self.w_ready, self.b_valid = bits
        self.r_resp, self.b_resp = out.value >> 6 & 3, out.value >> 8 & 3
        self.r_data = bytes(read)
        self.cycle += 1
        return {name for name, happened in pins.items() if happened}

    def read(self, address: int, beats: int) -> tuple[bytes, list[int], int]:
        """Return data, responses, and cycles from the AR beat to the first R beat."""
        pending, data, responses = True, b"", []
        taken = first = 0
        for _ in range(10_000):
            last, resp, chunk = self.r_last, self.r_resp, self.r_data
            moved = self.step(Edge(ar=(address, beats) if pending else None))
            if "ar" in moved:
                pending, taken = False, self.cycle
            if "r" in moved:
                first = first or self.cycle
                data += chunk
                responses.append(resp)
                if last:
                    return data, responses, first - taken
        raise AssertionError("the read did not end")

    def write(self, address: int, data: bytes, strobe: int = 0xFFFF) -> int:
        """Write whole beats; return the response."""
        beats = [data[i : i + BEAT] for i in range(0, len(data), BEAT)]
        pending, sent = True, 0
        for _ in range(10_000):
            resp = self.b_resp
            moved = self.step(
                Edge(
                    aw=(address, len(beats)) if pending else None,
                    w=beats[sent] if sent < len(beats) else None,
                    last=sent == len(beats) - 1,
                    strobe=strobe,
                )
            )
            pending = pending and "aw" not in moved
            sent += "w" in moved
            if "b" in moved:
                return resp
        raise AssertionError("the write did not end")


@pytest.fixture
def bus(library: Path) -> Bus:
    dram = Dram(library, base=BASE, size_bytes=SIZE, beat_bytes=BEAT)
    dram.set_timing(latency_cycles=40)
    return Bus(dram, ctypes.CDLL(str(library)))


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def test_python_and_bus_see_the_same_bytes(bus: Bus) -> None:
    data = noise(256)
    assert bus.write(BASE + 512, data) == 0
    assert bytes(bus.dram.view(BASE + 512, 256)) == data

    bus.dram.view(BASE, 64)[:] = np.frombuffer(noise(64, 2), dtype=np.uint8)
    assert bus.read(BASE, 4)[:2] == (noise(64, 2), [0] * 4)


@pytest.mark.parametrize("latency", [1, 2, 40])
def test_first_read_beat_comes_after_the_latency(bus: Bus, latency: int) -> None:
    bus.dram.set_timing(latency_cycles=latency)
    assert bus.read(BASE, 4)[2] == latency


def test_strobes_choose_the_bytes(bus: Bus) -> None:
    bus.dram.view(BASE, BEAT)[:] = 0x55
    bus.write(BASE, bytes([0xAA] * BEAT), strobe=0x0F01)
    expected = [0xAA if 0x0F01 >> i & 1 else 0x55 for i in range(BEAT)]
    assert list(bus.dram.view(BASE, BEAT)) == expected


def test_stalls_keep_the_data(bus: Bus) -> None:
    bus.dram.set_timing(latency_cycles=3, stall_probability=0.5, seed=7)
    data = noise(1024)
    assert bus.write(BASE, data) == 0
    assert bus.read(BASE, 64)[0] == data
    assert bus.dram.violations() == []


def test_a_hung_memory_goes_on_where_it_stopped(bus: Bus) -> None:
    data = noise(4 * BEAT)
    bus.write(BASE, data)
    assert bus.step(Edge(ar=(BASE, 4))) == {"ar"}
    bus.dram.hang()
    assert not any(bus.step(Edge()) for _ in range(300)), "a hung memory moved a beat"
    assert not (bus.ar_ready or bus.aw_ready or bus.w_ready)

    bus.dram.hang(False)
    got = b""
    for _ in range(100):
        chunk = bus.r_data
        got += chunk if "r" in bus.step(Edge()) else b""
    assert got == data


@pytest.mark.parametrize("rate", [4.0, 8.0, 16.0])
def test_rate_limit_bounds_the_beats(bus: Bus, rate: float) -> None:
    bus.dram.set_timing(latency_cycles=1, bytes_per_cycle=rate)
    start = bus.cycle
    for page in range(8):
        bus.read(BASE + 1024 * page, 64)
    assert (bus.cycle - start) >= (8 * 1024 - 4 * BEAT) / rate


@pytest.mark.parametrize("address", [BASE - 4096, BASE + SIZE])
def test_out_of_range_answers_slverr(bus: Bus, address: int) -> None:
    assert bus.read(address, 2)[1] == [2, 2]
    assert bus.write(address, bytes(32)) == 2
    assert bus.dram.statistics().errors == 2


def test_injected_error_hits_its_beat_only(bus: Bus) -> None:
    bus.dram.inject(BASE + 40, response=3)
    assert bus.read(BASE, 4)[1] == [0, 0, 3, 0]
    assert bus.write(BASE + 32, bytes(BEAT)) == 3
    bus.dram.clear_injections()
    assert bus.read(BASE, 4)[1] == [0] * 4


def test_statistics_count_beats_and_bytes(bus: Bus) -> None:
    bus.read(BASE, 4)
    bus.write(BASE, bytes(32), strobe=0x00FF)
    seen = bus.dram.statistics()
    assert (seen.read_bursts, seen.read_beats, seen.read_bytes) == (1, 4, 64)
    assert (seen.write_bursts, seen.write_beats, seen.write_bytes) == (1, 2, 16)


def test_read_sees_a_write_only_after_its_response(bus: Bus) -> None:
    while not (bus.ar_ready and bus.aw_ready):
        bus.step(Edge())
    bus.step(Edge(aw=(BASE, 1)))
    moved = bus.step(Edge(w=bytes([1] * BEAT), last=True))
    assert moved == {"w"}
    assert bus.read(BASE, 1)[0] == bytes(BEAT)
    assert bus.read(BASE, 1)[0] == bytes([1] * BEAT)


def test_burst_across_4_kib_is_a_violation(bus: Bus) -> None:
    bus.read(BASE + 4096 - 32, 4)
    assert "crosses 4 KiB" in bus.dram.violations()[0]


def test_changed_address_is_a_violation(bus: Bus) -> None:
    while bus.ar_ready:  # Fill the queue of accepted reads
        bus.step(Edge(ar=(BASE, 1), r_ready=False))
    while not bus.ar_ready:
        bus.step(Edge(r_ready=True))
    bus.dram.set_timing(latency_cycles=1, stall_probability=1.0)
    bus.step(Edge())
    assert not bus.ar_ready
    bus.step(Edge(ar=(BASE, 1)))
    bus.step(Edge(ar=(BASE + 64, 1)))
    assert "changed before it was taken" in bus.dram.violations()[0]


@pytest.mark.parametrize(("at", "word"), [(0, "early"), (3, "missing")])
def test_wrong_wlast_is_a_violation(bus: Bus, at: int, word: str) -> None:
    while not bus.aw_ready:
        bus.step(Edge())
    bus.step(Edge(aw=(BASE, 4)))
    for beat in range(4):
        bus.step(Edge(w=bytes(BEAT), last=beat == at if word == "early" else False))
    assert f"WLAST is {word}" in " ".join(bus.dram.violations())
