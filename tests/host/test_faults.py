# SPDX-License-Identifier: Apache-2.0
"""Every fault ends in a named exception in time, and after a reset the next inference is exact."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from hgcn_host import (
    AcceleratorTimeoutError,
    InterruptLostError,
    InterruptLostWarning,
    Wait,
    waiting,
)

import hgcn
from hgcn.errors import HardwareError

pytestmark = pytest.mark.rtl

LIMIT_SECONDS = 60.0
"""Far above what any of them takes, far below a hang."""


def _image(board: Any, loaded: Any) -> None:
    board.device.faults.axi_error(loaded.resident.regions()[0][0], response=3)


def _output(board: Any, loaded: Any) -> None:
    board.device.faults.axi_error(loaded.resident.regions()[3][0], 64, response=2)


def _corrupt(board: Any, loaded: Any) -> None:
    board.device.faults.corrupt(loaded.resident.regions()[0][0] + 192)


def _header(board: Any, loaded: Any) -> None:
    board.device.faults.corrupt(loaded.resident.regions()[0][0] + 40, mask=0x80)


def _hang(board: Any, loaded: Any) -> None:
    board.driver.registers.write("WATCHDOG", 20_000)
    board.device.faults.hang_memory()


@pytest.mark.parametrize(
    ("inject", "name"),
    [
        (_image, "AXI_READ"),
        (_output, "AXI_WRITE"),
        (_corrupt, "STREAM_CHECKSUM"),
        (_header, "HEADER_CHECKSUM"),
        (_hang, "WATCHDOG"),
    ],
)
@pytest.mark.parametrize("wait", [Wait.AUTO, Wait.POLL])
@pytest.mark.filterwarnings("ignore:memory traffic has not drained")
def test_faults_are_named_and_a_reset_cures_them(
    overlay: Any,
    program: hgcn.Program,
    inject: Callable[[Any, Any], None],
    name: str,
    wait: Wait,
) -> None:
    with overlay.load(program) as loaded:
        assert loaded.run(wait=wait).bit_exact
        start = time.monotonic()
        inject(overlay, loaded)
        with pytest.raises(HardwareError, match=name) as caught:
            loaded.run(wait=wait, stall_seconds=LIMIT_SECONDS)
        assert time.monotonic() - start < LIMIT_SECONDS
        assert "drain: idle" in str(caught.value) or "drain: working" in str(caught.value)
        with pytest.raises(HardwareError, match=r"reset\(\) first"):
            loaded.run(wait=wait)
        if name != "WATCHDOG":  # A hung memory stays so: only loading the overlay again helps
            overlay.device.faults.clear()
        overlay.reset()
        assert loaded.run(wait=wait).bit_exact


@pytest.mark.parametrize("wait", [Wait.AUTO, Wait.POLL])
@pytest.mark.filterwarnings("ignore:memory traffic has not drained")
def test_standing_still_without_a_watchdog_is_a_timeout(
    overlay: Any, program: hgcn.Program, wait: Wait
) -> None:
    overlay.driver.registers.write("WATCHDOG", 0)
    overlay.device.faults.hang_memory()
    with overlay.load(program) as loaded:
        with pytest.raises(AcceleratorTimeoutError, match="nothing moved"):
            loaded.run(wait=wait, stall_seconds=0.5)
        overlay.reset()
        assert loaded.run(wait=wait).bit_exact


@pytest.mark.filterwarnings("ignore:memory traffic has not drained")
def test_a_timeout_names_every_engine(overlay: Any, program: hgcn.Program) -> None:
    overlay.driver.registers.write("WATCHDOG", 0)
    overlay.device.faults.hang_memory()
    with overlay.load(program) as loaded:
        with pytest.raises(AcceleratorTimeoutError, match=r"not done after 0.3 s") as caught:
            loaded.run(timeout_seconds=0.3)
        for engine in ("read", "load", "pl", "array", "merge", "drain", "write"):
            assert f"{engine}: " in str(caught.value)
        overlay.reset()
        assert loaded.run().bit_exact


def test_a_lost_interrupt_is_an_error_or_a_warning(overlay: Any, program: hgcn.Program) -> None:
    with overlay.load(program) as loaded:
        overlay.device.faults.lose_interrupts()
        with pytest.raises(InterruptLostError, match="its interrupt did not come"):
            loaded.run(wait=Wait.INTERRUPT)
        with pytest.warns(InterruptLostWarning, match="polling from now on"):
            assert loaded.run().bit_exact
        assert loaded.run().bit_exact
        overlay.device.faults.clear()
        overlay.reset()
        assert loaded.run(wait=Wait.INTERRUPT).bit_exact


@pytest.mark.parametrize("wait", [Wait.INTERRUPT, Wait.POLL])
@pytest.mark.filterwarnings("ignore:memory traffic has not drained")
@pytest.mark.usefixtures("sigint")
def test_ctrl_c_leaves_a_usable_device(overlay: Any, program: hgcn.Program, wait: Wait) -> None:
    graph = hgcn.datasets.load("digits")
    digits = hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny")
    with overlay.load(digits) as long, overlay.load(program) as short:
        overlay.driver.registers.write("WATCHDOG", 0)
        overlay.device.faults.hang_memory()  # So that it surely still runs
        interrupt = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
        interrupt.start()
        with pytest.raises(KeyboardInterrupt):
            long.run(wait=wait, stall_seconds=LIMIT_SECONDS)
        interrupt.join()
        overlay.device.faults.clear()
        overlay.reset()
        assert short.run(wait=wait).bit_exact and long.run(wait=wait).bit_exact


def test_ctrl_c_during_a_healthy_run_needs_no_reset(
    overlay: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_LOOK_SECONDS", 0.0)
    graph = hgcn.datasets.load("digits")
    digits = hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny")

    def stop(command: int) -> None:
        raise KeyboardInterrupt

    with overlay.load(digits) as loaded:
        with pytest.raises(KeyboardInterrupt):
            loaded.run(wait=Wait.POLL, progress=stop)
        assert not overlay.state().busy
        assert loaded.run().bit_exact
