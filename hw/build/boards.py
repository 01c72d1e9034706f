# SPDX-License-Identifier: Apache-2.0
"""The board targets: device, tools, address window and clocks of each build."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hgcn.arch.device import Device
from hgcn.arch.presets import device
from hgcn.errors import SpecError, require

CONTROL_RANGE = 0x10000
"""Bytes of address space per AXI4-Lite slave: the register map rounded up to what a page holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One build target.

    Parameters
    ----------
    name : str
        Make target.
    device : Device
        What is built.
    core : str
        ``hgcn_top`` (array in programmable logic) or ``hgcn_core`` (AI Engines behind PLIO).
    vivado : str
        Release the scripts are for.
    board_part : str
        Pattern of the board files.
    window : tuple of int
        First byte and size of the processor's AXI4-Lite window into the programmable logic.
    array_on_pl_clock : bool
        The array runs on the PL clock: the device's ``array_hz`` is that of AI Engines.
    """

    name: str
    device: Device
    core: str
    vivado: str
    board_part: str
    window: tuple[int, int]
    array_on_pl_clock: bool

    @property
    def control_base(self) -> int:
        """Address of the registers."""
        return self.window[0]

    @property
    def interrupt_base(self) -> int:
        """Address of the interrupt controller."""
        return self.window[0] + CONTROL_RANGE

    @property
    def array_hz(self) -> float:
        """Clock of the array in this build."""
        return self.device.pl_hz if self.array_on_pl_clock else self.device.array_hz


VERSAL_FPD = (0xA400_0000, 0x0C00_0000)
"""M_AXI_FPD, lower aperture: AM011, "4 GB Processor System Address Map"."""

ZYNQMP_HPM0 = (0xA000_0000, 0x1000_0000)
"""M_AXI_HPM0_FPD, lower aperture: UG1085, system address map."""

_BOARDS = (
    Board(
        name="vck190-pynq",
        device=device("vck190"),
        core="hgcn_top",
        vivado="2025.2",
        board_part="xilinx.com:vck190:part0:3.4",
        window=VERSAL_FPD,
        array_on_pl_clock=True,
    ),
    Board(
        name="vck190-vitis",
        device=device("vck190"),
        core="hgcn_core",
        vivado="2025.2",
        board_part="xilinx.com:vck190:part0:3.4",
        window=VERSAL_FPD,
        array_on_pl_clock=False,
    ),
    Board(
        name="kv260",
        device=device("kv260"),
        core="hgcn_top",
        vivado="2025.2",
        board_part="*:kv260_som:*",
        window=ZYNQMP_HPM0,
        array_on_pl_clock=False,
    ),
)

BOARDS: dict[str, Board] = {board.name: board for board in _BOARDS}


def board(name: str, own: Device | None = None) -> Board:
    """Return the build target called ``name``, with a device of one's own in place of its preset.

    Raises
    ------
    SpecError
        If there is none (the message lists them), or the device is for another part.
    """
    if name not in BOARDS:
        raise SpecError(f"board must be one of {', '.join(BOARDS)}, got {name!r}")
    found = BOARDS[name]
    if own is None:
        return found
    require(own.part == found.device.part, f"part of {own.name}", own.part, found.device.part)
    return replace(found, device=own)
