# SPDX-License-Identifier: Apache-2.0
"""What every bench starts with: clock, reset, the device it runs under, waits with a limit."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

from hgcn.arch.device import Device
from hgcn.arch.device_file import read_device
from hgcn.arch.presets import DEFAULT_DEVICE, device
from hgcn.environment import path_variable


def device_under_test() -> Device:
    """Return the device the simulator was built for."""
    file = path_variable("HGCN_DEVICE")
    return device(DEFAULT_DEVICE) if file is None else read_device(file)


def parameters_under_test() -> dict[str, int]:
    """Return the top module's parameter overrides."""
    parameters: dict[str, int] = json.loads(os.environ.get("HGCN_PARAMETERS", "{}"))
    return parameters


async def start_clock(
    clock: Any, reset: Any | None = None, *, period_ns: float = 10, reset_cycles: int = 4
) -> None:
    """Start ``clock``, hold the active-low ``reset`` for some edges and release it.

    Inputs that must be quiet during reset are the caller's to set first.
    """
    Clock(clock, period_ns, unit="ns").start()
    if reset is None:
        return
    reset.value = 0
    for _ in range(reset_cycles):
        await RisingEdge(clock)
    reset.value = 1
    await RisingEdge(clock)


async def wait_for(
    clock: Any, holds: Callable[[], bool], *, limit_cycles: int, what: str = "condition"
) -> int:
    """Wait until ``holds()`` after a rising edge; return the edges waited.

    Raises
    ------
    AssertionError
        After ``limit_cycles`` edges.
    """
    for cycle in range(limit_cycles):
        await RisingEdge(clock)
        if holds():
            return cycle + 1
    raise AssertionError(f"{what} did not come within {limit_cycles} cycles")
