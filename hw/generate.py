# SPDX-License-Identifier: Apache-2.0
"""Writes what is made from the device presets for RTL and AI Engines: ``python -m hw.generate``."""

from __future__ import annotations

import argparse
from pathlib import Path

from hgcn.arch.presets import PRESETS
from hgcn.program.emit import systemverilog_package
from hgcn.program.emit_aie import aie_files

GENERATED = Path(__file__).resolve().parent / "generated"


def generate(into: Path = GENERATED) -> list[Path]:
    """Write the files below ``into``, a folder per preset; return their paths."""
    written = []
    for name, device in PRESETS.items():
        folder = into / name
        folder.mkdir(parents=True, exist_ok=True)
        texts = {"hgcn_pkg.sv": systemverilog_package(device), **aie_files(device)}
        for file, text in texts.items():
            (folder / file).write_text(text)
            written.append(folder / file)
    return written


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=GENERATED, help="folder to write to")
    generate(parser.parse_args().into)


if __name__ == "__main__":
    main()
