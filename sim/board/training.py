# SPDX-License-Identifier: Apache-2.0
"""The run that shows the compiler what is often needed: an inference of digits.

In a process of its own, because a library writes its counts when its process ends.
"""

from __future__ import annotations

import argparse
import os
import pickle
import sys
from pathlib import Path

import numpy as np

import hgcn
from hgcn.arch.device import Device
from hgcn.errors import BackendError
from hgcn.isa.registers import PAIRS, REGISTERS

from ..builds.process import run_tool
from ..runs.inference import place_regions
from .model import MEMORY_BASE, BoardModel
from .settings import BoardSettings

_DEVICE = "training.device"
_LIMIT_CYCLES = 10_000_000
"""Digits take a hundredth of it or less."""


def train(library: Path, device: Device, work: Path) -> None:
    """Let a library compiled for counting run digits.

    Parameters
    ----------
    library : Path
        Its counts go beside the objects it was linked from.
    device : Device
    work : Path
        A folder for what the process is told.

    Raises
    ------
    BackendError
        If the run does not end.
    """
    (work / _DEVICE).write_bytes(pickle.dumps(device))
    command = [sys.executable, "-m", __name__, str(library), str(work / _DEVICE)]
    path = os.pathsep.join(entry for entry in sys.path if entry)
    run_tool("the virtual board's first run", command, work, {**os.environ, "PYTHONPATH": path})
    (work / _DEVICE).unlink()


def run_digits(library: Path, device: Device) -> int:
    """Return the cycles digits take on the model in ``library``."""
    program = hgcn.compile(hgcn.GCN.load("digits"), hgcn.datasets.load("digits"), device=device)
    bases, sizes, _ = place_regions(program.image, None)
    with BoardModel(BoardSettings(device=device), library) as model:
        start = bases[0] - MEMORY_BASE
        model.memory[start : start + len(program.image)] = np.frombuffer(program.image, np.uint8)
        for index, (base, size) in enumerate(zip(bases, sizes, strict=True)):
            for name, value in (("BASE", base), ("SIZE", size)):
                offset = PAIRS[f"{name}[{index}]"]
                model.write(offset, value & 0xFFFFFFFF)
                model.write(offset + 4, value >> 32)
        control = REGISTERS["CTRL"].fields
        model.write(
            REGISTERS["CTRL"].offset, control["start"].put(1) | control["irq_enable"].put(1)
        )
        cycles = model.step(_LIMIT_CYCLES, until_irq=True)
        if not model.irq:
            raise BackendError(f"digits have not ended after {cycles} cycles")
    return cycles


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("library", type=Path, help="the board's library, compiled for counting")
    parser.add_argument("device", type=Path, help="what `train` wrote")
    given = parser.parse_args()
    run_digits(given.library, pickle.loads(given.device.read_bytes()))
