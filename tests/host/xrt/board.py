# SPDX-License-Identifier: Apache-2.0
"""PYNQ's own device classes with the simulated accelerator behind them.

Not PYNQ's are: the kernel's FPGA manager, what answers at physical addresses, and XRT's library.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from .pyxrt import Xrt
from .uio import Uio

pytest.importorskip("pynq", reason="pynq is not installed")

from pynq import buffer, interrupt, ps, uio
from pynq.pl_server import embedded_device, global_state, versal_device, xrt_device
from pynq.pl_server.device import Device as PynqDevice

_CLOCK_PAGES = {0xF126_0000: 0x1000, 0xFF5E_0000: 0x100, 0xFD1A_0000: 0x1000}
"""Clock controllers: CRP and CRF of Versal, CRL_APB and CRF_APB of Zynq UltraScale+."""

_PLLS = {
    (0xF126_0000, 0x40): 72 << 8 | 1 << 16,  # PMCPLL at 1200 MHz
    (0xFF5E_0000, 0x20): 90 << 8 | 1 << 16,  # IOPLL at 1500 MHz
}
_SYSTEM = "/sys/class/fpga_manager/fpga0"
_RAW_IRQ = {True: 116, False: 121}
"""Number of pl_ps_irq0, on Versal and on Zynq UltraScale+."""


class Machine:
    """What lies under PYNQ on a board: files of the kernel, and registers.

    Attributes
    ----------
    root : Path
        Stands for ``/``.
    loads : list of (flags, name, bytes)
        Every configuration the FPGA manager was given.
    refuse : int or None
        Error number the FPGA manager answers with.
    """

    def __init__(self, board: Any, root: Path, *, versal: bool) -> None:
        self.board, self.root = board, root
        self.uio = Uio(board)
        self.loads: list[tuple[str, str, bytes]] = []
        self.refuse: int | None = None
        self.manager = root / _SYSTEM[1:]
        self.firmware = root / "lib" / "firmware"
        for folder in (self.manager, self.firmware):
            folder.mkdir(parents=True)
        for name, text in (("flags", "0\n"), ("firmware", ""), ("state", "operating\n")):
            (self.manager / name).write_text(text)
        for name, text in (
            ("proc/interrupts", f" 52:  0  0  GICv3 {_RAW_IRQ[versal]} Level fabric\n"),
            ("sys/class/uio/uio4/name", "fabric\n"),
        ):
            file = self.path(name)
            file.parent.mkdir(parents=True)
            file.write_text(text)
        self.clocks = {base: np.zeros(size // 4, "<u4") for base, size in _CLOCK_PAGES.items()}
        for (base, offset), value in _PLLS.items():
            self.clocks[base][offset // 4] = value

    def path(self, name: str) -> Path:
        """Return the file that stands for an absolute path of the board."""
        return self.root / name.lstrip("/")

    def open(self, path: Any, mode: str = "r", buffering: int = -1) -> Any:
        """Open a file of the board."""
        text = str(path)
        if text == "/dev/uio4":
            self.uio.opened()
            return self.uio.path.open(mode, buffering)
        inside = text.startswith(("/lib/", "/sys/", "/proc/"))
        return (self.path(text) if inside else Path(text)).open(mode, buffering)

    def configure(self, parser: Any) -> None:
        """Do as the kernel when a name is written to ``firmware``."""
        name = (self.manager / "firmware").read_text()
        source = self.firmware / name
        if not source.exists():
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        self.loads.append(((self.manager / "flags").read_text(), name, source.read_bytes()))
        if self.refuse is not None:
            raise OSError(self.refuse, os.strerror(self.refuse))
        self.board.configure(parser)


class _OnMachine:
    """Where PYNQ's device leaves Python: a file of the kernel, and ``/dev/mem``."""

    cycles_kind = "simulated"

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.BS_FPGA_MAN = str(machine.manager / "firmware")
        self.BS_FPGA_MAN_FLAGS = str(machine.manager / "flags")
        super().__init__()

    def write_fpga_manager(self, attribute: str, value: str) -> None:
        Path(attribute).write_text("")  # Each write to such a file stands alone
        super().write_fpga_manager(attribute, value)  # type: ignore[misc]
        if attribute == self.BS_FPGA_MAN:
            self.machine.configure(self.parser)  # type: ignore[attr-defined]

    def mmap(self, base_addr: int, length: int) -> Any:
        if os.geteuid() != 0:
            return super().mmap(base_addr, length)  # type: ignore[misc]
        page = self.machine.clocks.get(base_addr)
        return page if page is not None else self.machine.board.mmap(base_addr, length)


