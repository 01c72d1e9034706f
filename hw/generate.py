# SPDX-License-Identifier: Apache-2.0
"""Writes all that is generated but registers: ``python -m hgcn_hw.generate``.

``python -m hgcn_hw.generate my.toml --into FOLDER`` does so for a device of one's own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.arch.presets import PRESETS
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.emit.aie_graph import aie_files
from hgcn.emit.systemverilog import systemverilog_package

from .axi_ports import write_axi_ports
from .instruction_set import write_instruction_set

GENERATED = Path(__file__).resolve().parent / "generated"


def generate(into: Path = GENERATED, devices: Iterable[Device] = ()) -> list[Path]:
    """Write the files below ``into``, a folder per device; return their paths.

    Devices default to all presets of hgcn.
    """
    written = []
    for device in devices or PRESETS.values():
        folder = into / device.name
        folder.mkdir(parents=True, exist_ok=True)
        texts = {"hgcn_pkg.sv": systemverilog_package(device), **aie_files(device)}
        for file, text in texts.items():
            (folder / file).write_text(text)
            written.append(folder / file)
    return written


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "devices",
        nargs="*",
        type=device_argument,
        metavar="DEVICE",
        help=f"{DEVICE_HELP} Default: all presets.",
    )
    parser.add_argument("--into", type=Path, help="folder to write to")
    arguments = parser.parse_args()
    own = [device.name for device in arguments.devices if device.name not in PRESETS]
    if own and arguments.into is None:
        # What is committed is of the presets.
        parser.error(f"{', '.join(own)}: a device of your own needs --into FOLDER")
    generate(arguments.into or GENERATED, arguments.devices)
    if arguments.into is None:
        write_instruction_set()
        write_axi_ports()


if __name__ == "__main__":
    main()
