# SPDX-License-Identifier: Apache-2.0
"""Python's view of the C++ memory: the same bytes, no copy."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_HERE = Path(__file__).resolve().parent

SOURCES = (_HERE / "axi_memory.cc", _HERE / "dram.cc")
"""C++ of the shared library ``libdram.so``."""


@dataclass(frozen=True)
class Statistics:
    """Traffic since the last `Dram.clear_statistics`; fields in the order of the C function."""

    cycles: int
    read_bursts: int
    read_beats: int
    read_bytes: int
    write_bursts: int
    write_beats: int
    write_bytes: int
    errors: int
    violations: int


class Dram:
    """The memory behind the AXI4 port of the testbench.

    Parameters
    ----------
    library : Path
        ``libdram.so`` of the running simulator: the very file it is linked with.
    base, size_bytes : int
        Address range.
    beat_bytes : int
        Width of the port.
    """

    def __init__(self, library: Path, *, base: int, size_bytes: int, beat_bytes: int) -> None:
        self._c = ctypes.CDLL(str(library))
        self._c.hgcn_dram_create.restype = ctypes.POINTER(ctypes.c_uint8)
        self._c.hgcn_dram_create.argtypes = [ctypes.c_uint64, ctypes.c_uint64, ctypes.c_uint32]
        self._c.hgcn_dram_timing.argtypes = [
            ctypes.c_uint32,
            ctypes.c_uint32,
            ctypes.c_double,
            ctypes.c_double,
            ctypes.c_uint64,
        ]
        self._c.hgcn_dram_inject.argtypes = [ctypes.c_uint64] * 2 + [ctypes.c_uint32] * 3
        self._c.hgcn_dram_violation.restype = ctypes.c_char_p
        pointer = self._c.hgcn_dram_create(base, size_bytes, beat_bytes)
        if not pointer:
            raise ValueError(f"no DRAM of {size_bytes} bytes with beats of {beat_bytes}")
        self.base = base
        self.bytes: NDArray[np.uint8] = np.ctypeslib.as_array(pointer, shape=(size_bytes,))

    def set_timing(
        self,
        *,
        latency_cycles: int,
        outstanding: int = 32,
        bytes_per_cycle: float = 0.0,
        stall_probability: float = 0.0,
        seed: int = 1,
    ) -> None:
        """Set latency, rate limit (0: none) and random stalls; only while nothing is under way."""
        self._c.hgcn_dram_timing(
            latency_cycles, outstanding, bytes_per_cycle, stall_probability, seed
        )

    def view(self, address: int, size_bytes: int) -> NDArray[np.uint8]:
        """Return the bytes at ``address``, as a view."""
        start = address - self.base
        if start < 0 or start + size_bytes > len(self.bytes):
            raise ValueError(f"{size_bytes} bytes at {address:#x} are not in the DRAM")
        return self.bytes[start : start + size_bytes]

    def inject(
        self,
        address: int,
        size_bytes: int = 1,
        *,
        response: int = 2,
        reads: bool = True,
        writes: bool = True,
    ) -> None:
        """Answer ``response`` (2 SLVERR, 3 DECERR) to beats that touch the range from now on."""
        self._c.hgcn_dram_inject(address, size_bytes, response, int(reads), int(writes))

    def hang(self, on: bool = True) -> None:
        """Take and answer nothing from now on, or go on where it stopped."""
        self._c.hgcn_dram_hang(int(on))

    def clear_injections(self) -> None:
        """Forget all of `inject`."""
        self._c.hgcn_dram_clear_injections()

    def statistics(self) -> Statistics:
        """Return the traffic counters."""
        values = (ctypes.c_uint64 * 9)()
        self._c.hgcn_dram_statistics(values)
        return Statistics(*values)

    def clear_statistics(self) -> None:
        """Set the traffic counters to zero; violations texts stay."""
        self._c.hgcn_dram_clear_statistics()

    def violations(self) -> list[str]:
        """Return the texts of the master's protocol violations, the first hundred."""
        texts: list[str] = []
        while (text := self._c.hgcn_dram_violation(len(texts))) is not None:
            texts.append(text.decode())
        return texts
