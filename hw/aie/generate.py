# SPDX-License-Identifier: Apache-2.0
"""Writes the AI Engine files of every device preset: ``python -m hw.aie.generate``."""

from __future__ import annotations

import argparse
from pathlib import Path

from hgcn.arch.presets import PRESETS
from hgcn.program.emit_aie import aie_files

GENERATED = Path(__file__).resolve().parents[1] / "generated"


def generate(into: Path = GENERATED) -> list[Path]:
    """Write the files below ``into``, a folder per preset; return their paths."""
    written = []
    for name, device in PRESETS.items():
        folder = into / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in aie_files(device).items():
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