class RtlVersalDevice(_OnMachine, versal_device.VersalDevice):  # type: ignore[misc]
    """PYNQ's device of a Versal board."""


class RtlEmbeddedDevice(_OnMachine, embedded_device.EmbeddedDevice):  # type: ignore[misc]
    """PYNQ's device of a Zynq UltraScale+ board."""


def bit_file(data: bytes) -> bytes:
    """Return a ``.bit`` file: a header of tagged fields, then the configuration."""
    fields = [(b"a", b"hgcn;Version=2025.2"), (b"b", b"xck26"), (b"c", b"2026")]
    body = b"".join(tag + struct.pack(">h", len(text) + 1) + text + b"\0" for tag, text in fields)
    start = struct.pack(">h", 9) + bytes(9) + b"\0\1"
    return start + body + b"e" + struct.pack(">i", len(data)) + data


def install(patch: pytest.MonkeyPatch, board: Any, root: Path, *, versal: bool) -> Any:
    """Make PYNQ believe that it runs on such a board; return its device."""
    machine = Machine(board, root, versal=versal)
    xrt = Xrt(board.model.memory)
    pyxrt = xrt.module()
    # What PYNQ imports only where the device tree says that it is on a board.
    patch.setitem(sys.modules, "pyxrt", pyxrt)
    patch.setattr(xrt_device, "pyxrt", pyxrt, raising=False)
    for module in (xrt_device, buffer):
        patch.setattr(module, "libc", xrt.pages, raising=False)
        patch.setattr(module, "ctypes", ctypes, raising=False)
    patch.setenv("XILINX_XRT", str(root / "opt" / "xilinx" / "xrt"))
    programs = root / "usr" / "bin"
    programs.mkdir(parents=True)
    program = programs / "xclbinutil"
    source = Path(__file__).with_name("xclbinutil.py")
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{source}" "$@"\n')
    program.chmod(0o755)
    patch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    # The kernel's files, and the folder of PYNQ's package that it keeps its state in.
    patch.setattr(global_state, "STATE_DIR", str(root))
    patch.setattr(embedded_device, "__file__", str(root / "embedded_device.py"))

    def path(name: Any) -> Path:
        return machine.firmware if name == "/lib/firmware" else Path(name)

    patch.setattr(embedded_device, "Path", path)
    for module in (global_state, interrupt, uio):
        patch.setattr(module, "open", machine.open, raising=False)
    patch.setattr(uio, "os", SimpleNamespace(listdir=lambda name: os.listdir(machine.path(name))))
    for name, empty in (("_uio_devices", {}), ("_controllers", [])):
        patch.setattr(interrupt._InterruptController, name, empty)
    patch.setattr(embedded_device, "platform", SimpleNamespace(machine=lambda: "aarch64"))
    tree = root / "compatible"
    tree.write_bytes(b"xlnx,versal-vck190\0xlnx,versal\0" if versal else b"xlnx,zynqmp\0")
    patch.setattr(ps, "_VERSAL_DT_MARKERS", ((str(tree), b"xlnx,versal"),))
    patch.chdir(root)  # PYNQ hands XRT a file it writes into the current folder
    kind = RtlVersalDevice if versal else RtlEmbeddedDevice
    device = kind(machine)
    device.xrt = xrt
    PynqDevice.active_device = device
    return device


def forget(device: Any) -> None:
    """Undo what PYNQ keeps of a board for good."""
    interrupt._InterruptController._controllers.clear()
    interrupt._InterruptController._uio_devices.clear()
    device.machine.uio.close()
    for owner, name in ((PynqDevice, "_active_device"), (ps.Clocks, "_real_instance")):
        if hasattr(owner, name):
            delattr(owner, name)
    ps.Clocks.device = None
