# SPDX-License-Identifier: Apache-2.0
"""Writes what presets become for RTL and AI Engines: ``python -m hgcn_hw.generate``."""

from __future__ import annotations

import argparse
from pathlib import Path

from hgcn.arch.presets import PRESETS
from hgcn.emit.aie_graph import aie_files
from hgcn.emit.systemverilog import systemverilog_package

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
