# SPDX-License-Identifier: Apache-2.0
"""Every check of the project, in order: `make test` runs this.

python -m tests.check            everything
python -m tests.check --quick    style, types and unit tests: the pre-commit half
python -m tests.check NAME ...   only the named steps
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent

STEPS: dict[str, list[str]] = {
    "style": [PYTHON, "-m", "ruff", "check", "."],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "types": [PYTHON, "-m", "mypy", "hgcn", "sim", "host", "hw"],
    "imports": [str(BIN / "lint-imports")],
    "layout-rtl": [PYTHON, "-m", "hgcn_sim.checks.layout"],
    "lint-rtl": [PYTHON, "-m", "hgcn_sim.checks.lint"],
    "unit": [PYTHON, "-m", "pytest", "-q", "-n", "2", "-m", "not rtl and not slow"],
    "rtl": [PYTHON, "-m", "pytest", "-q", "-n", "2", "-m", "rtl and not slow", "tests"],
    "board": [
        str(BIN.parent / "board" / "bin" / "python"),
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "-m",
        "not slow",
        "tests/host",
        "tests/test_digests.py",
    ],
    "notebooks": [
        PYTHON,
        "-m",
        "pytest",
        "-q",
        "--nbmake",
        "--nbmake-timeout=600",
        "-o",
        "addopts=",
        "notebooks/01-first-inference.ipynb",
    ],
}
BOARD = "board"
"""The step that needs PYNQ, and an environment of its own."""

QUICK = ("style", "format", "types", "imports", "unit")


def main() -> int:
    """Run the steps asked for, all of them even if one fails; print a line each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("steps", nargs="*", choices=[*STEPS, []], help="only these steps")
    parser.add_argument("--quick", action="store_true", help="the pre-commit half")
    wanted = parser.parse_args()
    names = wanted.steps or (QUICK if wanted.quick else tuple(STEPS))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    failed = []
    for name in names:
        print(f"== {name}", flush=True)
        start = time.monotonic()
        if name == BOARD and not Path(STEPS[name][0]).exists():
            print("== board: skipped, PYNQ is not installed (it needs Python 3.10 to 3.12)")
            continue
        status = subprocess.run(STEPS[name], cwd=ROOT, env=environment, check=False).returncode
        verdict = "passed" if status == 0 else f"FAILED ({status})"
        print(f"== {name}: {verdict} in {time.monotonic() - start:.0f} s", flush=True)
        if status:
            failed.append(name)
    print(f"{len(names) - len(failed)} passed, {len(failed)} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
