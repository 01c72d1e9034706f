# SPDX-License-Identifier: Apache-2.0
"""Checks the vendor tools a target needs, before anything is built: one line of what is missing."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys

from .boards import BOARDS

NEEDS: dict[str, tuple[str, ...]] = {
    "kv260": ("vivado",),
    "vck190-pynq": ("vivado", "bootgen"),
    "vck190-pynq-aie": ("vivado", "bootgen", "v++"),
    "vck190-vitis": ("vivado", "v++"),
}
_VERSION = {"vivado": "-version", "v++": "--version"}


def missing_tools(target: str) -> list[str]:
    """Return what ``target`` lacks: a tool that is not on PATH, or of another release."""
    release = BOARDS[target.removesuffix("-aie")].vivado
    problems = []
    for tool in NEEDS[target]:
        path = shutil.which(tool)
        if path is None:
            problems.append(f"{tool} (not on PATH)")
        elif tool in _VERSION:
            done = subprocess.run(
                [path, _VERSION[tool]], capture_output=True, text=True, check=False
            )
            first = next((line for line in done.stdout.splitlines() if line.strip()), "no version")
            if release not in done.stdout:
                problems.append(f"{tool} {release} (found: {first.strip()})")
    return problems


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("target", choices=[*NEEDS])
    target = parser.parse_args().target
    problems = missing_tools(target)
    if problems:
        release = BOARDS[target.removesuffix("-aie")].vivado
        hint = f"source settings64.sh of AMD's {release} tools"
        sys.stderr.write(f"{target} needs: {', '.join(problems)}; {hint}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
