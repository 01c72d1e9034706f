# SPDX-License-Identifier: Apache-2.0
"""Elaborates each target's wrapper with the RTL below it in Verilator, where that is installed."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from hgcn.errors import BackendError
from hgcn.toolchain import find_verilator

from .boards import BOARDS, Board
from .contract import core
from .generate import generate, rtl_sources

_LENIENT = tuple(
    f"-Wno-{name}"
    for name in ("DECLFILENAME", "UNUSED", "PINCONNECTEMPTY", "TIMESCALEMOD", "SYMRSVDWORD")
)


def elaborate_target(target: Board, hardware: Path, binary: Path, root: Path) -> list[str]:
    """Return Verilator's complaints about one target."""
    with tempfile.TemporaryDirectory(prefix="hgcn-lint-") as name:
        folder = Path(name)
        generate(target, folder, hardware)
        top = core(target.core, target.device).wrapper
        sources = [folder / "hgcn_pkg.sv", *rtl_sources(hardware), folder / f"{top}.v"]
        command = [
            *(str(binary), "--lint-only", "-DSYNTHESIS", *_LENIENT, "--top-module", top),
            f"-I{hardware / 'rtl' / 'include'}",
            *(str(path) for path in (hardware / "regs").glob("*.vlt")),
            *(str(path) for path in (hardware / "rtl").glob("*.vlt")),
            *map(str, sources),
        ]
        environment = {**os.environ, "VERILATOR_ROOT": str(root)}
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, cwd=folder, check=False
        )
    lines = [line for line in done.stderr.splitlines() if line.startswith("%")]
    return lines if done.returncode else []


def elaborate(
    hardware: Path, targets: Iterable[Board] = BOARDS.values()
) -> Iterator[tuple[str, list[str] | None]]:
    """Elaborate the targets; a single skipped entry without Verilator."""
    try:
        tool = find_verilator()
    except BackendError:
        yield "wrappers and RTL in Verilator: it is not installed", None
        return
    for target in targets:
        problems = elaborate_target(target, hardware, tool.binary, tool.root)
        yield f"{target.name}: wrapper and RTL elaborate in Verilator", problems
