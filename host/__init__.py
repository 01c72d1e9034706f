# SPDX-License-Identifier: Apache-2.0
"""Runs hgcn programs on a board through PYNQ, or on the virtual board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import AcceleratorTimeoutError, InterruptLostError, InterruptLostWarning, ResetError
from .session import Session
from .waiting import Wait

if TYPE_CHECKING:
    from .board import HgcnDriver, HgcnOverlay

__all__ = [
    "AcceleratorTimeoutError",
    "HgcnDriver",
    "HgcnOverlay",
    "InterruptLostError",
    "InterruptLostWarning",
    "ResetError",
    "Session",
    "Wait",
]


def __getattr__(name: str) -> Any:
    """Import what needs pynq only when it is asked for."""
    if name in ("HgcnDriver", "HgcnOverlay"):
        from .packages import board_module

        return getattr(board_module(), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
