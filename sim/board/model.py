# SPDX-License-Identifier: Apache-2.0
"""The Verilated accelerator and its memory, driven through ctypes."""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import BackendError

from ..dram import Statistics
from .settings import BoardSettings

MEMORY_BASE = 0x1_0000_0000
"""Above 4 GiB, so that the high words of the address registers are used."""

_NO_ANSWER, _STOPPED = 8, 9
_U32, _U64, _POINTER = ctypes.c_uint32, ctypes.c_uint64, ctypes.c_void_p

_CREATE = [_U64, _U64, _U32, _U32, ctypes.c_double, ctypes.c_double, _U64, _U64, _U64]
_CREATE += [ctypes.c_char_p]


def _library(path: Path) -> ctypes.CDLL:
    c = ctypes.CDLL(str(path))
    signatures = {
        "create": (_POINTER, _CREATE),
        "destroy": (None, [_POINTER]),
        "error": (ctypes.c_char_p, [_POINTER]),
        "memory": (ctypes.POINTER(ctypes.c_uint8), [_POINTER]),
        "cycles": (_U64, [_POINTER]),
        "irq": (_U32, [_POINTER]),
        "reset": (None, [_POINTER]),
        "write": (_U32, [_POINTER, _U32, _U32]),
        "read": (_U32, [_POINTER, _U32, ctypes.POINTER(_U32)]),
        "step": (_U64, [_POINTER, _U64, _U32]),
        "align": (None, [_POINTER]),
        "hang": (None, [_POINTER, _U32]),
        "inject": (None, [_POINTER, _U64, _U64, _U32, _U32, _U32]),
        "clear_injections": (None, [_POINTER]),
        "statistics": (None, [_POINTER, ctypes.POINTER(_U64)]),
        "violation": (ctypes.c_char_p, [_POINTER, _U32]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(c, f"hgcn_board_{name}")
        function.restype, function.argtypes = result, arguments
    return c


class BoardModel:
    """The accelerator, its clocks and its memory.

    Time moves only in `write`, `read`, `step` and `align`.

    Parameters
    ----------
    settings : BoardSettings
    library : Path
        The model of the settings' device, from `hgcn_sim.board.build.build_board`.

    Raises
    ------
    BackendError
        If the model cannot be started.
    """

    def __init__(self, settings: BoardSettings, library: Path) -> None:
        device = settings.device
        self._board: int | None = None
        self._c = _library(library)
        rate = settings.bytes_per_cycle
        rate = device.dram_bytes_per_cycle if rate is None else rate
        latency = settings.latency_cycles
        waves = None if settings.waves is None else str(settings.waves.resolve()).encode()
        self._lock = threading.RLock()
        self._board = self._c.hgcn_board_create(
            MEMORY_BASE,
            settings.memory_bytes,
            device.dram_latency_cycles if latency is None else latency,
            32,
            0.0 if rate >= 2 * device.axi_bytes else rate,
            settings.stall_probability,
            settings.seed,
            device.pl_half_ps,
            device.array_half_ps,
            waves,
        )
        if self._board is None:
            raise BackendError(f"the virtual board cannot start: {self._error()}")
        view = self._c.hgcn_board_memory(self._board)
        self.memory: NDArray[np.uint8] = np.ctypeslib.as_array(view, (settings.memory_bytes,))

    def close(self) -> None:
        """End the simulation and close the waves; memory views become invalid."""
        with self._lock:
            board, self._board = self._board, None
            if board is not None:
                self.memory = np.empty(0, np.uint8)
                self._c.hgcn_board_destroy(board)

    def __enter__(self) -> BoardModel:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _error(self) -> str:
        text: bytes = self._c.hgcn_board_error(self._board)
        return text.decode()

    def _alive(self) -> int:
        if self._board is None:
            raise BackendError("the virtual board is closed")
        return self._board

    def _answer(self, response: int, what: str) -> None:
        if response == _STOPPED:
            raise BackendError(f"the simulated design stopped: {self._error()}")
        if response == _NO_ANSWER:
            raise BackendError(f"bus error: no answer to a register {what}")
        if response:
            raise BackendError(f"bus error: AXI4-Lite response {response} to a register {what}")

    def read(self, offset: int) -> int:
        """Return the register word at ``offset``: one AXI4-Lite transaction."""
        value = _U32()
        with self._lock:
            response = self._c.hgcn_board_read(self._alive(), offset, ctypes.byref(value))
        self._answer(response, f"read at {offset:#x}")
        return value.value

    def write(self, offset: int, value: int) -> None:
        """Write the register word at ``offset``: one AXI4-Lite transaction."""
        with self._lock:
            response = self._c.hgcn_board_write(self._alive(), offset, value)
        self._answer(response, f"write at {offset:#x}")

    def step(self, cycles: int, *, until_irq: bool = False) -> int:
        """Let PL cycles pass, at most until the interrupt is high; return how many did."""
        with self._lock:
            done: int = self._c.hgcn_board_step(self._alive(), cycles, int(until_irq))
            if self._error():
                self._answer(_STOPPED, "")
        return done

    def align(self) -> None:
        """Let a few cycles pass until the clocks stand to each other as at the bench's start.

        A run then takes the same cycles whenever it is started, and as many as under ``rtl``.
        """
        with self._lock:
            self._c.hgcn_board_align(self._alive())

    def reset(self) -> None:
        """Give the accelerator a hardware reset, as loading an overlay does; memory stays."""
        with self._lock:
            self._c.hgcn_board_reset(self._alive())

    def hang(self, on: bool = True) -> None:
        """Let the memory stop answering; a hardware reset ends that too."""
        with self._lock:
            self._c.hgcn_board_hang(self._alive(), int(on))

    def inject(
        self, address: int, size_bytes: int, response: int, *, reads: bool, writes: bool
    ) -> None:
        """Answer ``response`` to memory beats that touch these bytes from now on."""
        with self._lock:
            self._c.hgcn_board_inject(
                self._alive(), address, size_bytes, response, int(reads), int(writes)
            )

    def clear_injections(self) -> None:
        """Forget all of `inject`."""
        with self._lock:
            self._c.hgcn_board_clear_injections(self._alive())

    @property
    def irq(self) -> bool:
        """Level of the accelerator's interrupt output."""
        with self._lock:
            return bool(self._c.hgcn_board_irq(self._alive()))

    @property
    def cycles(self) -> int:
        """PL clock edges so far."""
        with self._lock:
            return int(self._c.hgcn_board_cycles(self._alive()))

    def statistics(self) -> Statistics:
        """Return what the memory has seen since the board was made."""
        values = (_U64 * 9)()
        with self._lock:
            self._c.hgcn_board_statistics(self._alive(), values)
        return Statistics(*values)

    def violations(self) -> list[str]:
        """Return the texts of the master's breaches of AXI4, the first hundred."""
        texts: list[str] = []
        with self._lock:
            while (text := self._c.hgcn_board_violation(self._alive(), len(texts))) is not None:
                texts.append(text.decode())
        return texts
