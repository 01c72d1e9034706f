# SPDX-License-Identifier: Apache-2.0
"""The board's self-test: `hgcn doctor --board`."""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

import hgcn.api
from hgcn.arch.device import Device
from hgcn.datasets.load import load
from hgcn.errors import BackendError, HgcnError
from hgcn.isa.identity import CORES
from hgcn.model.gcn import GCN

from .memory import Region
from .packages import board_module
from .virtual import virtual_boards

_LOOP_BYTES = 1 << 20
_RUN_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at; ``good`` is None where it does not matter here."""

    name: str
    good: bool | None
    text: str


def check_board(
    virtual: Device | None = None, overlay: str | None = None, device: Device | None = None
) -> Iterator[Finding]:
    """Look at everything between Python and a right answer, in the order in which it can fail.

    Parameters
    ----------
    virtual : Device, optional
        Look at the virtual board of this device.
    overlay : str, optional
        The overlay to load; else as `HgcnOverlay` chooses.
    device : Device, optional
        What the overlay's accelerator was built from, if it is no preset.

    Yields
    ------
    Finding
        Nothing more after the first that makes the rest impossible.
    """
    yield _python()
    try:
        module = board_module()
        yield Finding(name="pynq", good=True, text=metadata.version("pynq"))
        simulator = virtual_boards().for_device(virtual, {}) if virtual is not None else None
        with module.HgcnOverlay(overlay, device=simulator) as board:
            simulated = getattr(board.device, "settings", None)
            yield from _surroundings(board, simulated)
            yield from _accelerator(board, device or virtual)
    except HgcnError as fault:
        yield Finding(name="board", good=False, text=str(fault))
    except (OSError, RuntimeError) as fault:  # What PYNQ raises: no device, no file, no right
        yield Finding(name="board", good=False, text=f"{type(fault).__name__}: {fault}")


def _python() -> Finding:
    version = platform.python_version_tuple()
    good = (3, 10) <= (int(version[0]), int(version[1])) <= (3, 12)
    text = platform.python_version() + ("" if good else ": PYNQ 4.0 needs 3.10 to 3.12")
    return Finding(name="python", good=good, text=text)


def _surroundings(board: Any, simulated: Any) -> Iterator[Finding]:
    if simulated is not None:
        yield Finding(name="board", good=True, text=f"virtual board: {simulated.text()}")
        yield Finding(name="XRT", good=None, text="not needed by the virtual board")
    else:
        yield Finding(name="board", good=True, text=str(board.device.name))
        root = os.environ.get("XILINX_XRT")
        good = root is not None and importlib.util.find_spec("pyxrt") is not None
        why = "" if good else ": source XRT's setup.sh, and run as root"
        yield Finding(name="XRT", good=good, text=f"{root or 'XILINX_XRT is not set'}{why}")
    path = Path(board.bitfile_name)
    cores = [entry["type"] for entry in board.ip_dict.values() if entry["type"] in CORES.values()]
    yield Finding(name="overlay", good=bool(cores), text=f"{path} with {', '.join(cores)}")
    if simulated is None and path.suffix == ".pdi":
        yield _parent(path)


def _parent(path: Path) -> Finding:
    """A .pdi loads only onto the very boot image it was built against."""
    name = "parent id"
    bootgen = shutil.which("bootgen")
    if bootgen is None:
        return Finding(name=name, good=None, text="unknown: apt install bootgen-xlnx")
    command = [bootgen, "-arch", "versal", "-read", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    found = re.search(r"parent_unique_id\W+(\w+)", done.stdout)
    text = found[1] if found else "bootgen names none"
    return Finding(
        name=name,
        good=None,
        text=f"{text}; if loading fails with PLM error 0x03530000, rebuild for this boot image",
    )


def _accelerator(board: Any, own: Device | None) -> Iterator[Finding]:
    accelerator = board.session.accelerator
    accelerator.check()
    same = own is not None and own.hash == accelerator.device_hash
    preset = own if same else accelerator.preset
    name = "no preset of this hgcn: give its file by --device" if preset is None else preset.name
    text = f"device hash {accelerator.device_hash:#018x}: {name}"
    yield Finding(name="accelerator", good=preset is not None, text=text)
    pin = board.driver.interrupt is not None
    yield Finding(
        name="interrupt", good=pin or None, text="wired" if pin else "none in the overlay: polling"
    )
    yield _loop_back(board)
    if preset is not None:
        yield _inference(board, preset)


def _loop_back(board: Any) -> Finding:
    region = Region(board.allocate, _LOOP_BYTES)
    try:
        noise = np.random.default_rng(1).integers(0, 256, _LOOP_BYTES, dtype=np.uint8)
        region.bytes[:] = noise
        region.flush()
        region.invalidate()
        wrong = int((region.bytes != noise).sum())
        text = f"{_LOOP_BYTES:,} bytes at {region.address:#x}"
        text += "" if wrong == 0 else f": {wrong:,} came back wrong"
        return Finding(name="memory", good=wrong == 0, text=text)
    finally:
        region.free()


def _inference(board: Any, preset: Device) -> Finding:
    program = hgcn.api.compile(GCN.load("digits"), load("digits"), device=preset)
    with board.load(program) as loaded:
        result = loaded.run(timeout_seconds=_RUN_SECONDS)
    verdict = "equal to the reference" if result.bit_exact else "NOT equal to the reference"
    text = f"digits in {result.cycles:,} cycles, {verdict}"
    return Finding(name="inference", good=result.bit_exact, text=text)


def first_fault(findings: list[Finding]) -> BackendError | None:
    """Return the first fault as an error, None if there is none."""
    bad = next((item for item in findings if item.good is False), None)
    return None if bad is None else BackendError(f"{bad.name}: {bad.text}")
