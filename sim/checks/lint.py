# SPDX-License-Identifier: Apache-2.0
"""Verilator's lint, all warnings on, of the whole accelerator for every device.

python -m hgcn_sim.checks.lint [DEVICE ...]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.arch.presets import PRESETS
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.emit.systemverilog import systemverilog_package
from hgcn.errors import HgcnError
from hgcn.toolchain import require_simulator

from ..builds.locate import hardware_root, listed_sources
from ..builds.process import run_tool
from ..runs.runner import hardware_sources

TOPS = ("hgcn_top", "hgcn_core")


def lint(preset: Device, top: str) -> None:
    """Lint ``top`` for ``preset``.

    Raises
    ------
    BackendError
        With Verilator's words, if it warns of anything that no waiver names.
    """
    root = hardware_root()
    names = [str(path.relative_to(root)) for path in listed_sources(root)]
    verilator = require_simulator()
    with tempfile.TemporaryDirectory() as name:
        package = Path(name) / "hgcn_pkg.sv"
        package.write_text(systemverilog_package(preset))
        waiver = Path(name) / "package.vlt"
        waiver.write_text('`verilator_config\nlint_off -rule UNUSEDPARAM -file "*/hgcn_pkg.sv"\n')
        command = [str(verilator.binary), "--lint-only", "-Wall", "--quiet", "--no-timing"]
        command += ["--top-module", top, f"-I{root / 'rtl' / 'include'}", str(waiver), str(package)]
        command += [str(path) for path in hardware_sources(names, root)]
        run_tool("verilator", command, Path(name), verilator.environment())


def main() -> int:
    """Lint every top for the devices asked for; a line each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "devices",
        nargs="*",
        type=device_argument,
        metavar="DEVICE",
        help=f"{DEVICE_HELP} Default: all presets.",
    )
    for preset in parser.parse_args().devices or PRESETS.values():
        for top in TOPS:
            try:
                lint(preset, top)
            except HgcnError as fault:
                print(f"{top} on {preset.name}: {fault}", file=sys.stderr)
                return 1
            print(f"{top} on {preset.name}: clean")
    return 0


if __name__ == "__main__":
    sys.exit(main())
