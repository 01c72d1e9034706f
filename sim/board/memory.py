# SPDX-License-Identifier: Apache-2.0
"""Contiguous buffers in the simulated memory, each with the processor's own copy.

Processor and accelerator are not coherent: bytes move only at `flush` and `invalidate`. Both copies
start as noise, so that a forgotten one is seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import BackendError

PAGE_BYTES = 4096
SMALLEST_BYTES = 8192
"""XRT gives no smaller buffer."""

_NOISE, _FREED = 0xA5, 0xDD


@dataclass(eq=False, slots=True, kw_only=True)
class Allocation:
    """One buffer: its place in the device's memory, and the processor's copy."""

    start: int
    size_bytes: int
    host: NDArray[np.uint8]


class BufferMemory:
    """First-fit allocator over the simulated memory.

    Parameters
    ----------
    memory : ndarray of uint8
        A view of the simulated memory; written in place.
    base : int
        Device address of its first byte.
    """

    def __init__(self, memory: NDArray[np.uint8], base: int) -> None:
        self._memory, self.base = memory, base
        self._live: list[Allocation] = []

    @property
    def buffers(self) -> int:
        """Number of buffers not yet freed."""
        return len(self._live)

    @property
    def used_bytes(self) -> int:
        """Bytes of all buffers not yet freed."""
        return sum(item.size_bytes for item in self._live)

    def allocate(self, size_bytes: int) -> Allocation:
        """Return a buffer of at least ``size_bytes``, in whole pages, a page from its neighbours.

        Raises
        ------
        BackendError
            If there is no room.
        """
        need = -(-max(size_bytes, SMALLEST_BYTES) // PAGE_BYTES) * PAGE_BYTES
        place = PAGE_BYTES
        index = 0
        for index, item in enumerate([*self._live, None]):  # noqa: B007
            limit = len(self._memory) if item is None else item.start
            if place + need + PAGE_BYTES <= limit:
                break
            if item is not None:
                place = item.start + item.size_bytes + PAGE_BYTES
        else:
            raise BackendError(
                f"the virtual board's memory of {len(self._memory):,} bytes has no room for "
                f"{size_bytes:,} more beside {self.used_bytes:,}: free programs or set memory_bytes"
            )
        made = Allocation(start=place, size_bytes=need, host=np.full(need, _NOISE, np.uint8))
        self._memory[place : place + need] = _NOISE
        self._live.insert(index, made)
        return made

    def free(self, item: Allocation) -> None:
        """Give a buffer back; twice does no harm."""
        if item in self._live:
            self._live.remove(item)
            self.view(item)[:] = _FREED

    def address(self, item: Allocation) -> int:
        """Device address of a buffer's first byte."""
        return self.base + item.start

    def view(self, item: Allocation) -> NDArray[np.uint8]:
        """Return the accelerator's copy, as a view."""
        return self._memory[item.start : item.start + item.size_bytes]

    def flush(self, item: Allocation, offset: int, size_bytes: int) -> None:
        """Copy bytes from the processor's copy to the accelerator's."""
        part = slice(offset, offset + size_bytes)
        self.view(item)[part] = item.host[part]

    def invalidate(self, item: Allocation, offset: int, size_bytes: int) -> None:
        """Copy bytes from the accelerator's copy to the processor's."""
        part = slice(offset, offset + size_bytes)
        item.host[part] = self.view(item)[part]
