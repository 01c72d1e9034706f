# SPDX-License-Identifier: Apache-2.0
"""Reads the commands ``make -n`` would run, and checks their files and options."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .generate import HARDWARE

_PLACES = {"GOLDEN": "golden", "PLATFORM": "base.xpfm", "ROOTFS": "rootfs.ext4", "IMAGE": "Image"}
_GENERATED = {"settings.tcl", "kernel.cfg", "plio.cfg"}
"""What `hgcn_hw.build.generate` writes into the build folder."""

_MADE = {
    "hgcn_core.xo",
    "libadf.a",
    "platform.xsa",
    "hgcn.xsa",
    "hgcn.xclbin",
    "hgcn.pdi",
    "hgcn.hwh",
}
"""What an earlier command of the same target makes."""

TARGETS = (("kv260", "0"), ("vck190-pynq", "0"), ("vck190-pynq", "1"), ("vck190-vitis", "0"))


def command_lines(
    target: str, aie: str, build: str = "/build", device: str = ""
) -> list[list[str]]:
    """Return the words of each command ``make`` would run; ``device`` is one of one's own."""
    values = [f"{name}=/given/{value}" for name, value in _PLACES.items()]
    values += [f"DEVICE={device}"] if device else []
    command = ["make", "-n", "-C", str(HARDWARE / "build"), target, f"AIE={aie}", f"BUILD={build}"]
    done = subprocess.run([*command, *values], capture_output=True, text=True, check=True)
    text = done.stdout.replace("\\\n", " ")
    return [
        shlex.split(part)
        for line in text.splitlines()
        if not line.lstrip().startswith(("#", "make"))
        for part in line.split("&&")
    ]


def _files(words: list[str], folder: str) -> list[str]:
    """Return the named files that neither are there nor are made."""
    problems = []
    for word in words:
        for path in re.findall(r"(?<![\w.-])/[\w./+-]+\.\w+(?![\w./+-])", word):
            name = Path(path).name
            ours = path.startswith(folder) and name in _GENERATED | _MADE
            if not ours and not path.startswith("/given/") and not Path(path).is_file():
                problems.append(f"{path} is not there")
    return problems


def command_problems(target: str, aie: str) -> list[str]:
    """Check the commands of one target."""
    folder = f"/build/{target}/"
    lines = [words for words in command_lines(target, aie) if words]
    tools = {"vivado": 0, "v++": 0}
    problems = []
    for words in lines:
        if words[0] not in tools:
            continue
        tools[words[0]] += 1
        linked = [word for word in words if "/_x/" not in word]
        problems += _files(linked, folder)
        if words[0] == "v++" and words[1] in ("-l", "-p") and f"{folder}libadf.a" not in words:
            problems.append(f"v++ {words[1]} lacks the graph")
        if words[0] == "v++" and words[1] == "-l":
            wanted = {f"{folder}{name}" for name in ("kernel.cfg", "plio.cfg", "hgcn_core.xo")}
            problems += [f"v++ -l lacks {name}" for name in sorted(wanted - set(words))]
        if any("defer_aie_run" in word for word in words):
            problems.append("defer_aie_run would keep the free-running graph from starting")
    core = target == "vck190-vitis" or aie == "1"
    if not tools["vivado"] or bool(tools["v++"]) is not core:
        problems.append(f"unexpected commands: {tools}")
    return problems


def results() -> Iterator[tuple[str, list[str] | None]]:
    """Check the commands of every target; skipped without make."""
    if shutil.which("make") is None:
        yield "commands of the Makefile: make is not here", None
        return
    for target, aie in TARGETS:
        said = " with AI Engines (experimental)" if target == "vck190-pynq" and aie == "1" else ""
        yield f"{target}{said}: commands and their files", command_problems(target, aie)
