# SPDX-License-Identifier: Apache-2.0
"""Buffers the accelerator reads and writes, aligned and synchronised explicitly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import LINE_BYTES

from .errors import BoardMemoryError

PAGE_BYTES = 4096
SMALLEST_BYTES = 8192
"""PYNQ takes no less from XRT, but would only unmap what was asked for when it is freed."""

Allocate = Callable[[int], Any]
"""Returns a `pynq.buffer.PynqBuffer` of so many bytes."""


class Region:
    """One contiguous buffer: the processor's copy is ``bytes``, the accelerator's at ``address``.

    Parameters
    ----------
    allocate : callable
    size_bytes : int
        Rounded up to whole pages, and to PYNQ's smallest buffer.

    Raises
    ------
    BoardMemoryError
        If there is no memory, or it is not aligned to what the accelerator reads at once.
    """

    def __init__(self, allocate: Allocate, size_bytes: int) -> None:
        self.capacity = -(-max(size_bytes, SMALLEST_BYTES) // PAGE_BYTES) * PAGE_BYTES
        try:
            self._buffer = allocate(self.capacity)
        except (MemoryError, OSError, RuntimeError) as fault:
            raise BoardMemoryError(
                f"the board has no contiguous {self.capacity:,} bytes left: {fault}; free "
                "programs, or boot with a larger cma="
            ) from None
        self.address = int(self._buffer.device_address)
        if self.address % LINE_BYTES:
            self.free()
            raise BoardMemoryError(
                f"buffers must start on {LINE_BYTES} bytes, got address {self.address:#x}"
            )

    @property
    def bytes(self) -> NDArray[np.uint8]:
        """The processor's copy, as a view."""
        view: NDArray[np.uint8] = np.asarray(self._buffer)
        return view

    def flush(self) -> None:
        """Make the processor's writes visible to the accelerator."""
        self._buffer.flush()

    def invalidate(self) -> None:
        """Make the accelerator's writes visible to the processor."""
        self._buffer.invalidate()

    def free(self) -> None:
        """Give the memory back; twice does no harm."""
        buffer, self._buffer = self._buffer, None
        if buffer is not None:
            buffer.freebuffer()
