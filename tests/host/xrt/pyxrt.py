# SPDX-License-Identifier: Apache-2.0
"""XRT's Python binding as far as PYNQ uses it, over the simulated memory.

A buffer object has a place in the accelerator's memory, and pages of its own for the processor, as
on a board: `sync` copies all of it, and PYNQ unmaps the pages itself.
"""

from __future__ import annotations

import ctypes
from enum import Enum, auto
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from hgcn_sim.board.memory import Allocation, BufferMemory
from hgcn_sim.board.model import MEMORY_BASE

_LIBC = ctypes.CDLL("libc.so.6")
_LIBC.mmap.restype = ctypes.c_void_p
_LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
_LIBC.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
_READ_WRITE, _PRIVATE_ANONYMOUS = 3, 0x22
SMALLEST_BYTES = 8192


class Direction(Enum):
    """Which copy is the newer."""

    XCL_BO_SYNC_BO_TO_DEVICE = auto()
    XCL_BO_SYNC_BO_FROM_DEVICE = auto()


class Pages:
    """The processor's pages of buffer objects; PYNQ calls `munmap` on it as on the C library.

    Attributes
    ----------
    mapped : dict
        Bytes by address of what is still mapped.
    """

    def __init__(self) -> None:
        self.mapped: dict[int, int] = {}

    def mmap(self, size: int) -> memoryview:
        """Map pages of ordinary memory."""
        address = _LIBC.mmap(None, size, _READ_WRITE, _PRIVATE_ANONYMOUS, -1, 0)
        self.mapped[address] = size
        return memoryview((ctypes.c_ubyte * size).from_address(address)).cast("B")

    def munmap(self, address: ctypes.c_void_p, size: int) -> int:
        """Unmap pages; what is not asked for stays mapped."""
        assert address.value is not None
        rest = self.mapped.pop(address.value) - size
        if rest:
            self.mapped[address.value + size] = rest
        return int(_LIBC.munmap(address, size))


class Xrt:
    """One board's XRT.

    Parameters
    ----------
    memory : ndarray of uint8
        A view of the simulated memory, shared by the banks of the design.

    Attributes
    ----------
    banks : list of BufferMemory
        By index, once an xclbin is loaded.
    loaded : list of str
        Names of the xclbin files loaded.
    sizes, syncs : list
        Bytes asked for, and directions, of every buffer object so far.
    pages : Pages
    """

    def __init__(self, memory: np.ndarray[Any, np.dtype[np.uint8]]) -> None:
        self._memory = memory
        self.banks: list[BufferMemory] = []
        self.loaded: list[str] = []
        self.sizes: list[int] = []
        self.syncs: list[Direction] = []
        self.pages = Pages()
        self._xclbin = b""

    @property
    def buffers(self) -> int:
        """Number of buffer objects not yet freed."""
        return sum(bank.buffers for bank in self.banks)

    def load_xclbin(self, path: str) -> None:
        """Take the memories of a design from the file that `xclbinutil` made."""
        data = Path(path).read_bytes()
        if data == self._xclbin:
            return  # As the driver does with one it knows
        if self.buffers:
            raise RuntimeError("Device or resource busy")
        if not data.startswith(b"xclbin2\0"):
            raise RuntimeError(f"Invalid xclbin {path}")
        from pynq.pl_server.xclbin_parser import XclBin

        banks = sorted(XclBin(xclbin_data=data).mem_dict.values(), key=lambda bank: bank["idx"])
        # The processor's memory is listed at address zero, and is whatever no other bank is.
        bases = [bank["base_address"] or MEMORY_BASE for bank in banks]
        ends = [*sorted(bases)[1:], MEMORY_BASE + len(self._memory)]
        for base, end in zip(sorted(bases), ends, strict=True):
            assert MEMORY_BASE <= base < end, "a bank outside the simulated memory"
        spans = dict(zip(sorted(bases), ends, strict=True))
        self.banks = [
            BufferMemory(self._memory[base - MEMORY_BASE : spans[base] - MEMORY_BASE], base)
            for base in bases
        ]
        self._xclbin = data
        self.loaded.append(Path(path).name)

    def module(self) -> ModuleType:
        """Return what ``import pyxrt`` gives on this board."""
        made = ModuleType("pyxrt")
        made.__spec__ = ModuleSpec("pyxrt", None)
        names = "bdf dynamic_regions electrical host m2m max_clock_frequency_mhz mechanical memory"
        names += " name pcie_info thermal vmr"
        facts: dict[str, object] = {
            "xrt_info_device": SimpleNamespace(**{name: name for name in names.split()}),
            "device": lambda index: _Device(self),
            "bo": type(
                "bo", (_Bo,), {"xrt": self, "flags": SimpleNamespace(normal=0, cacheable=1)}
            ),
            "xclBOSyncDirection": Direction,
        }
        made.__dict__.update(facts)
        return made


class _Device:
    def __init__(self, xrt: Xrt) -> None:
        self._xrt = xrt

    def get_info(self, what: str) -> object:
        return "edge" if what == "name" else ""

    def load_xclbin(self, path: str) -> None:
        self._xrt.load_xclbin(path)


class _Bo:
    xrt: Xrt
    flags = SimpleNamespace(normal=0, cacheable=1)
    _place: Allocation | None = None

    def __init__(self, device: _Device, size: int, flags: int, bank: int) -> None:
        assert size >= SMALLEST_BYTES, f"a buffer object of {size} bytes gets a 64-bit address"
        self._bank = self.xrt.banks[bank]
        self._place = self._bank.allocate(size)
        self._size = size
        self.xrt.sizes.append(size)
        self._view = self.xrt.pages.mmap(size)
        # Noise, as in a board's memory: what is read before it is written must not be zero.
        np.asarray(self._view)[:] = self._place.host[:size]

    def __del__(self) -> None:
        if self._place is not None:
            self._bank.free(self._place)

    def size(self) -> int:
        return self._size

    def map(self) -> memoryview:
        return self._view

    def address(self) -> int:
        assert self._place is not None
        return self._bank.address(self._place)

    def sync(self, direction: Direction) -> None:
        assert self._place is not None
        self.xrt.syncs.append(direction)
        ours, board = np.asarray(self._view), self._bank.view(self._place)[: self._size]
        if direction is Direction.XCL_BO_SYNC_BO_TO_DEVICE:
            board[:] = ours
        else:
            ours[:] = board
