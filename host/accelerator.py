# SPDX-License-Identifier: Apache-2.0
"""The accelerator behind its registers: start, wait, reset, counters. Needs no pynq."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence

from hgcn.arch.device import Device
from hgcn.arch.presets import device_with_hash
from hgcn.errors import BackendError, HardwareError, HgcnError
from hgcn.format.numbers import VERSION
from hgcn.isa.identity import HARDWARE_ID
from hgcn.isa.registers import REGISTERS

from .errors import InterruptLostError, InterruptLostWarning, ResetError
from .registers import Registers
from .state import AcceleratorState
from .waiting import InterruptPin, Limits, Wait, Watch, poll, wait_interrupt

_NOT_FREE = sum(REGISTERS["STATUS"].fields[name].mask for name in ("busy", "error", "resetting"))
_RESET_SECONDS = 2.0
_RESET_PAUSE_SECONDS = 1e-4


class Accelerator:
    """Runs what lies in memory; used in the board's thread alone (`host.board_thread`).

    Parameters
    ----------
    registers : Registers
    interrupt : callable
        Returns the interrupt pin, None if the overlay has none.
    renew_interrupt : callable
        Makes the pin as good as new, whatever the last wait for it left behind.
    cycles_kind : str
        See `hgcn.execution.backend.Execution`.
    """

    def __init__(
        self,
        registers: Registers,
        interrupt: Callable[[], InterruptPin | None],
        renew_interrupt: Callable[[], None],
        cycles_kind: str,
    ) -> None:
        self.registers, self._interrupt = registers, interrupt
        self._renew, self.cycles_kind = renew_interrupt, cycles_kind
        self._lost = False
        self._used = False  # The last wait for the interrupt did not end as it should

    # -- Identity ----------------------------------------------------------------------------

    @property
    def device_hash(self) -> int:
        """Hash of the preset the accelerator was built from."""
        low, high = self.registers.read("DEVICE_LO"), self.registers.read("DEVICE_HI")
        return high << 32 | low

    @property
    def preset(self) -> Device | None:
        """The preset the accelerator was built from, None if this hgcn has none such."""
        return device_with_hash(self.device_hash)

    def check(self, device: Device | None = None) -> None:
        """Raise `BackendError` if this is not an hgcn accelerator, or not one of ``device``."""
        found = self.registers.read("ID")
        if found != HARDWARE_ID:
            raise BackendError(
                f"register ID must read {HARDWARE_ID:#010x}, got {found:#010x}: this is not hgcn, "
                "or its clock does not run"
            )
        version = self.registers.read("VERSION")
        if version >> 16 != VERSION >> 16:
            raise BackendError(
                f"the accelerator's version must be {VERSION >> 16}.x, got "
                f"{version >> 16}.{version & 0xFFFF}"
            )
        if device is not None and self.device_hash != device.hash:
            raise BackendError(
                f"the program is for {device.name} ({device.hash:#018x}), the accelerator has "
                f"device hash {self.device_hash:#018x}"
            )

    # -- Runs --------------------------------------------------------------------------------

    def state(self) -> AcceleratorState:
        """Read status, error and counters."""
        return AcceleratorState.read(self.registers)

    async def run(
        self,
        regions: Sequence[tuple[int, int]],
        *,
        wait: Wait,
        limits: Limits,
        progress: Callable[[int], None] | None = None,
    ) -> AcceleratorState:
        """Run the program in these (address, bytes) regions and return the state at its end.

        Raises
        ------
        HardwareError
            If the accelerator stops with an error, does not end, or its interrupt is lost.
        """
        pin = None if wait is Wait.POLL or self._lost else self._pin()
        if pin is None:
            self._demand(wait)
        with _Guard(self):
            self._start(regions, irq=pin is not None)
            watch = Watch(self.registers, limits, progress)
            if pin is None:
                await poll(self.registers, watch)
            else:
                self._used = True
                if await wait_interrupt(pin, self.registers, watch):
                    self._used = False
                else:
                    self._note_lost(wait)
            return self._finish()

    def _pin(self) -> InterruptPin | None:
        if self._used:
            self.renew_interrupt()
        return self._interrupt()

    def renew_interrupt(self) -> None:
        """Forget who waited: what breaks off a wait may leave PYNQ's lists half written."""
        self._renew()
        self._used = False

    def _demand(self, wait: Wait) -> None:
        if wait is Wait.INTERRUPT:
            raise BackendError(
                "no interrupt can be waited for: the overlay has none, or an earlier one was lost "
                "(reset() forgets that)"
            )

    def _note_lost(self, wait: Wait) -> None:
        state = self.state()
        if state.error != "NONE":
            return  # The error is the greater news
        text = f"the run has ended but its interrupt did not come: {state.describe()}"
        if wait is Wait.INTERRUPT:
            raise InterruptLostError(text)
        self._lost = True
        warnings.warn(f"{text}; polling from now on", InterruptLostWarning, stacklevel=2)

    def _start(self, regions: Sequence[tuple[int, int]], *, irq: bool) -> None:
        if self.registers.read("STATUS") & _NOT_FREE:
            state = self.state()
            if state.error != "NONE":
                raise HardwareError(f"an earlier run stopped with {state.error}: reset() first")
            raise HardwareError(f"the accelerator is not free: {state.describe()}")
        for index, (address, size_bytes) in enumerate(regions):
            self.registers.write_pair(f"BASE[{index}]", address)
            self.registers.write_pair(f"SIZE[{index}]", size_bytes)
        self.registers.put("CTRL", start=1, irq_enable=int(irq))

    def _finish(self) -> AcceleratorState:
        state = self.state()
        if state.error != "NONE":
            raise HardwareError(
                f"the accelerator stopped with {state.error} at command {state.error_command}: "
                f"{state.describe()}"
            )
        if not state.done:
            raise HardwareError(f"the run was broken off: {state.describe()}")
        self.registers.put("STATUS", done=1)
        return state

    # -- Reset -------------------------------------------------------------------------------

    def soft_reset(self, timeout_seconds: float = _RESET_SECONDS) -> None:
        """Stop whatever runs, drain memory traffic and PLIO packets, and clear errors.

        Raises
        ------
        ResetError
            If memory, or the array behind PLIO, does not answer in time.
        """
        self._lost = False
        self.registers.put("CTRL", soft_reset=1)
        end = time.monotonic() + timeout_seconds
        while self.registers.get("STATUS", "resetting"):
            if time.monotonic() > end:
                raise ResetError(
                    f"memory traffic has not drained, or the array not answered, "
                    f"{timeout_seconds} s after a soft reset: "
                    f"{self.state().describe()}"
                )
            time.sleep(_RESET_PAUSE_SECONDS)


class _Guard:
    """Leaves no run behind: what ends the block early, Ctrl-C included, stops the accelerator."""

    def __init__(self, accelerator: Accelerator) -> None:
        self._accelerator = accelerator

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            return
        try:
            if self._accelerator.registers.get("STATUS", "busy"):
                self._accelerator.soft_reset()
        except HgcnError as fault:  # What ended the run is the greater news
            warnings.warn(f"{fault}: load the overlay again", RuntimeWarning, stacklevel=2)
